/** What people read: ages, exit codes, why an agent can't be started, and the list itself. */
import { render } from 'preact';
import { afterEach, expect, test } from 'vitest';

import { agents, sessions } from '../api/sessions';
import type { Agent, Session } from '../api/types';
import { parse } from '../router';
import { ago } from '../ui/time';
import { obstacle } from './agents';
import { SessionList } from './list';
import { exitText } from './status';

const NOW = Date.parse('2026-01-02T00:00:00Z');
const session = {
  id: '550e8400-e29b-41d4-a716-446655440000',
  name: 'fix the build',
  agent: 'shell',
  createdAt: '2026-01-01T00:00:00Z',
  lastActiveAt: '2026-01-01T23:00:00Z',
  workspaceDir: '/w/550e8400',
  pid: 7,
  modelConfig: { provider: null, model: null },
  status: 'exited',
  exitCode: 3,
  signal: null,
  cols: 80,
  rows: 24,
  offset: 0,
  isolation: { level: 'none', network: 'open', allow: [], notes: ['no user namespaces'], end: null },
} as Partial<Session> as Session;
const agent = { id: 'claude', name: 'Claude Code', available: false, cliExists: true, hasCredentials: false } as Agent;

afterEach(() => {
  sessions.value = null;
  agents.value = [];
});

test.each([
  ['2026-01-01T23:59:55Z', 'just now'],
  ['2026-01-01T23:59:15Z', '45 s ago'],
  ['2026-01-01T23:57:00Z', '3 min ago'],
  ['2026-01-01T20:00:00Z', '4 h ago'],
  ['2025-11-02T00:00:00Z', '61 d ago'],
  ['2027-01-01T00:00:00Z', 'just now'],
  ['nonsense', ''],
])('%s is %s', (iso, words) => {
  expect(ago(iso, NOW)).toBe(words);
});

test('an exit is its code or its signal', () => {
  expect(exitText({ code: 0, signal: null })).toBe('code 0');
  expect(exitText({ code: null, signal: 9 })).toBe('signal 9');
});

test('an agent that can’t be started says what is missing', () => {
  expect(obstacle({ ...agent, available: true })).toBe('');
  expect(obstacle({ ...agent, missingEnvVars: ['ANTHROPIC_API_KEY'] })).toBe('Missing: ANTHROPIC_API_KEY');
  expect(obstacle({ ...agent, cliExists: false, installHint: 'npm install it' })).toBe('npm install it');
  expect(obstacle({ ...agent, enabled: false })).toBe('Switched off by the administrator.');
});

test('only a session’s own address is a session', () => {
  expect(parse(`/sessions/${session.id}`)).toEqual({ page: 'session', id: session.id, view: 'terminal' });
  expect(parse('/costs')).toEqual({ page: 'costs' });
  expect(parse('/settings')).toEqual({ page: 'settings', section: '' });
  expect(parse('/settings/keys')).toEqual({ page: 'settings', section: 'keys' });
  expect(parse('/sessions/nonsense')).toEqual({ page: 'list' });
  expect(parse('/')).toEqual({ page: 'list' });
});

test('the list shows a session with its state, and follows what the server says', async () => {
  const root = document.createElement('div');
  sessions.value = [session];
  render(<SessionList />, root);
  expect(root.textContent).toContain('fix the build');
  expect(root.textContent).toContain('Exited (code 3)');
  expect(root.textContent).toContain('not isolated · open');
  expect(root.querySelector('a')?.getAttribute('href')).toBe(`/sessions/${session.id}`);
  sessions.value = [];
  await new Promise((done) => setTimeout(done, 20));
  expect(root.textContent).toContain('No sessions yet');
});

test('a run that stands alone is listed and not to be started again; one within a session is left out', async () => {
  const root = document.createElement('div');
  const run: Session = { ...session, id: '550e8400-e29b-41d4-a716-446655440001', kind: 'run', name: 'tidy up' };
  const within = { ...run, id: '550e8400-e29b-41d4-a716-446655440002', name: 'inside', withinId: session.id };
  sessions.value = [within, run];
  render(<SessionList />, root);
  expect(root.textContent).toContain('tidy up');
  expect(root.textContent).toContain('headless run');
  expect(root.textContent).toContain('0 running, 1 in all');
  expect(root.textContent).not.toContain('inside');
  root.querySelector<HTMLButtonElement>('[aria-label="Actions for tidy up"]')?.click();
  await new Promise((done) => setTimeout(done, 20));
  expect(root.textContent).toContain('Delete…');
  expect(root.textContent).not.toContain('Start again');
  expect(root.textContent).not.toContain('Switch agent');
});
