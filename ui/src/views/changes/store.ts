/** What is known of a session's repository while the page is open. */
import { batch, signal } from '@preact/signals';

import { explain } from '../../api/client';
import {
  type ChangedFile, changedFiles, diffOf, type FileDiff, overlaps, type Overlaps, type RefusedMerge, type Side, type Standing,
  standing,
} from '../../api/git';
import { byId, learn } from '../../api/sessions';
import { oneOf, preference } from '../../preferences';
import { toast } from '../../ui/toast';
import type { Layout } from './lines';

export type Part = 'changes' | 'history' | 'compare';

/** One file in one of the lists: it may be staged and changed again. */
export interface Item {
  key: string;
  file: ChangedFile;
  side: Side;
}

export const layout = preference<Layout>('changes.layout', 'unified', oneOf('unified', 'split'));

export class Repository {
  readonly standing = signal<Standing | null>(null);
  readonly files = signal<readonly ChangedFile[]>([]);
  readonly truncated = signal(false);
  readonly failure = signal('');
  readonly overlaps = signal<Overlaps | null>(null);
  readonly part = signal<Part>('changes');
  readonly chosen = signal('');
  readonly diff = signal<FileDiff | null>(null);
  readonly diffFailure = signal('');
  readonly message = signal('');
  readonly busy = signal(false);
  /** With which session it is compared. */
  readonly other = signal('');
  readonly refused = signal<RefusedMerge | null>(null);
  /** Counts up when commits or branches may be others. */
  readonly changed = signal(0);
  private asked = 0;

  constructor(readonly id: string) {}

  async refresh(): Promise<void> {
    try {
      const found = await standing(this.id);
      const listed = found.status.isRepo ? await changedFiles(this.id) : { files: [], truncated: false };
      batch(() => {
        this.stands(found);
        this.files.value = listed.files;
        this.truncated.value = listed.truncated;
        this.failure.value = '';
        this.changed.value += 1;
      });
      await this.fetchDiff();
      if (found.status.isRepo) this.overlaps.value = await overlaps(this.id).catch(() => this.overlaps.value);
    } catch (error) {
      this.failure.value = explain(error);
    }
  }

  private stands(found: Standing): void {
    this.standing.value = found;
    const known = byId.value.get(this.id);
    const git = found.status.isRepo ? { branch: found.status.branch, formatted: found.formatted } : null;
    if (known && known.git?.formatted !== git?.formatted) learn({ ...known, git });
  }

  items(): { staged: Item[]; unstaged: Item[]; untracked: Item[]; conflicted: Item[] } {
    const of = (side: Side, fits: (file: ChangedFile) => boolean): Item[] =>
      this.files.value.filter(fits).map((file) => ({ key: `${side} ${file.path}`, file, side }));
    return {
      conflicted: of('unstaged', (file) => file.conflicted),
      staged: of('staged', (file) => file.staged && !file.conflicted),
      unstaged: of('unstaged', (file) => file.unstaged && !file.conflicted && !file.untracked),
      untracked: of('untracked', (file) => file.untracked),
    };
  }

  item(): Item | null {
    const { staged, unstaged, untracked, conflicted } = this.items();
    const all = [...conflicted, ...staged, ...unstaged, ...untracked];
    const path = this.chosen.value.slice(this.chosen.value.indexOf(' ') + 1);
    // staged meanwhile, it stands in another list
    return all.find((item) => item.key === this.chosen.value) ?? all.find((item) => item.file.path === path) ?? null;
  }

  async choose(key: string): Promise<void> {
    this.chosen.value = key;
    this.diff.value = null;
    await this.fetchDiff();
  }

  private async fetchDiff(): Promise<void> {
    const item = this.item();
    const asked = ++this.asked;
    if (!item) {
      this.diff.value = null;
      return;
    }
    try {
      const { files } = await diffOf(this.id, item.file.path, item.side);
      if (asked !== this.asked) return;
      this.diff.value = files.find((file) => file.path === item.file.path) ?? files[0] ?? null;
      this.diffFailure.value = this.diff.value ? '' : 'Nothing differs any more.';
    } catch (error) {
      if (asked === this.asked) this.diffFailure.value = explain(error);
    }
  }

  /** Does something to the repository and looks at what became of it. False: it was refused, and that was said. */
  async change(work: () => Promise<unknown>): Promise<boolean> {
    this.busy.value = true;
    try {
      await work();
      return true;
    } catch (error) {
      toast(explain(error), 'danger');
      return false;
    } finally {
      await this.refresh();
      this.busy.value = false;
    }
  }
}

const repositories = new Map<string, Repository>();

export function repositoryOf(id: string): Repository {
  const known = repositories.get(id);
  if (known) return known;
  const made = new Repository(id);
  repositories.set(id, made);
  return made;
}
