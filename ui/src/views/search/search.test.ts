/** The search page without a page: snippets, groups, what the address says, and finding a hit on a terminal. */
import { Terminal } from '@xterm/xterm';
import { afterEach, expect, test } from 'vitest';

import type { Hit } from '../../api/search';
import { sessions } from '../../api/sessions';
import type { Session } from '../../api/types';
import { aged, completed, filtersOf, isTurnedRound, lastWord, localOf, minuteOf, pathOf, read } from './asked';
import { pathOfHit, reveal } from './jump';
import { groupsOf, needlesOf, piecesOf } from './snippet';

const ID = '550e8400-e29b-41d4-a716-446655440000';

function hit(part: Partial<Hit['document']> = {}): Hit {
  const document = {
    id: 'h1', sessionId: ID, terminalId: ID, sessionName: 'fix it', agent: 'shell', type: 'output' as const,
    timestamp: '2026-01-01T00:00:00Z', offset: 0, recordingId: null, recordingTimeMs: null, ...part,
  };
  return { document, score: 1, matches: [[0, 3]], context: 'two words' };
}

afterEach(() => {
  sessions.value = null;
});

test('matches are counted in code points, and markup is text', () => {
  const pieces = piecesOf({ context: '  😀😀 <b>hit</b>', matches: [[8, 11]] });
  expect(pieces).toEqual([
    { text: '😀😀 <b>', isMatch: false },
    { text: 'hit', isMatch: true },
    { text: '</b>', isMatch: false },
  ]);
  expect(piecesOf({ context: 'abc', matches: [[0, 2], [1, 3]] }).map(({ text }) => text).join('')).toBe('abc');
});

test('on a terminal the whole line is looked for first, then the match', () => {
  expect(needlesOf({ context: 'before\n  the error: refused \nafter', matches: [[13, 18]] })).toEqual([
    'the error: refused',
    'error',
  ]);
});

test('hits are grouped by session in the order of their newest', () => {
  const other = 'b0000000-e29b-41d4-a716-446655440000';
  const groups = groupsOf([hit(), hit({ sessionId: other }), hit({ id: 'h2' })]);
  expect(groups.map(({ sessionId, hits }) => [sessionId, hits.length])).toEqual([
    [ID, 2],
    [other, 1],
  ]);
});

test('a search is in the address, and read from it', () => {
  const asked = { q: 'a "b c" -d', session: ID, agent: 'codex', kind: 'input' as const, age: 'day' as const, from: '', to: '' };
  expect(read(pathOf(asked).split('?')[1]!)).toEqual(asked);
  expect(pathOf(read(''))).toBe('/search');
  expect(read('kind=rubbish&age=never')).toEqual(read(''));
  expect(filtersOf(asked, Date.parse('2026-01-02T00:00:00Z'))).toEqual({
    sessionId: ID, agent: 'codex', kind: 'input', since: '2026-01-01T00:00:00.000Z',
  });
});

test('a free range is in the address in everybody’s time, in the fields in the browser’s, and counts its last minute', () => {
  const day = { ...read('q=a'), age: 'day' as const };
  const asked = { ...day, ...aged(day, 'range', Date.parse('2026-01-02T12:00:30Z')), to: minuteOf('2026-01-02T14:00+02:00') };
  expect(asked).toMatchObject({ age: 'range', from: '2026-01-01T12:00Z', to: '2026-01-02T12:00Z' });
  expect(read(pathOf(asked).split('?')[1]!)).toEqual(asked);
  expect(filtersOf(asked, 0)).toEqual({ since: '2026-01-01T12:00:00.000Z', until: '2026-01-02T12:00:59.999Z' });
  expect(filtersOf({ ...asked, from: '' }, 0)).toEqual({ until: '2026-01-02T12:00:59.999Z' });
  for (const typed of ['2026-01-31T23:59', '2026-07-01T00:00']) expect(localOf(minuteOf(typed))).toBe(typed);
  expect(aged(asked, 'week', 0)).toEqual({ age: 'week', from: '', to: '' });
});

test('a range that ends before it begins is known, and what is no time is none', () => {
  const [early, late] = ['2026-01-01T12:00Z', '2026-01-01T12:01Z'];
  const ranges = [[late, early], [early, early], ['', early], [late, '']];
  expect(ranges.map(([from, to]) => isTurnedRound({ ...read(''), from: from!, to: to! }))).toEqual([true, false, false, false]);
  expect(read('age=range&from=tomorrow&to=99999-01-01T00:00Z')).toMatchObject({ from: '', to: '' });
  expect(read(`age=day&from=${early}`)).toMatchObject({ age: 'day', from: '' });
});

test('a suggestion takes the place of the last word alone', () => {
  expect(lastWord('error -conn')).toBe('conn');
  expect(completed('error "conn', 'connection')).toBe('error "connection ');
});

test('a hit leads to the live terminal, else to a little before its moment, else to what is left', () => {
  const recorded = hit({ recordingId: ID, recordingTimeMs: 12_900 });
  expect(pathOfHit(hit())).toBeNull();
  expect(pathOfHit(recorded)).toBe(`/recordings/${ID}?t=10`);
  sessions.value = [{ id: ID, status: 'running' } as Session];
  expect(pathOfHit(recorded)).toBe(`/sessions/${ID}`);
  sessions.value = [{ id: ID, status: 'exited' } as Session];
  expect(pathOfHit(hit())).toBe(`/sessions/${ID}`);
});

test('the newest place on a terminal is found, also in a line that is broken by its width', async () => {
  const terminal = new Terminal({ cols: 10, rows: 4, allowProposedApi: true });
  const text = 'needle old\r\nxx\r\nthis is a needle in hay\r\nlast\r\n';
  await new Promise<void>((done) => terminal.write(text, done));
  let selected: number[] = [];
  terminal.select = (...where) => (selected = where);
  terminal.scrollToLine = () => {};
  expect(reveal(terminal, ['nothing such'])).toBe(false);
  expect(reveal(terminal, ['no such line', 'NEEDLE'])).toBe(true);
  expect(selected).toEqual([0, 3, 6]);
});
