/** How isolation is told: the badge's colour, the network in words, when everybody is warned, and the panel. */
import { render } from 'preact';
import { afterEach, expect, test, vi } from 'vitest';

import { isolation } from '../api/isolation';
import type { Box, IsolationReport, Session } from '../api/types';
import { Exposed, exposure, Isolation, promised, spoken, toneOf, verifiedText } from './isolation';
import { mayOpen, networkText } from './network';

const NOW = Date.parse('2026-01-02T00:00:00Z');
const report: IsolationReport = {
  wanted: 'auto',
  runAs: 'one user for all',
  mechanisms: {},
  level: 'namespaces',
  promises: { otherFiles: 'hidden', memoryLimit: null },
  missing: [{ what: 'memoryLimit', why: 'no cgroup is delegated', fix: 'Delegate=yes' }],
  refusedLevels: [],
  openAttacks: [],
  verified: { at: '2026-01-01T22:00:00Z', level: 'namespaces', attacks: 54, open: 0, unverified: 2, ms: 900 },
  minimum: { wanted: 'landlock', effective: 'landlock', satisfied: true },
  severalUsers: true,
  network: { default: 'proxy', allow: [], privateCount: 0 },
};
const box: Box = { level: 'namespaces', network: 'proxy', allow: [], notes: ['a HOME of its own'], end: null };
const bare: IsolationReport = { ...report, level: 'none', minimum: { wanted: 'none', effective: 'none', satisfied: true } };

function drawn(element: preact.ComponentChild): HTMLElement {
  const root = document.createElement('div');
  document.body.append(root);
  render(element, root);
  return root;
}

afterEach(() => {
  isolation.value = null;
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

test.each([
  ['namespaces', 'proxy', 'ok'],
  ['namespaces', 'open', 'warn'],
  ['landlock', 'none', 'warn'],
  ['landlock-files', 'proxy', 'warn'],
  ['none', 'none', 'danger'],
  ['something new', 'none', 'danger'],
])('the badge of %s with network %s is %s', (level, network, tone) => {
  expect(toneOf(level, network)).toBe(tone);
});

test('what a session reaches is said in a sentence', () => {
  expect(networkText(box)).toContain('the public internet, and no private address');
  expect(networkText({ ...box, allow: ['github.com'] })).toContain('only github.com');
  expect(networkText({ ...box, network: 'none' })).toBe('It reaches nothing.');
  expect(networkText({ ...box, level: 'none' })).toContain('nothing holds it to that');
  expect(networkText({ ...box, level: 'none', network: 'open' })).toContain('all that the machine reaches');
  expect(networkText({ ...box, network: null })).toBe('');
});

test('an open network is for administrators, unless it is everybody’s default', () => {
  expect(mayOpen('proxy', 'member')).toBe(false);
  expect(mayOpen('proxy', undefined)).toBe(false);
  expect(mayOpen('proxy', 'admin')).toBe(true);
  expect(mayOpen('open', 'member')).toBe(true);
});

test('everybody is warned where several share a machine that isolates nobody, and where no session can start', () => {
  expect(exposure(report)).toBe('');
  expect(exposure(bare)).toContain('several people');
  expect(exposure({ ...bare, severalUsers: false })).toBe('');
  expect(exposure({ ...bare, minimum: { wanted: 'landlock', effective: 'landlock', satisfied: false } })).toContain('No session starts');
});

test('the warning is there and goes away with its reason', async () => {
  isolation.value = bare;
  const root = drawn(<Exposed />);
  expect(root.querySelector('.banner-danger')).not.toBeNull();
  isolation.value = report;
  await vi.waitFor(() => expect(root.querySelector('.banner')).toBeNull());
});

test('when it was put to the test, and what could not be tried', () => {
  expect(verifiedText(report, NOW)).toBe('2 h ago: of 54 attacks none got out, 2 could not be tried.');
  expect(verifiedText({ ...report, verified: { ...report.verified!, open: 3, unverified: 0 } }, NOW)).toContain('3 got out.');
  expect(verifiedText({ ...report, verified: null }, NOW)).toContain('agterm doctor --attack');
});

test('names of the wire are read as words', () => {
  expect(spoken('otherFiles')).toBe('Other files');
  expect(spoken('ipc')).toBe('IPC');
});

test('a promise is read as words, a size in GiB, and what is not promised as none', () => {
  expect(promised('memoryLimit', 8 * 2 ** 30)).toBe('8 GiB');
  expect(promised('memoryLimit', null)).toBe('none');
  expect(promised('processLimit', 2048)).toBe('2048');
});

test('the badge opens a panel with promises, what is missing and how to mend it, and what was reached', async () => {
  isolation.value = report;
  const entry = { at: '2026-01-01T23:00:00Z', host: '10.0.0.1', port: 80, verdict: 'refused', reason: 'a private address', sent: 0, received: 0 };
  const answer = (url: string): Response => Response.json({ success: true, data: url.endsWith('/network') ? { reached: [entry] } : report });
  vi.stubGlobal('fetch', (url: string) => Promise.resolve(answer(url)));
  const root = drawn(<Isolation session={{ id: 'x', name: 'work', isolation: box } as Session} />);
  expect(root.textContent).toContain('namespaces · proxy');
  root.querySelector('button')?.click();
  await vi.waitFor(() => expect(root.querySelector('.reached')?.textContent).toContain('10.0.0.1:80'));
  for (const text of ['Isolation of work', 'a HOME of its own', 'Other files', 'hidden', 'Delegate=yes', 'a private address']) {
    expect(root.textContent).toContain(text);
  }
});

test('a session that was never started has no badge', () => {
  const never = { level: null, network: null, allow: [], notes: [] };
  expect(drawn(<Isolation session={{ isolation: never } as unknown as Session} />).textContent).toBe('');
});
