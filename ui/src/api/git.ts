/** A session's repository: what has changed, its branches and commits, and what can be done to them. */
import { ApiError, get, post, type Schemas, urlOf } from './client';

export type GitStatus = Schemas['GitStatus'];
export type Standing = Schemas['GitStanding'];
export type ChangedFile = Schemas['GitFile'];
export type ChangedFiles = Schemas['GitFiles'];
export type DiffLine = Schemas['GitDiffLine'];
export type Hunk = Schemas['GitHunk'];
export type FileDiff = Schemas['GitFileDiff'];
export type Diff = Schemas['GitDiff'];
export type Commit = Schemas['GitCommit'];
export type Branch = Schemas['GitBranch'];
export type Branches = Schemas['GitBranches'];
export type Overlaps = Schemas['GitOverlaps'];
export type Comparison = Schemas['GitComparison'];

/** Which differences of one file: those in the index, those outside of it, or a file that git does not know. */
export type Side = 'staged' | 'unstaged' | 'untracked';

/** Git may take its time in a large repository. */
const SLOW = { timeoutMs: 120_000 };

const of = (sessionId: string): { path: { sessionId: string } } => ({ path: { sessionId } });

export const standing = (id: string): Promise<Standing> =>
  get('/api/sessions/{sessionId}/git', { params: of(id), ...SLOW });
export const changedFiles = (id: string): Promise<ChangedFiles> =>
  get('/api/sessions/{sessionId}/git/files', { params: { ...of(id), query: { limit: 3000 } }, ...SLOW });
export const overlaps = (id: string): Promise<Overlaps> =>
  get('/api/sessions/{sessionId}/git/overlaps', { params: of(id), ...SLOW });

export function diffOf(id: string, path: string, side: Side): Promise<Diff> {
  const query = { path, staged: side === 'staged', untracked: side === 'untracked' };
  return get('/api/sessions/{sessionId}/git/diff', { params: { ...of(id), query }, ...SLOW });
}

/** `hunks`: only these of the one file. */
export const stage = (id: string, paths: string[], hunks: string[] = []): Promise<Standing> =>
  post('/api/sessions/{sessionId}/git/stage', { params: of(id), body: { ...chosen(paths), hunks }, ...SLOW });
export const unstage = (id: string, paths: string[], hunks: string[] = []): Promise<Standing> =>
  post('/api/sessions/{sessionId}/git/unstage', { params: of(id), body: { ...chosen(paths), hunks }, ...SLOW });
export const discard = (id: string, paths: string[]): Promise<Standing> =>
  post('/api/sessions/{sessionId}/git/discard', { params: of(id), body: { ...chosen(paths), untracked: true }, ...SLOW });

/** No path: all of them. */
const chosen = (paths: string[]): { paths: string[] } | { all: true } => (paths.length ? { paths } : { all: true });

export async function commit(id: string, message: string, all: boolean): Promise<Commit> {
  const body = { message, all };
  return (await post('/api/sessions/{sessionId}/git/commit', { params: of(id), body, ...SLOW })).commit;
}

export const branches = (id: string): Promise<Branches> =>
  get('/api/sessions/{sessionId}/git/branches', { params: of(id), ...SLOW });
export const switchTo = (id: string, branch: string): Promise<Standing> =>
  post('/api/sessions/{sessionId}/git/switch', { params: of(id), body: { branch }, ...SLOW });
export const startBranch = (id: string, name: string, from?: string): Promise<Standing> =>
  post('/api/sessions/{sessionId}/git/branches', {
    params: of(id),
    body: { name, switch: true, ...(from ? { from } : {}) },
    ...SLOW,
  });

export const log = (id: string, cursor?: string): Promise<Schemas['GitLog']> =>
  get('/api/sessions/{sessionId}/git/log', {
    params: { ...of(id), query: { limit: 50, ...(cursor ? { cursor } : {}) } },
    ...SLOW,
  });
export const show = (id: string, ref: string): Promise<Schemas['GitShown']> =>
  get('/api/sessions/{sessionId}/git/show', { params: { ...of(id), query: { ref } }, ...SLOW });

export const compare = (id: string, other: string): Promise<Comparison> =>
  get('/api/sessions/{sessionId}/git/compare', { params: { ...of(id), query: { with: other } }, ...SLOW });
export const merge = (id: string, from: string): Promise<Schemas['GitMerged']> =>
  post('/api/sessions/{sessionId}/git/merge', { params: of(id), body: { from }, ...SLOW });
export const deliver = (id: string): Promise<Schemas['GitDelivered']> =>
  post('/api/sessions/{sessionId}/git/deliver', { params: of(id), body: {}, ...SLOW });

/** What became of a file in the two sessions, as `git status` says it; who is merged into is us. */
export type ConflictKind =
  | 'both modified' | 'both added' | 'both deleted' | 'deleted by us' | 'deleted by them' | 'added by us' | 'added by them'
  | 'not committed';

/** What stood against a merge: a sentence, and the files that both have changed, or that are not committed. */
export interface RefusedMerge {
  message: string;
  into: { id: string; name: string };
  from: { id: string; name: string };
  files: { path: string; kind: ConflictKind }[];
  truncated: boolean;
}

/** Null where the merge failed for another reason than files. */
export function refusedMerge(error: unknown): RefusedMerge | null {
  if (!(error instanceof ApiError) || !('files' in error.details)) return null;
  return { message: error.message, ...(error.details as Omit<RefusedMerge, 'message'>) };
}

export const patchUrl = (id: string): string => urlOf('get', '/api/sessions/{sessionId}/git/patch', of(id));
export const bundleUrl = (id: string): string => urlOf('get', '/api/sessions/{sessionId}/git/bundle', of(id));
