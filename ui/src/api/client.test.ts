/** The envelope, the CSRF header and the ways a call can fail. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ApiError, csrfToken, get, patch, post, urlOf, whenLogInIsNeeded } from './client';
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
  expect(await get('/api/sessions')).toEqual({ sessions: [] });
});

test('a write carries the CSRF token of the cookie', async () => {
  document.cookie = 'csrftoken=abc%3D';
  fetched.mockResolvedValue(reply(201, { success: true, data: {} }));
  await post('/api/sessions', { body: { agent: 'shell' } });
  const [url, { headers, body }] = fetched.mock.calls[0] as [string, { headers: object; body: string }];
  expect(url).toBe('/api/sessions');
  expect(headers).toMatchObject({ 'X-CSRFToken': 'abc=', 'Content-Type': 'application/json' });
  expect(body).toBe('{"agent":"shell"}');
});

test('what a path and a query are made of can’t break out of its place', async () => {
  fetched.mockResolvedValue(reply(200, { success: true, data: {} }));
  await patch('/api/sessions/{sessionId}', { params: { path: { sessionId: '../a?b' } }, body: { name: 'x' } });
  expect(fetched.mock.calls[0]![0]).toBe('/api/sessions/..%2Fa%3Fb');
  const query = { path: 'a&b=c d', createParents: true, sessionId: undefined };
  expect(urlOf('put', '/api/files/upload', { query })).toBe('/api/files/upload?path=a%26b%3Dc%20d&createParents=true');
});

test('the token is found among other cookies', () => {
  expect(csrfToken('a=1; csrftoken=x; b=2')).toBe('x');
  expect(csrfToken('xcsrftoken=1')).toBe('');
});

test('a failure is its code, message and details', async () => {
  fetched.mockResolvedValue(reply(409, { success: false, error: { code: 'CONFLICT', message: 'No key.', details: { of: 'x' } } }));
  expect(await failureOf(post('/api/sessions', { body: {} }))).toMatchObject({
    status: 409,
    code: 'CONFLICT',
    message: 'No key.',
    details: { of: 'x' },
  });
});

test('a 401 shows the log-in, but not for a wrong password', async () => {
  const needed = vi.fn();
  whenLogInIsNeeded(needed);
  fetched.mockImplementation(async () => reply(401, { success: false, error: { code: 'UNAUTHORIZED', message: 'no' } }));
  await failureOf(post('/api/auth/login', { body: { username: 'me', password: 'no' } }));
  expect(needed).not.toHaveBeenCalled();
  await failureOf(get('/api/sessions'));
  expect(needed).toHaveBeenCalledOnce();
});

test('a dead server, a proxy’s page and a runner that is down are told apart', async () => {
  fetched.mockRejectedValueOnce(new TypeError('network'));
  expect(troubleOf(await failureOf(get('/api/sessions')))).toBe('unreachable');
  fetched.mockResolvedValueOnce(new Response('<html>Bad gateway</html>', { status: 502 }));
  expect(troubleOf(await failureOf(get('/api/sessions')))).toBe('unreachable');
  fetched.mockResolvedValueOnce(reply(503, { success: false, error: { code: 'HOST_UNAVAILABLE', message: 'down' } }));
  expect(troubleOf(await failureOf(get('/api/sessions')))).toBe('runner-down');
  fetched.mockResolvedValueOnce(reply(500, { success: false, error: { code: 'INTERNAL_ERROR', message: 'oops' } }));
  expect(troubleOf(await failureOf(get('/api/sessions')))).toBe('failing');
});

test('what the API has not does not compile', () => {
  const never = (): void => {
    // @ts-expect-error no such path
    void get('/api/session');
    // @ts-expect-error no such method
    void post('/api/isolation');
    // @ts-expect-error whose?
    void get('/api/sessions/{sessionId}');
    // @ts-expect-error no such parameter
    void get('/api/sessions', { params: { query: { limits: 3 } } });
    // @ts-expect-error no such field to send
    void post('/api/sessions', { body: { repo: { address: 'x' } } });
    // @ts-expect-error no such field in the answer
    void get('/api/isolation').then((report) => report.walls);
    // @ts-expect-error no such parameter of a link
    urlOf('get', '/api/costs/export', { query: { form: 'csv' } });
  };
  expect(never).toBeTypeOf('function');
});
