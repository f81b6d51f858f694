/** The rows of the tree, in the order in which they are seen, and which key leads to which one. */
import type { Entry } from '../../api/files';
import { folderOf } from './paths';

export interface Folder {
  entries: Entry[];
  cursor: string | null;
  failure: string;
}

export interface Row {
  kind: 'entry' | 'more' | 'note';
  /** Of the entry; of the folder for what stands at its end. */
  path: string;
  level: number;
  entry?: Entry;
  isFolder?: boolean;
  isOpen?: boolean;
  at: number;
  of: number;
  text?: string;
}

/** Before the path of a folder: the row that fetches what is left of it. */
export const MORE = 'more:';

export interface Seen {
  root: string;
  folders: ReadonlyMap<string, Folder>;
  open: ReadonlySet<string>;
  /** Links that have turned out to lead to a folder. */
  linked: ReadonlySet<string>;
}

export function rowsOf({ root, folders, open, linked }: Seen): Row[] {
  const rows: Row[] = [];
  const add = (path: string, level: number): void => {
    const folder = folders.get(path);
    if (!folder) return;
    const of = folder.entries.length;
    folder.entries.forEach((entry, index) => {
      const isFolder = entry.type === 'directory' || linked.has(entry.path);
      const isOpen = isFolder && open.has(entry.path);
      rows.push({ kind: 'entry', path: entry.path, level, entry, isFolder, isOpen, at: index + 1, of });
      if (isOpen) add(entry.path, level + 1);
    });
    const note = folder.failure || (of === 0 && path !== root ? 'Empty' : '');
    if (note) rows.push({ kind: 'note', path, level, at: 0, of: 0, text: note });
    if (folder.cursor) rows.push({ kind: 'more', path: MORE + path, level, at: of + 1, of });
  };
  add(root, 1);
  return rows;
}

export type Move = { to: string } | { open: string } | { close: string } | { act: string } | null;

/** What a key does in a tree, after the WAI-ARIA pattern. */
export function moveOf(key: string, rows: readonly Row[], current: string): Move {
  const entries = rows.filter((row) => row.kind !== 'note');
  const at = entries.findIndex((row) => row.path === current);
  const row = entries[at];
  const to = (index: number): Move => {
    const found = entries[Math.min(Math.max(0, index), entries.length - 1)];
    return found ? { to: found.path } : null;
  };
  switch (key) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(entries.length - 1);
    case 'PageDown':
      return to(at + 12);
    case 'PageUp':
      return to(at - 12);
    case 'ArrowRight':
      if (!row?.isFolder) return null;
      return row.isOpen ? to(at + 1) : { open: row.path };
    case 'ArrowLeft': {
      if (row?.isOpen) return { close: row.path };
      const above = row && folderOf(row.path);
      return entries.some((other) => other.path === above) ? { to: above ?? '' } : null;
    }
    case 'Enter':
    case ' ':
      return row ? { act: row.path } : null;
    default:
      return typed(key, entries, at);
  }
}

/** A letter leads to the next one that begins with it. */
function typed(key: string, entries: readonly Row[], at: number): Move {
  if (key.length !== 1) return null;
  const letter = key.toLowerCase();
  const found = [...entries.slice(at + 1), ...entries.slice(0, at + 1)].find((row) =>
    row.entry?.name.toLowerCase().startsWith(letter),
  );
  return found ? { to: found.path } : null;
}
