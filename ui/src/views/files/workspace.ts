/** What is known of a session's files while the page is open: the tree as unfolded, and the files that are opened. */
import { computed, effect, signal } from '@preact/signals';

import { explain } from '../../api/client';
import { type At, type Entry, list } from '../../api/files';
import { byId } from '../../api/sessions';
import { preference, isYesOrNo } from '../../preferences';
import { OpenedFile } from './opened';
import { folderOf, isBelow } from './paths';
import { type Folder, MORE, rowsOf } from './rows';

export const showHidden = preference('files.hidden', false, isYesOrNo);

export class Workspace {
  readonly root = signal('');
  readonly failure = signal('');
  readonly folders = signal<ReadonlyMap<string, Folder>>(new Map());
  readonly open = signal<ReadonlySet<string>>(new Set());
  readonly linked = signal<ReadonlySet<string>>(new Set());
  readonly current = signal('');
  readonly files = signal<readonly OpenedFile[]>([]);
  readonly active = signal('');
  readonly rows = computed(() =>
    rowsOf({ root: this.root.value, folders: this.folders.value, open: this.open.value, linked: this.linked.value }),
  );
  readonly shown = computed(() => this.files.value.find((file) => file.path === this.active.value) ?? null);

  constructor(readonly id: string) {}

  /** Of a path the entry, if its folder is known. */
  entry(path: string): Entry | undefined {
    return this.folders.value.get(folderOf(path))?.entries.find((entry) => entry.path === path);
  }

  private at(path: string): At | null {
    return this.entry(path) ?? (path === this.root.value ? null : { path });
  }

  async fetch(path: string, more = false): Promise<void> {
    const known = this.folders.value.get(path);
    try {
      const found = await list(this.id, this.at(path), showHidden.value, (more && known?.cursor) || undefined);
      if (!this.root.value) this.root.value = found.path;
      const entries = more && known ? [...known.entries, ...found.entries] : found.entries;
      this.keep(path || found.path, { entries, cursor: found.nextCursor, failure: '' });
      this.failure.value = '';
    } catch (error) {
      if (path === this.root.value) this.failure.value = explain(error);
      else this.keep(path, { entries: [], cursor: null, failure: explain(error) });
    }
  }

  private keep(path: string, folder: Folder): void {
    this.folders.value = new Map(this.folders.value).set(path, folder);
  }

  /** Everything that is unfolded, anew; what was opened is looked after, too. */
  async refresh(): Promise<void> {
    const unfolded = [...this.open.value].filter((path) => this.folders.value.has(path));
    await Promise.all([this.fetch(this.root.value), ...unfolded.map((path) => this.fetch(path))]);
    await this.shown.value?.look();
  }

  async unfold(path: string): Promise<void> {
    this.open.value = new Set(this.open.value).add(path);
    await this.fetch(path);
  }

  fold(path: string): void {
    this.open.value = new Set([...this.open.value].filter((other) => other !== path));
  }

  /** Unfolds all that lies above a path and puts the tree's focus on it. */
  async reveal(path: string): Promise<void> {
    const above: string[] = [];
    for (let at = folderOf(path); isBelow(this.root.value, at) && at !== this.root.value; at = folderOf(at)) above.unshift(at);
    for (const folder of above) await this.unfold(folder);
    this.current.value = path;
  }

  /** Folders fold and unfold, files are opened; a link is whatever it leads to. */
  async act(path: string): Promise<void> {
    if (path.startsWith(MORE)) return this.fetch(path.slice(MORE.length), true);
    const entry = this.entry(path);
    if (!entry) return;
    if (entry.type === 'directory' || this.linked.value.has(path)) {
      if (this.open.value.has(path)) this.fold(path);
      else await this.unfold(path);
    } else if (entry.type === 'symlink' && (await this.leadsToFolder(entry))) {
      this.linked.value = new Set(this.linked.value).add(path);
      await this.unfold(path);
    } else {
      this.openFile(entry);
    }
  }

  private leadsToFolder(entry: Entry): Promise<boolean> {
    return list(this.id, entry, showHidden.value).then(
      () => true,
      () => false,
    );
  }

  openFile(at: At): OpenedFile {
    const known = this.files.value.find((file) => file.path === at.path);
    const file = known ?? new OpenedFile(this.id, { path: at.path, rawPath: at.rawPath });
    if (!known) this.files.value = [...this.files.value, file];
    else void known.look();
    this.active.value = at.path;
    return file;
  }

  closeFile(file: OpenedFile): void {
    const at = this.files.value.indexOf(file);
    this.files.value = this.files.value.filter((other) => other !== file);
    if (this.active.value === file.path) this.active.value = this.files.value[Math.min(at, this.files.value.length - 1)]?.path ?? '';
    file.close();
  }

  /** What is shown no longer lies there: it was renamed or deleted by us. */
  forget(path: string): void {
    for (const file of this.files.value) if (isBelow(path, file.path)) this.closeFile(file);
    this.fold(path);
  }
}

const workspaces = new Map<string, Workspace>();

export function workspaceOf(id: string): Workspace {
  const known = workspaces.get(id);
  if (known) return known;
  const made = new Workspace(id);
  workspaces.set(id, made);
  return made;
}

/** Which sessions' files hold what is not saved. */
export const unsaved = (): OpenedFile[] =>
  [...workspaces.values()].flatMap((each) => each.files.value.filter((file) => file.dirty.value));

window.addEventListener('beforeunload', (event) => {
  if (unsaved().length) event.preventDefault();
});

/** Calls when an agent comes to rest, and when somebody comes back to the page: then files may be others. */
export function whenItMayHaveChanged(id: string, call: () => void): () => void {
  let before = byId.peek().get(id)?.state;
  const stop = effect(() => {
    const state = byId.value.get(id)?.state;
    if (before === 'working' && state !== 'working') queueMicrotask(call);
    before = state;
  });
  window.addEventListener('focus', call);
  return () => {
    stop();
    window.removeEventListener('focus', call);
  };
}
