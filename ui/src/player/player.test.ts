/** The player without a screen: reading a file, cutting pauses, the cost line, ticks and markers. */
import { expect, test } from 'vitest';

import type { Marker } from '../api/recordings';
import { CastReader } from './cast';
import { dollarsOf, lineOf, spentAt } from './cost-line';
import { labelOf, marksOf, nextMark } from './markers';
import { costPath, ticksOf } from './seek';
import { clock, secondsOf, timelineOf } from './timeline';

const HEAD = '{"version": 2, "width": 100, "height": 30}\n';

function read(...pieces: string[]) {
  const reader = new CastReader();
  for (const piece of pieces) reader.push(piece);
  return reader.end();
}

test('a recording is read in pieces that are cut anywhere', () => {
  const text = `${HEAD}[0.5, "o", "a\\u001b[1m"]\n[1.5, "r", "80x24"]\n[2, "m", "mark"]\n[2.5, "i", "x"]\n`;
  for (let at = 1; at < text.length; at += 7) {
    const cast = read(text.slice(0, at), text.slice(at));
    expect([cast.cols, cast.rows, cast.duration]).toEqual([100, 30, 2.5]);
    expect(cast.events).toEqual([
      [0.5, 'o', 'a\u001b[1m'],
      [1.5, 'r', '80x24'],
      [2.5, 'i', 'x'],
    ]);
  }
});

test('the last line of a recording that still grows is left out, and what is no recording is refused', () => {
  expect(read(HEAD, '[1, "o", "whole"]\n[2, "o", "ha').events).toEqual([[1, 'o', 'whole']]);
  expect(() => read('<html>not found</html>')).toThrow('no recording');
});

test('long pauses are cut to two seconds, short ones are left', () => {
  const line = timelineOf([0, 1, 11, 12, 112], 120, 2);
  expect(line.duration).toBe(8);
  expect([0, 1, 2, 3, 7, 11, 12, 14, 60, 112, 113, 120].map(line.shown)).toEqual([0, 1, 2, 3, 3, 3, 4, 6, 6, 6, 7, 8]);
  for (const shown of [0, 0.5, 2.5, 3.5, 4, 5.5, 6.5, 8]) expect(line.shown(line.recorded(shown))).toBeCloseTo(shown);
  expect(line.recorded(4)).toBe(12);
  const whole = timelineOf([0, 1, 11], 20, null);
  expect([whole.duration, whole.shown(15), whole.recorded(15)]).toEqual([20, 15, 15]);
});

test('times are read and written as people do', () => {
  expect([0, 65, 3725].map(clock)).toEqual(['0:00', '1:05', '1:02:05']);
  expect(['90', '90.5', '1:30', '1m30s', '1h', '1:00:01', 'x', '', null].map(secondsOf)).toEqual([
    90, 90.5, 90, 90, 3600, 3601, 0, 0, 0,
  ]);
});

const START = '2026-01-01T00:00:00Z';
const entry = (second: number, costUsd: string | null, basis: 'billed' | 'subscription' = 'billed') => ({
  at: new Date(Date.parse(START) + second * 1000).toISOString(),
  costUsd,
  basis,
});

test('the cost line rises with each call within the recording, exactly', () => {
  const line = lineOf(
    [entry(30, '0.2'), entry(10, '0.1'), entry(-5, '7'), entry(99, '8'), entry(20, null), entry(15, '5', 'subscription')],
    START,
    60,
  )!;
  expect([0, 10, 29, 30, 60].map((second) => dollarsOf(spentAt(line, second)))).toEqual([
    '0.00', '0.10', '0.10', '0.30', '0.30',
  ]);
  expect(costPath(line, timelineOf([0], 60, null))).toBe('M0 100H166.7V68.7H500V6H1000');
  expect(lineOf([entry(10, null)], START, 60)).toBeNull();
  expect(lineOf([entry(10, '0.5', 'subscription')], START, 60)?.basis).toBe('subscription');
});

test('markers stand where they are shown, and one goes from one to the next', () => {
  const told: Marker[] = [
    { atMs: 50_000, label: 'exit: 1', kind: 'exit' },
    { atMs: 1000, label: 'command: ls', kind: 'command' },
    { atMs: 1001, label: 'command: ls', kind: 'command' },
  ];
  const marks = marksOf(told, timelineOf([0, 1, 51], 52, 2));
  expect(marks.map((mark) => [mark.kind, Math.round(mark.at)])).toEqual([
    ['command', 1],
    ['command', 1],
    ['exit', 3],
  ]);
  expect(nextMark(marks, 1.5, 1)?.kind).toBe('exit');
  expect(nextMark(marks, 3.5, -1)?.kind).toBe('command');
  expect(nextMark(marks, 3.5, 1)).toBeUndefined();
  expect(labelOf(marks[0]!)).toBe('ls');
  expect(ticksOf(marks, 4)).toEqual([
    ['command', 'M250 0V1'],
    ['exit', 'M750 0V1'],
  ]);
});
