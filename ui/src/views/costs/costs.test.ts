/** The page of costs without a page: axes and bars, ranges of days, plans, and what a budget's form sends. */
import { expect, test } from 'vitest';

import { budgetDraft } from './budget-form';
import { axisDollars, partsOf } from './daily';
import { windowText } from './plans';
import { rangeOf, todayIn } from './range';
import { grouped, lengthOf, named, stackOf, ticks } from './scale';
import { stretchOf } from './spending';

test.each([
  [20.8, [0, 5, 10, 15, 20, 25]],
  [1, [0, 0.5, 1]],
  [0.0003, [0, 0.0001, 0.0002, 0.0003]],
  [0, [0, 1]],
  [Number.NaN, [0, 1]],
])('an axis up to %d has round steps', (most, steps) => {
  expect(ticks(most)).toEqual(steps);
});

test('an axis always reaches over its greatest bar, and not far', () => {
  for (let most = 0.00001; most < 1e7; most *= 1.37) {
    const top = ticks(most).at(-1)!;
    expect(top).toBeGreaterThanOrEqual(most * 0.999999);
    expect(top).toBeLessThan(most * 1.7);
  }
});

test('figures of the axis have the decimals they need', () => {
  expect([0, 5, 0.25, 0.5, 0.0001, 12_000].map(axisDollars)).toEqual(['$0', '$5', '$0.25', '$0.50', '$0.0001', '$12k']);
});

test('a bar is as long as its share, seen when it is tiny, and never below zero or over the top', () => {
  expect(lengthOf(5, 10, 100)).toBe(50);
  expect(lengthOf(0.0001, 10, 100)).toBe(1.5);
  expect(lengthOf(0, 10, 100)).toBe(0);
  expect(lengthOf(-3, 10, 100)).toBe(0);
  expect(lengthOf(20, 10, 100)).toBe(100);
});

test('the last day is named, and others as far apart as the room wants', () => {
  expect([...named(30, 640)].sort((a, b) => a - b)).toEqual([2, 5, 8, 11, 14, 17, 20, 23, 26, 29]);
  expect([...named(1, 640)]).toEqual([0]);
  expect([...named(0, 640)]).toEqual([]);
});

test('many days become groups, none is lost', () => {
  const days = Array.from({ length: 3660 }, (_, day) => day);
  const groups = grouped(days, 200);
  expect(groups.length).toBeLessThanOrEqual(200);
  expect(groups.flat()).toEqual(days);
  expect(grouped([1, 2], 200)).toEqual([[1], [2]]);
  expect(grouped([], 200)).toEqual([]);
});

const CUSTOM = { startDate: '2026-01-05', endDate: '2026-01-09' };

test.each([
  ['today', { startDate: '2026-03-01', endDate: '2026-03-01' }],
  ['7', { startDate: '2026-02-23', endDate: '2026-03-01' }],
  ['month', { startDate: '2026-03-01', endDate: '2026-03-01' }],
  ['custom', CUSTOM],
] as const)('the range %s', (preset, days) => {
  expect(rangeOf(preset, 'UTC', '2026-03-01', CUSTOM)).toEqual({ ...days, tz: 'UTC' });
});

test('which day it is depends on the zone', () => {
  const late = Date.parse('2026-02-28T23:30:00Z');
  expect(todayIn('UTC', late)).toBe('2026-02-28');
  expect(todayIn('Europe/Berlin', late)).toBe('2026-03-01');
});

test('the window of a plan is read as hours or days', () => {
  expect(windowText({ window: 'primary', windowMinutes: 300 })).toBe('5 hours');
  expect(windowText({ window: 'weekly', windowMinutes: 10_080 })).toBe('7 days');
  expect(windowText({ window: 'weekly', windowMinutes: null })).toBe('weekly');
});

function filled(fields: Record<string, string>): FormData {
  const form = new FormData();
  const usual = { limit: '$5', soft: '80', action: 'block', name: '', period: 'month' };
  for (const [name, text] of Object.entries({ ...usual, ...fields })) form.set(name, text);
  return form;
}

const FIGURES = { name: '', limitUsd: '5', softPercent: 80, action: 'block', period: 'month' };

test.each([
  ['mine', {}, { scope: 'user', owner: 'me' }],
  ['each-session', {}, { scope: 'session', owner: 'me' }],
  ['global', {}, { scope: 'global' }],
  ['each-user', {}, { scope: 'user', owner: null }],
  ['one-user', { owner: 'alice' }, { scope: 'user', owner: 'alice' }],
  ['agent', { agent: 'codex' }, { scope: 'agent', agent: 'codex', owner: 'me' }],
  ['agent', { agent: 'codex', everybody: 'on' }, { scope: 'agent', agent: 'codex', owner: null }],
] as const)('a budget for %s with %j', (kind, fields, whose) => {
  expect(budgetDraft(filled(fields), kind, 'me', '')).toEqual({ ...FIGURES, ...whose });
});

test('a zone goes with a period that begins at midnight, not with a total', () => {
  expect(budgetDraft(filled({}), 'mine', 'me', 'UTC').timeZone).toBe('UTC');
  expect(budgetDraft(filled({ period: 'total' }), 'mine', 'me', 'UTC')).not.toHaveProperty('timeZone');
});

test('the pace of a session is drawn over the time its newest calls cover, a day at most', () => {
  const nowMs = Date.parse('2026-03-01T12:00:00Z');
  const call = (minutes: number, costUsd: string | null, basis: 'billed' | 'subscription' = 'billed') => ({
    at: new Date(nowMs - minutes * 60_000).toISOString(),
    basis,
    costUsd,
  });
  const { sinceMs, bars } = stretchOf([call(0, '1'), call(1, null), call(40, '0.5'), call(20, '9', 'subscription')], nowMs)!;
  expect(sinceMs).toBe(nowMs - 40 * 60_000);
  expect([bars[0], bars.at(-1), bars.reduce((sum, one) => sum + one, 0)]).toEqual([0.5, 1, 1.5]);
  expect(stretchOf([call(1, '1')], nowMs)!.sinceMs).toBe(nowMs - 10 * 60_000);
  expect(stretchOf([call(3000, '1')], nowMs)).toBeNull();
});

test('a bar is made of its parts, and of what they leave', () => {
  const part = (costUsd: string) => ({ name: costUsd, days: [{ date: '', costUsd, apiEquivalentUsd: '0', tokens: 7 }] });
  expect(partsOf('cost', 10, [part('6'), part('3')], 0)).toEqual([6, 3, 1]);
  expect(partsOf('cost', 0.3, [part('0.1'), part('0.2')], 0)).toEqual([0.1, 0.2, 0]);
  expect(partsOf('tokens', 7, [part('6')], 0)).toEqual([7, 0]);
  expect(partsOf('cost', 4, [part('6')], 1)).toEqual([0, 4]);
  expect(stackOf([6, -1, 2], 80)).toEqual([
    { from: 0, size: 60 },
    { from: 60, size: 0 },
    { from: 60, size: 20 },
  ]);
});
