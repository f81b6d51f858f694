/** The bytes of the terminal socket: output frames with their offset in, input chunks out. */

const OFFSET_BYTES = 8;
export const CHUNK_BYTES = 64 * 1024;

export interface Output {
  start: number;
  bytes: Uint8Array;
}

/** A binary frame: the absolute offset of its first byte (64 bit, big-endian), then the bytes. */
export function readOutput(frame: ArrayBuffer): Output | null {
  if (frame.byteLength < OFFSET_BYTES) return null;
  const start = Number(new DataView(frame).getBigUint64(0));
  return { start, bytes: new Uint8Array(frame, OFFSET_BYTES) };
}

/** The part of a frame that is new when `expected` is the offset of the next byte; null when bytes are missing before it. */
export function unseen({ start, bytes }: Output, expected: number): Uint8Array | null {
  if (start > expected) return null;
  return bytes.subarray(Math.min(expected - start, bytes.length));
}

export function* chunks(bytes: Uint8Array<ArrayBuffer>, size = CHUNK_BYTES): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const utf8 = new TextEncoder();

/** Typed text as the bytes a program reads. */
export const encode = (text: string): Uint8Array<ArrayBuffer> => utf8.encode(text);

/** xterm's "binary" strings (old mouse reports): one character is one byte, not UTF-8. */
export const encodeBinary = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
