/** The tree of a session's files: folders that unfold, keys as in every tree, a menu on each row, things dropped on it. */
import type { CSSProperties, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { archiveUrl, downloadUrl, type Entry } from '../../api/files';
import { Icon } from '../../ui/icons';
import { toast } from '../../ui/toast';
import { type ContextItem, openContext } from './context';
import { ask } from './dialogs';
import { folderOf } from './paths';
import { moveOf, type Row } from './rows';
import { filesOf, sendAll } from './uploads';
import type { Workspace } from './workspace';

export function menuOf(of: Workspace, entry: Entry): ContextItem[] {
  const isFolder = entry.type === 'directory';
  const items: ContextItem[] = [];
  if (isFolder) {
    items.push({ icon: 'file', text: 'New file…', act: () => ask(of, { what: 'file', in: entry.path }) });
    items.push({ icon: 'folder', text: 'New folder…', act: () => ask(of, { what: 'folder', in: entry.path }) });
    items.push({ icon: 'download', text: 'Download as zip', act: () => {}, href: archiveUrl(of.id, entry) });
  } else {
    items.push({ icon: 'file', text: 'Open', act: () => void of.act(entry.path) });
    items.push({ icon: 'download', text: 'Download', act: () => {}, href: downloadUrl(of.id, entry) });
  }
  items.push({ icon: 'copy', text: 'Copy path', act: () => copy(entry.path) });
  items.push({ icon: 'edit', text: 'Rename…', act: () => ask(of, { what: 'rename', entry }) });
  items.push({ icon: 'trash', text: 'Delete…', danger: true, act: () => ask(of, { what: 'delete', entry }) });
  return items;
}

function copy(text: string): void {
  const copied = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error());
  copied.then(
    () => toast('Copied'),
    () => toast('The browser did not let us copy.', 'danger'),
  );
}

/** Sends what was dropped or pasted into a folder, and shows it there. */
export async function receive(of: Workspace, transfer: DataTransfer, folder: string): Promise<void> {
  const sent = await filesOf(transfer);
  if (sent.length === 0) return;
  await sendAll(of.id, folder, sent);
  if (folder === of.root.value) await of.fetch(folder);
  else await of.unfold(folder);
}

/** Where something belongs that is dropped on a row, or made while it has the focus. */
export function targetOf(of: Workspace, path: string): string {
  const entry = of.entry(path);
  if (!entry) return of.root.value;
  return entry.type === 'directory' ? path : folderOf(path);
}

export function Tree({ of }: { of: Workspace }): JSX.Element {
  const tree = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState('');
  const rows = of.rows.value;
  const current = of.current.value;
  const stop = rows.some((row) => row.kind !== 'note' && row.path === current) ? current : rows.find((row) => row.kind === 'entry')?.path;

  const focusOn = (path: string): void => {
    of.current.value = path;
    const row = [...(tree.current?.querySelectorAll<HTMLElement>('[role=treeitem]') ?? [])].find((each) => each.dataset.path === path);
    row?.focus();
  };
  const menu = (entry: Entry, at: { x: number; y: number }): void => {
    focusOn(entry.path);
    openContext(of, at, `Actions for ${entry.name}`, menuOf(of, entry));
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const entry = of.entry(stop ?? '');
    if (entry && event.key === 'F2') ask(of, { what: 'rename', entry });
    else if (entry && event.key === 'Delete') ask(of, { what: 'delete', entry });
    else if (entry && (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10'))) {
      const box = (document.activeElement as HTMLElement).getBoundingClientRect();
      menu(entry, { x: box.left + 40, y: box.bottom });
    } else {
      const move = moveOf(event.key, rows, stop ?? '');
      if (!move) return;
      if ('to' in move) focusOn(move.to);
      else if ('open' in move) void of.unfold(move.open);
      else if ('close' in move) of.fold(move.close);
      else void of.act(move.act);
    }
    event.preventDefault();
  };
  const target = (event: DragEvent): string =>
    targetOf(of, (event.target as HTMLElement).closest<HTMLElement>('[data-path]')?.dataset.path ?? '');
  const drag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    setOver(target(event));
  };
  const drop = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    setOver('');
    void receive(of, event.dataTransfer, target(event));
  };
  return (
    <div
      ref={tree}
      class={over === of.root.value ? 'tree tree-over' : 'tree'}
      role={rows.length > 0 ? 'tree' : 'group'}
      aria-label="Files"
      onKeyDown={keys}
      onDragOver={drag}
      onDragLeave={() => setOver('')}
      onDrop={drop}
    >
      {rows.map((row) => (
        <TreeRow
          key={`${row.kind} ${row.path}`}
          of={of}
          row={row}
          isStop={row.path === stop}
          isOver={over !== '' && over === row.path}
          onMenu={menu}
        />
      ))}
      {rows.length === 0 && of.root.value && (
        <p class="tree-empty" role="none">
          Nothing is here yet. Drop files, or let the agent make some.
        </p>
      )}
    </div>
  );
}

interface RowProps {
  of: Workspace;
  row: Row;
  isStop: boolean;
  isOver: boolean;
  onMenu: (entry: Entry, at: { x: number; y: number }) => void;
}

function TreeRow({ of, row, isStop, isOver, onMenu }: RowProps): JSX.Element {
  const indent = { '--level': row.level } as CSSProperties;
  const element = useRef<HTMLDivElement>(null);
  const isActive = row.entry !== undefined && of.active.value === row.path;
  useLayoutEffect(() => {
    if (isActive) element.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  if (row.kind === 'more') {
    return (
      <div
        role="treeitem"
        class="tree-row tree-more"
        style={indent}
        data-path={row.path}
        tabIndex={isStop ? 0 : -1}
        aria-level={row.level}
        onClick={() => void of.act(row.path)}
      >
        <span class="tree-name link">Show more</span>
      </div>
    );
  }
  if (row.kind === 'note' || !row.entry) {
    return (
      <p class="tree-note" role="none" style={indent}>
        {row.text}
      </p>
    );
  }
  const { entry } = row;
  const look = ['tree-row', isActive && 'tree-active', isOver && 'tree-over', entry.hidden && 'tree-hidden'];
  return (
    <div
      ref={element}
      role="treeitem"
      class={look.filter(Boolean).join(' ')}
      style={indent}
      data-path={row.path}
      tabIndex={isStop ? 0 : -1}
      aria-level={row.level}
      aria-posinset={row.at}
      aria-setsize={row.of}
      aria-expanded={row.isFolder ? row.isOpen : undefined}
      aria-selected={isActive}
      aria-label={entry.name}
      title={entry.target ? `${entry.name} → ${entry.target}` : entry.name}
      onClick={() => {
        of.current.value = row.path;
        void of.act(row.path);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(entry, { x: event.clientX, y: event.clientY });
      }}
    >
      <span class={row.isFolder ? 'tree-arrow' : 'tree-arrow tree-leaf'} aria-hidden="true">
        <Icon name="down" size={14} />
      </span>
      <span class={row.isFolder ? 'tree-icon tree-folder' : 'tree-icon'} aria-hidden="true">
        <Icon name={row.isFolder ? 'folder' : 'file'} size={15} />
      </span>
      <span class="tree-name">{entry.name}</span>
      {entry.type === 'symlink' && <span class="tree-link">link</span>}
      <button
        type="button"
        class="icon-button icon-small tree-menu"
        tabIndex={-1}
        aria-label={`Actions for ${entry.name}`}
        onClick={(event) => {
          event.stopPropagation();
          const box = event.currentTarget.getBoundingClientRect();
          onMenu(entry, { x: box.right - 190, y: box.bottom + 4 });
        }}
      >
        <Icon name="more" size={15} />
      </button>
    </div>
  );
}
