/** Frames and chunks: offsets beyond 32 bits, overlaps, and text as bytes. */
import { expect, test } from 'vitest';

import { barSequence, withCtrl } from './keys';
import { chunks, encode, encodeBinary, readOutput, unseen } from './wire';

test('an offset beyond four gigabytes is read exactly', () => {
  const frame = new Uint8Array(9);
  new DataView(frame.buffer).setBigUint64(0, 5_000_000_001n);
  frame[8] = 65;
  expect(readOutput(frame.buffer)).toEqual({ start: 5_000_000_001, bytes: new Uint8Array([65]) });
});

test('a frame too short for its offset is nothing', () => {
  expect(readOutput(new ArrayBuffer(7))).toBeNull();
});

test.each([
  [10, [1, 2, 3]],
  [11, [2, 3]],
  [13, []],
  [99, []],
])('expecting %i, the new part of bytes 10 to 12 is %j', (expected, left) => {
  expect([...(unseen({ start: 10, bytes: new Uint8Array([1, 2, 3]) }, expected) ?? [])]).toEqual(left);
});

test('a frame after a hole is refused', () => {
  expect(unseen({ start: 10, bytes: new Uint8Array([1]) }, 9)).toBeNull();
});

test('chunks put together are the whole', () => {
  const bytes = encode('é'.repeat(50));
  expect([...chunks(bytes, 7)].flatMap((chunk) => [...chunk])).toEqual([...bytes]);
});

test('old mouse reports are bytes, not UTF-8', () => {
  expect([...encodeBinary('\x1b[M\xff')]).toEqual([27, 91, 77, 255]);
});

test('Ctrl on the key bar makes letters control characters and leaves the rest', () => {
  expect(withCtrl('c')).toBe('\x03');
  expect(withCtrl('[')).toBe('\x1b');
  expect(withCtrl('é')).toBe('é');
  expect(withCtrl('ls')).toBe('ls');
});

test('arrows follow the mode of the program', () => {
  expect(barSequence('Up', false)).toBe('\x1b[A');
  expect(barSequence('Up', true)).toBe('\x1bOA');
});
