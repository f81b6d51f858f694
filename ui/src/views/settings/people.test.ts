/** Shares, browsers and the audit log in words. */
import { expect, test } from 'vitest';

import type { Share } from '../../api/people';
import { aboutShare, ahead } from '../shares/words';
import { asked } from './audit';
import { detailsText, device } from './words';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const share: Share = {
  id: '1',
  mode: 'view',
  user: null,
  createdBy: 'ada',
  createdAt: '2026-01-01T00:00:00Z',
  expiresAt: '2026-01-02T00:00:00Z',
  uses: 0,
  maxUses: null,
};

test.each([
  ['2026-01-01T00:00:30Z', 'in less than a minute'],
  ['2026-01-01T00:05:00Z', 'in 5 min'],
  ['2026-01-01T23:59:00Z', 'in 24 h'],
  ['2026-01-08T00:00:00Z', 'in 7 days'],
  ['2025-12-31T00:00:00Z', 'in less than a minute'],
  ['nonsense', ''],
])('%s is %s', (iso, words) => {
  expect(ahead(iso, NOW)).toBe(words);
});

test('a share says how often it was opened, when it ends, and whose it is', () => {
  expect(aboutShare(share, 'ada', NOW)).toBe('not opened yet · ends in 24 h');
  expect(aboutShare({ ...share, uses: 1 }, 'ada', NOW)).toBe('opened once · ends in 24 h');
  expect(aboutShare({ ...share, uses: 2, maxUses: 5 }, 'bob', NOW)).toBe('opened 2 of 5 times · ends in 24 h · by ada');
  expect(aboutShare({ ...share, user: 'mia' }, 'ada', NOW)).toBe('ends in 24 h');
});

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36', 'Chrome on Linux'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 15.7; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on a Mac'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1', 'Safari on an iPhone'],
  ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0', 'Edge on Windows'],
  ['python-httpx/0.28', 'python-httpx/0.28'],
  ['', 'A browser'],
])('%s is %s', (userAgent, words) => {
  expect(device(userAgent)).toBe(words);
});

test('the audit log is asked for all actions that begin so, and for whole days here', () => {
  const said = { actor: ' ada ', action: 'session.', target: '', since: '2026-01-02' };
  expect(asked(said)).toEqual({ actor: 'ada', action: 'session.*', target: '', since: new Date('2026-01-02T00:00:00').toISOString() });
  expect(asked({ ...said, action: '', since: '' })).toMatchObject({ action: '', since: '' });
});

test('details are told by their names', () => {
  expect(detailsText({ mode: 'view', limit: 3, scopes: ['read'] })).toBe('mode view, limit 3, scopes ["read"]');
  expect(detailsText({})).toBe('');
});
