/** A flood comes in portions, in order and whole; what is typed and answered comes at once. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Pacer } from './pacer';

const none = (): void => {};
const MUCH = new Uint8Array(70_000);
const letter = (text: string): Uint8Array => new TextEncoder().encode(text);
let written: (Uint8Array | string)[] = [];
let pacer = new Pacer(none);

beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  pacer = new Pacer((data) => written.push(data));
});
afterEach(() => void vi.useRealTimers());

test('an answer to a key comes at once', () => {
  pacer.put(letter('a'), none);
  pacer.put(letter('b'), none);
  expect(written).toEqual([letter('a'), letter('b')]);
});

test('a flood waits for its portion, and so does what comes after it', () => {
  pacer.put(MUCH, none);
  pacer.put(letter('end'), none);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(50);
  expect(written).toEqual([MUCH, letter('end')]);
});

test('after a flood everything comes at once again', () => {
  pacer.put(MUCH, none);
  vi.advanceTimersByTime(200);
  pacer.put(letter('a'), none);
  expect(written.at(-1)).toEqual(letter('a'));
});

test('what waits can be had now, and nothing comes twice', () => {
  pacer.put(MUCH, none);
  pacer.flush();
  vi.advanceTimersByTime(200);
  expect(written).toEqual([MUCH]);
});

test('a whole screen comes at once, after what was before it', () => {
  pacer.put(MUCH, none);
  pacer.put('screen', none);
  expect(written).toEqual([MUCH, 'screen']);
});
