/** Calls the REST API: opens the envelope, adds the CSRF header, turns every failure into one kind of error. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type LogInNeeded = () => void;

const TIMEOUT_MS = 20_000;
let onLogInNeeded: LogInNeeded = () => {};

/** Says what to do when the server no longer knows us; the page shows the log-in. */
export function whenLogInIsNeeded(callback: LogInNeeded): void {
  onLogInNeeded = callback;
}

export function csrfToken(cookies = document.cookie): string {
  const cookie = cookies.split('; ').find((pair) => pair.startsWith('csrftoken='));
  return cookie ? decodeURIComponent(cookie.slice('csrftoken='.length)) : '';
}

/** One call; resolves to the envelope's `data`. A status of 0 means that the server was not reached at all. */
export async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken();
  let response: Response;
  try {
    response = await fetch(`/api${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, 'UNREACHABLE', 'The server can’t be reached.');
  }
  const envelope = await readEnvelope(response);
  if (response.ok && envelope?.success) return envelope.data as T;
  const error = envelope?.error;
  if (response.status === 401 && !path.startsWith('/auth/log')) onLogInNeeded();
  throw new ApiError(
    response.status,
    error?.code ?? (response.status >= 502 ? 'UNREACHABLE' : 'INTERNAL_ERROR'),
    error?.message ?? `The server answered ${response.status}.`,
  );
}

interface Envelope {
  success: boolean;
  data?: unknown;
  error?: { code?: string; message?: string };
}

async function readEnvelope(response: Response): Promise<Envelope | null> {
  try {
    return (await response.json()) as Envelope;
  } catch {
    return null; // a proxy's own error page, or no body at all
  }
}

export const get = <T>(path: string): Promise<T> => call<T>('GET', path);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>('POST', path, body);
export const remove = <T>(path: string): Promise<T> => call<T>('DELETE', path);

/** A sentence for people, whatever was thrown. */
export function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
