/** Who waits for somebody, in which order, and what counts as seen. */
import { afterEach, beforeEach, expect, test } from 'vitest';

import { sessions } from '../api/sessions';
import type { Session } from '../api/types';
import { titled } from './count';
import { held, markSeen, nextWaiting, queue, seen, watch } from './queue';

const at = (minute: number, second = 0): string => new Date(Date.UTC(2026, 0, 1, 12, minute, second)).toISOString();
const session = (id: string, more: Partial<Session> = {}): Session =>
  ({ id, name: id, agent: 'claude', status: 'running', state: 'working', stateSince: at(0), ...more }) as Session;

let finished: string[];
let stop: () => void;
const waiting = (): string[] => queue.value.map(({ session: one, kind }) => `${one.id} ${kind}`);

beforeEach(() => {
  localStorage.clear();
  finished = [];
  sessions.value = null;
  stop = watch((one) => finished.push(one.id), () => null);
});

afterEach(() => {
  stop();
  sessions.value = null;
  seen.value = {};
});

test('those that ask come first, the longest waiting before the others', () => {
  sessions.value = [
    session('late', { state: 'needs_input', stateSince: at(9) }),
    session('limited', { state: 'rate_limited' }),
    session('held', { state: 'over_budget' }),
    session('early', { state: 'needs_input', stateSince: at(2) }),
    session('busy'),
  ];
  expect(waiting()).toEqual(['early needs_input', 'late needs_input', 'held over_budget', 'limited rate_limited']);
  expect(held.value).toHaveLength(3);
});

test('what had ended before one first looked is no news; what ends later is, until it is seen', () => {
  sessions.value = [session('old', { status: 'exited', exitCode: 1 }), session('new')];
  expect(waiting()).toEqual([]);
  sessions.value = [session('new', { status: 'exited', exitCode: 1, stateSince: at(3) })];
  expect(waiting()).toEqual(['new failed']);
  markSeen(['new']);
  expect(waiting()).toEqual([]);
});

test('an agent that worked for a while has finished when it rests, and is told of once', () => {
  sessions.value = [session('a')];
  sessions.value = [session('a', { state: 'idle', stateSince: at(2) })];
  expect(waiting()).toEqual(['a finished']);
  sessions.value = [session('a', { state: 'idle', stateSince: at(2), name: 'renamed' })];
  expect(finished).toEqual(['a']);
});

test('a moment of work is no news', () => {
  sessions.value = [session('a'), session('shell', { agent: 'shell' })];
  sessions.value = [
    session('a', { state: 'idle', stateSince: at(0, 2) }),
    session('shell', { agent: 'shell', state: 'idle', stateSince: at(0, 12) }),
  ];
  expect(waiting()).toEqual([]);
  expect(finished).toEqual([]);
});

test('one that was answered and rests at once has not finished', () => {
  sessions.value = [session('a', { state: 'needs_input' })];
  sessions.value = [session('a', { state: 'idle', stateSince: at(8) })];
  expect(waiting()).toEqual([]);
});

test('one that somebody stopped, and one that is looked at, wait for nobody', () => {
  stop();
  stop = watch((one) => finished.push(one.id), () => 'watched');
  sessions.value = [session('stopped'), session('watched')];
  sessions.value = [
    session('stopped', { status: 'exited', exitCode: 0, endedBy: 'stop', stateSince: at(5) }),
    session('watched', { state: 'idle', stateSince: at(5) }),
  ];
  expect(waiting()).toEqual([]);
});

test('what finished while the page was closed is in the queue when it is opened again', () => {
  sessions.value = [session('a')];
  stop();
  sessions.value = null;
  seen.value = {};
  stop = watch((one) => finished.push(one.id), () => null);
  sessions.value = [session('a', { state: 'idle', stateSince: at(30) })];
  expect(waiting()).toEqual(['a finished']);
});

test('the next that waits comes round again', () => {
  sessions.value = ['a', 'b', 'c'].map((id, index) => session(id, { state: 'needs_input', stateSince: at(index) }));
  expect(nextWaiting(null)).toBe('a');
  expect(nextWaiting('a')).toBe('b');
  expect(nextWaiting('c')).toBe('a');
  expect(nextWaiting('a', -1)).toBe('c');
  expect(nextWaiting('elsewhere', -1)).toBe('c');
  sessions.value = [session('a', { state: 'needs_input' })];
  expect(nextWaiting('a')).toBe(null);
});

test('a title is numbered once', () => {
  expect(titled('Sessions', 2)).toBe('(2) Sessions');
  expect(titled('(2) Sessions', 3)).toBe('(3) Sessions');
  expect(titled('(3) Sessions', 0)).toBe('Sessions');
});
