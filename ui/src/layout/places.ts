/** Where panes and the lines between them lie, as parts of the whole: panes are drawn flat, so that none is made anew by a split. */
import type { Node, Pane, Split } from './tree';

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Line {
  split: Split;
  /** It lies after this child. */
  at: number;
  direction: Split['direction'];
  box: Box;
  /** Length of the split along which it moves. */
  along: number;
}

export const WHOLE: Box = { left: 0, top: 0, width: 1, height: 1 };

export function places(node: Node, box: Box = WHOLE): { panes: { pane: Pane; box: Box }[]; lines: Line[] } {
  if (node.kind === 'pane') return { panes: [{ pane: node, box }], lines: [] };
  const found: ReturnType<typeof places> = { panes: [], lines: [] };
  const isRow = node.direction === 'row';
  let from = isRow ? box.left : box.top;
  node.children.forEach((child, at) => {
    const share = node.shares[at] ?? 0;
    const length = share * (isRow ? box.width : box.height);
    const part = isRow ? { ...box, left: from, width: length } : { ...box, top: from, height: length };
    const within = places(child, part);
    found.panes.push(...within.panes);
    found.lines.push(...within.lines);
    from += length;
    if (at + 1 === node.children.length) return;
    found.lines.push({
      split: node,
      at,
      direction: node.direction,
      box: isRow ? { ...box, left: from, width: 0 } : { ...box, top: from, height: 0 },
      along: isRow ? box.width : box.height,
    });
  });
  return found;
}
