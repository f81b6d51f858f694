/** Files of a session's workspace: what lies there, reading and writing it, and uploads with their progress. */
import { ApiError, csrfToken, failureOf, get, post, reach, remove, type Schemas, urlOf } from './client';

/** Which file; `rawPath` is there when its name is no text, and is what the server knows it by then. */
export interface At {
  path: string;
  rawPath?: string | undefined;
}

export type Entry = Schemas['FileEntry'];
export type Contents = Schemas['FileContents'];
export type Written = Schemas['FileWritten'];
export type Match = Schemas['FileMatch'];
export type Found = Schemas['FileMatches'];
export type Wanted = Omit<Schemas['SearchFiles'], 'sessionId'>;

/** The entries of a folder of a session; the places where one can look are told without a session alone. */
export type Listing = Omit<Schemas['FileListing'], 'path' | 'entries'> & { path: string; entries: Entry[] };

/** As much as `files/read` tells at once. */
export const MOST_READ = 1_048_576;

const named = ({ path, rawPath }: At): { rawPath: string } | { path: string } => (rawPath ? { rawPath } : { path });

export async function list(sessionId: string, at: At | null, hidden: boolean, cursor?: string): Promise<Listing> {
  const more = cursor ? { cursor } : {};
  return (await get('/api/files/list', {
    params: { query: { sessionId, ...(at && named(at)), hidden, ...more } },
  })) as Listing;
}

export async function stat(sessionId: string, at: At): Promise<Entry> {
  return (await get('/api/files/stat', { params: { query: { sessionId, ...named(at) } } })).entry;
}

export const read = (sessionId: string, at: At): Promise<Contents> =>
  get('/api/files/read', { params: { query: { sessionId, ...named(at) } } });

/** `ifMatch`: the version it must still be; null: nothing may be there yet; absent: whatever is there. */
export function write(sessionId: string, at: At, content: string, ifMatch?: string | null): Promise<Written> {
  const condition = ifMatch === undefined ? {} : ifMatch === null ? { ifNoneMatch: '*' } : { ifMatch };
  return post('/api/files/write', { body: { sessionId, ...named(at), content, ...condition } });
}

export const makeFolder = (sessionId: string, path: string): Promise<unknown> =>
  post('/api/files/mkdir', { body: { sessionId, path, parents: false } });

export const erase = (sessionId: string, at: At, recursive: boolean): Promise<unknown> =>
  remove('/api/files/delete', { params: { query: { sessionId, ...named(at), recursive } } });

export function rename(sessionId: string, at: At, newPath: string, overwrite = false): Promise<unknown> {
  const old = at.rawPath ? { rawOldPath: at.rawPath } : { oldPath: at.path };
  return post('/api/files/rename', { body: { sessionId, ...old, newPath, overwrite } });
}

export const search = (sessionId: string, wanted: Wanted): Promise<Found> =>
  post('/api/files/search', { body: { sessionId, ...wanted } });

export const downloadUrl = (sessionId: string, at: At): string =>
  urlOf('get', '/api/files/download', { query: { sessionId, ...named(at) } });
export const archiveUrl = (sessionId: string, at: At | null): string =>
  urlOf('get', '/api/files/archive', { query: { sessionId, ...(at && named(at)) } });

/** The first bytes of a file that is too large to be read as a whole. */
export async function beginning(sessionId: string, at: At): Promise<string> {
  const headers = { Range: `bytes=0-${MOST_READ - 1}` };
  const response = await reach(downloadUrl(sessionId, at), { method: 'GET', headers });
  return new TextDecoder().decode(await response.arrayBuffer());
}

export interface Upload {
  sessionId: string;
  path: string;
  file: Blob;
  overwrite: boolean;
  onProgress: (share: number) => void;
  signal: AbortSignal;
}

/** Sends one file as it is; 409 when something is there and it may not be overwritten. */
export function upload({ sessionId, path, file, overwrite, onProgress, signal }: Upload): Promise<void> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open('PUT', urlOf('put', '/api/files/upload', { query: { sessionId, path, createParents: true } }));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('X-CSRFToken', csrfToken());
    if (!overwrite) request.setRequestHeader('If-None-Match', '*');
    request.upload.onprogress = (event) => onProgress(event.total ? event.loaded / event.total : 0);
    request.onload = () => (request.status < 300 ? done() : fail(failureOf(request.status, request.responseText)));
    request.onerror = () => fail(new ApiError(0, 'UNREACHABLE', 'The upload broke off.'));
    request.onabort = () => fail(new ApiError(0, 'ABORTED', 'Cancelled'));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
