/** How browsers are called, the key's bytes, and when the server is told that a page is looked at. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { nameOf } from './device';
import { bePresent } from './presence';
import { bytesOf } from './push';

const said: unknown[] = [];
let isHidden = false;

beforeEach(() => {
  said.length = 0;
  isHidden = false;
  vi.useFakeTimers();
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => isHidden);
  vi.stubGlobal('fetch', (_path: string, { body }: { body: string }) => {
    said.push((JSON.parse(body) as { visible: boolean }).visible);
    return Promise.resolve(new Response());
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function turn(hidden: boolean): void {
  isHidden = hidden;
  document.dispatchEvent(new Event('visibilitychange'));
}

test('a page says that it is looked at, again within a minute, and when it no longer is', () => {
  const stop = bePresent();
  expect(said).toEqual([true]);
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([true, true]);
  turn(true);
  turn(true);
  vi.advanceTimersByTime(300_000);
  expect(said).toEqual([true, true, false]);
  turn(false);
  stop();
  expect(said).toEqual([true, true, false, true, false]);
});

test('a page that is opened unseen says nothing', () => {
  isHidden = true;
  bePresent()();
  expect(said).toEqual([]);
});

test.each([
  ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36', 'Chrome on Android'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1', 'Safari on iPhone'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0', 'Firefox on Linux'],
  ['curl/8', 'A browser'],
  [null, 'A browser'],
])('%s is called %s', (device, name) => expect(nameOf(device)).toBe(name));

test('the key of base64 for addresses becomes bytes', () => {
  expect([...bytesOf('-_8')]).toEqual([251, 255]);
});
