/** The envelope, the CSRF header and the ways a call can fail. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ApiError, call, csrfToken, whenLogInIsNeeded } from './client';
import { troubleOf } from './sessions';

const reply = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });
let fetched: ReturnType<typeof vi.fn>;

beforeEach(() => {
  fetched = vi.fn();
  vi.stubGlobal('fetch', fetched);
});
afterEach(() => vi.unstubAllGlobals());

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  try {
    await promise;
  } catch (error) {
    return error as ApiError;
  }
  throw new Error('it did not fail');
}

test('a success is its data', async () => {
  fetched.mockResolvedValue(reply(200, { success: true, data: { sessions: [] } }));
  expect(await call('GET', '/sessions')).toEqual({ sessions: [] });
});

test('a write carries the CSRF token of the cookie', async () => {
  document.cookie = 'csrftoken=abc%3D';
  fetched.mockResolvedValue(reply(201, { success: true, data: {} }));
  await call('POST', '/sessions', { agent: 'shell' });
  const [url, { headers, body }] = fetched.mock.calls[0] as [string, { headers: object; body: string }];
  expect(url).toBe('/api/sessions');
  expect(headers).toMatchObject({ 'X-CSRFToken': 'abc=', 'Content-Type': 'application/json' });
  expect(body).toBe('{"agent":"shell"}');
});

test('the token is found among other cookies', () => {
  expect(csrfToken('a=1; csrftoken=x; b=2')).toBe('x');
  expect(csrfToken('xcsrftoken=1')).toBe('');
});

test('a failure is its code and message', async () => {
  fetched.mockResolvedValue(reply(409, { success: false, error: { code: 'CONFLICT', message: 'No key.' } }));
  expect(await failureOf(call('POST', '/sessions', {}))).toMatchObject({ status: 409, code: 'CONFLICT', message: 'No key.' });
});

test('a 401 shows the log-in, but not for a wrong password', async () => {
  const needed = vi.fn();
  whenLogInIsNeeded(needed);
  fetched.mockImplementation(async () => reply(401, { success: false, error: { code: 'UNAUTHORIZED', message: 'no' } }));
  await failureOf(call('POST', '/auth/login', {}));
  expect(needed).not.toHaveBeenCalled();
  await failureOf(call('GET', '/sessions'));
  expect(needed).toHaveBeenCalledOnce();
});

test('a dead server, a proxy’s page and a runner that is down are told apart', async () => {
  fetched.mockRejectedValueOnce(new TypeError('network'));
  expect(troubleOf(await failureOf(call('GET', '/x')))).toBe('unreachable');
  fetched.mockResolvedValueOnce(new Response('<html>Bad gateway</html>', { status: 502 }));
  expect(troubleOf(await failureOf(call('GET', '/x')))).toBe('unreachable');
  fetched.mockResolvedValueOnce(reply(503, { success: false, error: { code: 'HOST_UNAVAILABLE', message: 'down' } }));
  expect(troubleOf(await failureOf(call('GET', '/x')))).toBe('runner-down');
  fetched.mockResolvedValueOnce(reply(500, { success: false, error: { code: 'INTERNAL_ERROR', message: 'oops' } }));
  expect(troubleOf(await failureOf(call('GET', '/x')))).toBe('failing');
});
