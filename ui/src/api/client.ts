/** Calls the REST API as its own description types it: opens the envelope, adds the CSRF header, turns every failure into one kind of error. */
import { createFinalURL, createQuerySerializer, defaultPathSerializer } from 'openapi-fetch';
import type { ParamsOption, RequestBodyOption } from 'openapi-fetch';

import type { components, paths } from './schema';

/** What the API speaks of, by the names of its description. */
export type Schemas = components['schemas'];

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathOf<M extends Method> = { [P in keyof paths]: paths[P][M] extends undefined ? never : P }[keyof paths];

interface How {
  /** How long it may take; null: as long as it takes. */
  timeoutMs?: number | null;
  /** It is sent even when the page goes away meanwhile. */
  keepalive?: boolean;
}

type Asked<Operation> = ParamsOption<Operation> & RequestBodyOption<Operation> & How;
type Rest<Operation> = object extends Asked<Operation> ? [asked?: Asked<Operation>] : [asked: Asked<Operation>];

type Success = 200 | 201 | 202;
type DataOf<Answer> = Answer extends { content: { 'application/json': { success: true; data: infer Data } } } ? Data : never;
type Data<Operation> = Operation extends { responses: infer All } ? DataOf<All[keyof All & Success]> : never;

type Call<M extends Method> = <P extends PathOf<M>>(path: P, ...rest: Rest<paths[P][M]>) => Promise<Data<paths[P][M]>>;
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

/** One call; resolves to the envelope's `data`. */
function calling<M extends Method>(method: M): Call<M> {
  return async (path, ...rest) => opened(await ask(method, path, ...rest));
}

/** What an answer's envelope holds. */
export async function opened<T>(response: Response): Promise<T> {
  const text = await textOf(response);
  const envelope = envelopeIn(text);
  if (!envelope?.success) throw failureOf(response.status, text);
  return envelope.data as T;
}

export const get = calling('get');
export const post = calling('post');
export const put = calling('put');
export const patch = calling('patch');
export const remove = calling('delete');

interface Parts extends How {
  params?: { query?: Record<string, unknown>; path?: Record<string, unknown>; header?: Record<string, string> };
  body?: unknown;
}

/** One call whose answer is no envelope but a file. */
export function ask<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  ...rest: Rest<paths[P][M]>
): Promise<Response> {
  const { params = {}, body, timeoutMs = TIMEOUT_MS, keepalive = false } = (rest[0] ?? {}) as Parts;
  return reach(addressOf(path, params), {
    method: method.toUpperCase(),
    keepalive,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...params.header },
    ...(timeoutMs === null ? {} : { signal: AbortSignal.timeout(timeoutMs) }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The address of an operation, for a link or for what sends a body that is no JSON. */
export function urlOf<M extends Method, P extends PathOf<M>>(
  _method: M,
  path: P,
  params: NonNullable<ParamsOption<paths[P][M]>['params']>,
): string {
  return addressOf(path, params as NonNullable<Parts['params']>);
}

const querySerializer = createQuerySerializer();

function addressOf(path: string, params: NonNullable<Parts['params']>): string {
  return createFinalURL(path, { baseUrl: '', params, querySerializer, pathSerializer: defaultPathSerializer });
}

/** One request; an answer that is no success is thrown. A status of 0 means that the server was not reached at all. */
export async function reach(
  url: string,
  { headers, ...init }: Omit<RequestInit, 'headers'> & { method: string; headers?: Record<string, string> },
): Promise<Response> {
  const sent: Record<string, string> = { Accept: 'application/json', ...headers };
  if (init.method !== 'GET') sent['X-CSRFToken'] = csrfToken();
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers: sent, credentials: 'same-origin' });
  } catch {
    throw new ApiError(0, 'UNREACHABLE', 'The server can’t be reached.');
  }
  if (response.ok) return response;
  if (response.status === 401 && !LOGGING_IN.test(url)) onLogInNeeded();
  throw failureOf(response.status, await textOf(response));
}

const LOGGING_IN = /^\/api\/auth\/log(in|out)$/;

/** Nothing when the line breaks on the way. */
const textOf = (response: Response): Promise<string> => response.text().catch(() => '');

interface Envelope {
  success: boolean;
  data?: unknown;
  error?: { code?: string; message?: string; details?: Record<string, unknown> };
}

function envelopeIn(text: string): Envelope | null {
  try {
    return JSON.parse(text) as Envelope;
  } catch {
    return null; // a proxy's own error page, or no body at all
  }
}

/** What an answer that is no success says. */
export function failureOf(status: number, text: string): ApiError {
  const { code, message, details } = envelopeIn(text)?.error ?? {};
  return new ApiError(
    status,
    code ?? (status >= 502 ? 'UNREACHABLE' : 'INTERNAL_ERROR'),
    message ?? `The server answered ${status}.`,
    details,
  );
}

/** A sentence for people, whatever was thrown. */
export function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
