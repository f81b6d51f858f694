/** Differences as rows to draw: one column or two, in pieces, with what changed within a line. */
import type { DiffLine, Hunk } from '../../api/git';

/** Within a line: what stayed the same before and after, in characters. */
export interface Span {
  from: number;
  to: number;
}

export interface Cell {
  line: DiffLine;
  span: Span | null;
}

export type Row =
  | { kind: 'hunk'; id: string; text: string }
  | { kind: 'line'; cell: Cell }
  | { kind: 'pair'; left: Cell | null; right: Cell | null };

export type Layout = 'unified' | 'split';

const LEAST_SAME = 0.25; // lines that share less than this are other lines, not the same one changed

export function hunkTitle({ oldStart, oldLines, newStart, newLines, header }: Hunk): string {
  return `@@ −${oldStart},${oldLines} +${newStart},${newLines} @@ ${header}`.trim();
}

export function rowsOf(hunks: readonly Hunk[], layout: Layout): Row[] {
  return hunks.flatMap((hunk) => {
    const cells = cellsOf(hunk.lines);
    const rows = layout === 'unified' ? cells.map((cell): Row => ({ kind: 'line', cell })) : pairs(cells);
    return [{ kind: 'hunk', id: hunk.id, text: hunkTitle(hunk) } as Row, ...rows];
  });
}

/** Lines taken away and those that came in their place, one after another. */
interface Block {
  gone: Cell[];
  come: Cell[];
}

function cellsOf(lines: readonly DiffLine[]): Cell[] {
  const cells = lines.map((line): Cell => ({ line, span: null }));
  for (const { gone, come } of blocks(cells)) {
    if (gone.length !== come.length) continue; // which became which nobody knows
    gone.forEach((old, index) => {
      const made = come[index];
      if (made) [old.span, made.span] = spans(old.line.text, made.line.text);
    });
  }
  return cells;
}

function blocks(cells: readonly Cell[]): Block[] {
  const found: Block[] = [];
  let open: Block | null = null;
  for (const cell of cells) {
    if (cell.line.type === 'context') {
      open = null;
    } else {
      if (!open || (cell.line.type === 'delete' && open.come.length)) found.push((open = { gone: [], come: [] }));
      (cell.line.type === 'delete' ? open.gone : open.come).push(cell);
    }
  }
  return found;
}

/** What differs in two lines: all between their common beginning and their common end. */
export function spans(old: string, made: string): [Span | null, Span | null] {
  const most = Math.min(old.length, made.length);
  let start = 0;
  while (start < most && old[start] === made[start]) start += 1;
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === made[made.length - 1 - end]) end += 1;
  const longest = Math.max(old.length, made.length);
  if (longest === 0 || (start + end) / longest < LEAST_SAME) return [null, null];
  return [
    { from: start, to: old.length - end },
    { from: start, to: made.length - end },
  ];
}

function pairs(cells: readonly Cell[]): Row[] {
  const rows: Row[] = [];
  let gone: Cell[] = [];
  let come: Cell[] = [];
  const flush = (): void => {
    for (let at = 0; at < Math.max(gone.length, come.length); at++) {
      rows.push({ kind: 'pair', left: gone[at] ?? null, right: come[at] ?? null });
    }
    gone = [];
    come = [];
  };
  for (const cell of cells) {
    if (cell.line.type === 'context') {
      flush();
      rows.push({ kind: 'pair', left: cell, right: cell });
    } else if (cell.line.type === 'delete') {
      if (come.length) flush();
      gone.push(cell);
    } else {
      come.push(cell);
    }
  }
  flush();
  return rows;
}

/** Pieces that are drawn when they come near the window, so that a long file is no burden. */
export function piecesOf<T>(rows: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => rows.slice(at * size, (at + 1) * size));
}
