/** Uploads under way: what was dropped, pasted or chosen, sent three at a time, with a question before overwriting. */
import { signal } from '@preact/signals';

import { ApiError, explain } from '../../api/client';
import { upload } from '../../api/files';
import { joined } from './paths';

/** A file and where below the folder it belongs. */
export interface Sent {
  path: string;
  file: File;
}

export interface Transfer {
  id: number;
  sessionId: string;
  name: string;
  share: number;
  state: 'waiting' | 'sending' | 'done' | 'failed';
  failure: string;
  abort: AbortController;
}

export interface Question {
  sessionId: string;
  name: string;
  /** Whether others wait, for which the answer may hold as well. */
  several: boolean;
  answer: (replace: boolean, forAll: boolean) => void;
}

const AT_ONCE = 3;
export const transfers = signal<readonly Transfer[]>([]);
export const question = signal<Question | null>(null);
let last = 0;

function set(id: number, change: Partial<Transfer>): void {
  transfers.value = transfers.value.map((each) => (each.id === id ? { ...each, ...change } : each));
}

export function clearTransfers(): void {
  transfers.value = transfers.value.filter((each) => each.state === 'waiting' || each.state === 'sending');
}

/** Sends them all into a folder; resolves when the last one is through. */
export async function sendAll(sessionId: string, folder: string, sent: readonly Sent[]): Promise<void> {
  const batch = sent.map((each) => {
    const abort = new AbortController();
    const one: Transfer = { id: ++last, sessionId, name: each.path, share: 0, state: 'waiting', failure: '', abort };
    return { ...each, one };
  });
  transfers.value = [...transfers.value, ...batch.map(({ one }) => one)];
  let forAll: boolean | null = null;
  let asking: Promise<unknown> = Promise.resolve();
  const mayReplace = (name: string): Promise<boolean> => {
    const answer = asking.then(
      () =>
        forAll ??
        new Promise<boolean>((done) => {
          question.value = {
            sessionId,
            name,
            several: batch.length > 1,
            answer: (replace, all) => {
              question.value = null;
              if (all) forAll = replace;
              done(replace);
            },
          };
        }),
    );
    asking = answer;
    return answer;
  };
  const waiting = [...batch];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await send(sessionId, folder, next, mayReplace);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function send(
  sessionId: string,
  folder: string,
  { path, file, one }: Sent & { one: Transfer },
  mayReplace: (name: string) => Promise<boolean>,
): Promise<void> {
  const attempt = (overwrite: boolean): Promise<void> =>
    upload({
      sessionId,
      path: joined(folder, path),
      file,
      overwrite,
      onProgress: (share) => set(one.id, { share }),
      signal: one.abort.signal,
    });
  if (one.abort.signal.aborted) return set(one.id, { state: 'failed', failure: 'Cancelled' });
  set(one.id, { state: 'sending' });
  try {
    try {
      await attempt(false);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
      if (!(await mayReplace(path))) return set(one.id, { state: 'failed', failure: 'Left as it was' });
      await attempt(true);
    }
    set(one.id, { state: 'done', share: 1 });
  } catch (error) {
    set(one.id, { state: 'failed', failure: explain(error) });
  }
}

/** What was dropped or pasted, folders with all that is in them. Must be asked within the event itself. */
export function filesOf(transfer: DataTransfer): Promise<Sent[]> {
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry());
  const plain = [...transfer.files].map((file) => ({ path: nameOf(file), file }));
  if (!entries.some((entry) => entry?.isDirectory)) return Promise.resolve(plain);
  return Promise.all(entries.map((entry) => (entry ? walk(entry, '') : []))).then((found) => found.flat());
}

/** A pasted screenshot has no name of its own. */
const nameOf = (file: File): string =>
  file.name === 'image.png' ? `pasted-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.png` : file.name;

async function walk(entry: FileSystemEntry, above: string): Promise<Sent[]> {
  const path = above + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    return [{ path, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Sent[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return found;
    for (const each of some) found.push(...(await walk(each, `${path}/`)));
  }
}
