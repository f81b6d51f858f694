/** Draws differences, in one column or two; a long file's pieces are made when they come near the window. */
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { DiffLine, FileDiff } from '../../api/git';
import { Icon } from '../../ui/icons';
import { type Cell, type Layout, piecesOf, type Row, rowsOf } from './lines';

const PIECE = 120;
const ROW_PX = 21;
const SIGNS: Record<DiffLine['type'], string> = { context: ' ', add: '+', delete: '−' };

/** What can be done with one hunk; `id` is the hunk's. */
export interface HunkAct {
  text: string;
  act: (id: string) => void;
  isBusy: boolean;
}

interface BodyProps {
  file: FileDiff;
  layout: Layout;
  hunkAct?: HunkAct | undefined;
}

export function DiffBody({ file, layout, hunkAct }: BodyProps): JSX.Element {
  const pieces = useMemo(() => piecesOf(rowsOf(file.hunks, layout), PIECE), [file, layout]);
  if (file.binary) return <p class="diff-note">Not text: only that it differs can be told.</p>;
  if (file.submodule) return <p class="diff-note">Another repository within this one.</p>;
  return (
    <div class={`diff diff-${layout}`}>
      {pieces.map((rows, at) => (
        <Piece key={`${layout} ${at}`} rows={rows} isNear={at < 2} hunkAct={file.truncated ? undefined : hunkAct} />
      ))}
      {file.truncated && <p class="diff-note">There is more; it is too long to be shown here.</p>}
      {pieces.length === 0 && !file.truncated && <p class="diff-note">{emptiness(file)}</p>}
    </div>
  );
}

function emptiness({ status, oldPath }: FileDiff): string {
  if (oldPath) return `Only its name is another: it was ${oldPath}.`;
  return status === 'added' ? 'An empty file.' : 'Not one line differs.';
}

function Piece({ rows, isNear, hunkAct }: Pick<BodyProps, 'hunkAct'> & { rows: Row[]; isNear: boolean }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(isNear);
  useEffect(() => {
    if (near || !place.current) return;
    const watch = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && setNear(true), {
      root: place.current.closest('.diff-scroll'),
      rootMargin: '1200px 0px',
    });
    watch.observe(place.current);
    return () => watch.disconnect();
  }, [near]);
  if (!near) return <div ref={place} style={{ height: `${rows.length * ROW_PX}px` }} />;
  return <div class="diff-piece">{rows.map((row, at) => drawn(row, at, hunkAct))}</div>;
}

function drawn(row: Row, at: number, hunkAct: BodyProps['hunkAct']): JSX.Element {
  switch (row.kind) {
    case 'hunk':
      return (
        <div key={at} class="diff-hunk">
          <span>{row.text}</span>
          {hunkAct && (
            <button type="button" class="button diff-act" disabled={hunkAct.isBusy} onClick={() => hunkAct.act(row.id)}>
              {hunkAct.text}
            </button>
          )}
        </div>
      );
    case 'line': {
      const { line } = row.cell;
      return (
        <div key={at} class={`diff-row diff-${line.type}`}>
          <span class="diff-number">{line.oldLine}</span>
          <span class="diff-number">{line.newLine}</span>
          <Text cell={row.cell} />
        </div>
      );
    }
    case 'pair':
      return (
        <div key={at} class="diff-row">
          <Half cell={row.left} number={row.left?.line.oldLine} />
          <Half cell={row.right} number={row.right?.line.newLine} />
        </div>
      );
  }
}

function Half({ cell, number }: { cell: Cell | null; number: number | null | undefined }): JSX.Element {
  if (!cell) return <div class="diff-half diff-void" />;
  return (
    <div class={`diff-half diff-${cell.line.type}`}>
      <span class="diff-number">{number}</span>
      <Text cell={cell} />
    </div>
  );
}

function Text({ cell: { line, span } }: { cell: Cell }): JSX.Element {
  const { text } = line;
  return (
    <>
      <span class="diff-sign">{SIGNS[line.type]}</span>
      <span class="diff-text">
        {span && span.to > span.from ? (
          <>
            {text.slice(0, span.from)}
            <mark>{text.slice(span.from, span.to)}</mark>
            {text.slice(span.to)}
          </>
        ) : (
          text
        )}
        {line.clipped && <em> … the line is longer</em>}
        {line.noNewline && <em> no newline at the end</em>}
      </span>
    </>
  );
}

/** How many lines came and went. */
export function Counts({ additions, deletions }: { additions: number | null; deletions: number | null }): JSX.Element | null {
  if (additions === null || deletions === null) return null;
  return (
    <span class="counts">
      <span class="counts-add">+{additions}</span> <span class="counts-delete">−{deletions}</span>
    </span>
  );
}

interface ListProps {
  files: readonly FileDiff[];
  layout: Layout;
  marked?: ReadonlySet<string>;
  /** The path of a file to be brought into view; emptied when it is. */
  sought?: Signal<string>;
}

/** Several files below each other, each of which folds. */
export function DiffList({ files, layout, marked, sought }: ListProps): JSX.Element {
  return (
    <div class="diff-list">
      {files.map((file) => (
        <DiffCard key={file.path} file={file} layout={layout} isMarked={marked?.has(file.path) ?? false} isOpen={files.length <= 20} sought={sought} />
      ))}
    </div>
  );
}

interface CardProps extends Pick<ListProps, 'layout' | 'sought'> {
  file: FileDiff;
  isMarked: boolean;
  isOpen: boolean;
}

function DiffCard({ file, layout, isMarked, isOpen, sought }: CardProps): JSX.Element {
  const [open, setOpen] = useState(isOpen);
  const card = useRef<HTMLElement>(null);
  const isSought = sought?.value === file.path || (file.oldPath !== null && sought?.value === file.oldPath);
  useEffect(() => {
    if (!sought || !isSought) return;
    sought.value = '';
    setOpen(true);
    card.current?.scrollIntoView({ block: 'start' });
    card.current?.querySelector('button')?.focus({ preventScroll: true });
  }, [isSought]);
  return (
    <section ref={card} class="diff-card" aria-label={file.path}>
      <button type="button" class="diff-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'down' : 'play'} size={13} />
        <span class="diff-path">{file.oldPath ? `${file.oldPath} → ${file.path}` : file.path}</span>
        {isMarked && <span class="badge badge-warn">both changed it</span>}
        <Counts additions={file.additions} deletions={file.deletions} />
      </button>
      {open && <DiffBody file={file} layout={layout} />}
    </section>
  );
}
