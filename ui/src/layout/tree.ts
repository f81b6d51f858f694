/** Which tabs are open in which panes, as a tree of splits; every change gives a new tree. */
import { VIEWS, type View } from '../router';

export interface Tab {
  session: string;
  view: View;
}

export interface Pane {
  kind: 'pane';
  id: number;
  tabs: Tab[];
  /** Place of the tab on top. */
  top: number;
}

export interface Split {
  kind: 'split';
  id: number;
  /** `row`: side by side; `column`: one below the other. */
  direction: 'row' | 'column';
  /** How much of the room each child has; together 1. */
  shares: number[];
  children: Node[];
}

export type Node = Pane | Split;

export interface Layout {
  root: Node;
  /** The pane that was used last: what is opened goes there. */
  focus: number;
}

export type Edge = 'left' | 'right' | 'up' | 'down';

export const SMALLEST_SHARE = 0.1;
const DEEPEST = 8;

export const key = ({ session, view }: Tab): string => `${session}/${view}`;
const isSame = (one: Tab, other: Tab): boolean => key(one) === key(other);

export const empty = (): Layout => ({ root: { kind: 'pane', id: 1, tabs: [], top: 0 }, focus: 1 });

export function panes(node: Node): Pane[] {
  return node.kind === 'pane' ? [node] : node.children.flatMap(panes);
}

function ids(node: Node): number[] {
  return node.kind === 'pane' ? [node.id] : [node.id, ...node.children.flatMap(ids)];
}

const fresh = (root: Node): number => Math.max(...ids(root)) + 1;

export function focused({ root, focus }: Layout): Pane {
  const all = panes(root);
  return all.find((pane) => pane.id === focus) ?? all[0]!;
}

export const topOf = (pane: Pane): Tab | undefined => pane.tabs[pane.top];
export const allTabs = ({ root }: Layout): Tab[] => panes(root).flatMap((pane) => pane.tabs);
export const paneOf = ({ root }: Layout, tab: Tab): Pane | undefined =>
  panes(root).find((pane) => pane.tabs.some((other) => isSame(other, tab)));

function change(node: Node, id: number, by: (pane: Pane) => Node): Node {
  if (node.kind === 'pane') return node.id === id ? by(node) : node;
  const children = node.children.map((child) => change(child, id, by));
  return children.every((child, at) => child === node.children[at]) ? node : { ...node, children };
}

/** Without empty panes, splits of one, and splits in a split of the same direction. */
function tidy(node: Node): Node | null {
  if (node.kind === 'pane') return node.tabs.length > 0 ? node : null;
  const children: Node[] = [];
  const shares: number[] = [];
  node.children.forEach((child, at) => {
    const kept = tidy(child);
    const share = node.shares[at] ?? 0;
    if (!kept) return;
    if (kept.kind === 'split' && kept.direction === node.direction) {
      children.push(...kept.children);
      shares.push(...kept.shares.map((part) => part * share));
    } else {
      children.push(kept);
      shares.push(share);
    }
  });
  if (children.length < 2) return children[0] ?? null;
  const sum = shares.reduce((all, share) => all + share, 0);
  return { ...node, children, shares: shares.map((share) => share / sum) };
}

function settled(root: Node, focus: number): Layout {
  const kept = tidy(root);
  if (!kept) return empty();
  const all = panes(kept);
  return { root: kept, focus: all.some((pane) => pane.id === focus) ? focus : all[0]!.id };
}

/** Brings a tab to the top where it is, or opens it in the pane used last. */
export function open(layout: Layout, tab: Tab): Layout {
  const found = paneOf(layout, tab);
  if (found) {
    const top = found.tabs.findIndex((other) => isSame(other, tab));
    if (top === found.top && layout.focus === found.id) return layout;
    return { root: change(layout.root, found.id, (pane) => ({ ...pane, top })), focus: found.id };
  }
  const { id } = focused(layout);
  const root = change(layout.root, id, (pane) => inserted(pane, tab, pane.tabs.length > 0 ? pane.top + 1 : 0));
  return { root, focus: id };
}

function inserted(pane: Pane, tab: Tab, at: number): Pane {
  return { ...pane, tabs: pane.tabs.toSpliced(at, 0, tab), top: at };
}

function without(pane: Pane, tab: Tab): Pane {
  const at = pane.tabs.findIndex((other) => isSame(other, tab));
  if (at < 0) return pane;
  const tabs = pane.tabs.toSpliced(at, 1);
  const top = at < pane.top || pane.top >= tabs.length ? Math.max(0, pane.top - 1) : pane.top;
  return { ...pane, tabs, top };
}

export function close(layout: Layout, tab: Tab): Layout {
  const pane = paneOf(layout, tab);
  return pane ? settled(change(layout.root, pane.id, (found) => without(found, tab)), layout.focus) : layout;
}

/** Only those that are worth keeping stay; the same layout when all are. */
export function keepOnly(layout: Layout, isKept: (tab: Tab) => boolean): Layout {
  return allTabs(layout).filter((tab) => !isKept(tab)).reduce(close, layout);
}

/** Moves a tab to a place in a pane; `at` counts as the pane is now. */
export function move(layout: Layout, tab: Tab, paneId: number, at?: number): Layout {
  const from = paneOf(layout, tab);
  if (!from) return layout;
  const before = from.tabs.findIndex((other) => isSame(other, tab));
  const taken = change(layout.root, from.id, (pane) => without(pane, tab));
  const root = change(taken, paneId, (pane) => {
    const wanted = at ?? pane.tabs.length;
    return inserted(pane, tab, Math.min(pane.tabs.length, from.id === paneId && before < wanted ? wanted - 1 : wanted));
  });
  return settled(root, paneId);
}

/** Gives a tab a pane of its own beside another pane, which shares its room with it. */
export function splitOff(layout: Layout, tab: Tab, paneId: number, edge: Edge): Layout {
  const from = paneOf(layout, tab);
  if (from?.id === paneId && from.tabs.length === 1) return layout; // it has that pane to itself
  const taken = from ? change(layout.root, from.id, (pane) => without(pane, tab)) : layout.root;
  const id = fresh(layout.root);
  const made: Pane = { kind: 'pane', id, tabs: [tab], top: 0 };
  const direction = edge === 'left' || edge === 'right' ? 'row' : 'column';
  const root = change(taken, paneId, (pane) => ({
    kind: 'split',
    id: id + 1,
    direction,
    shares: [0.5, 0.5],
    children: edge === 'left' || edge === 'up' ? [made, pane] : [pane, made],
  }));
  return settled(root, id);
}

/** Moves the line after the child `at` by so much of the split's room. */
export function resize(layout: Layout, splitId: number, at: number, by: number): Layout {
  const visit = (node: Node): Node => {
    if (node.kind === 'pane') return node;
    if (node.id !== splitId) return { ...node, children: node.children.map(visit) };
    const [before = 0, after = 0] = [node.shares[at], node.shares[at + 1]];
    const room = before + after;
    const least = Math.min(SMALLEST_SHARE, room / 2);
    const next = Math.min(room - least, Math.max(least, before + by));
    return { ...node, shares: node.shares.toSpliced(at, 2, next, room - next) };
  };
  return { ...layout, root: visit(layout.root) };
}

const isTab = (value: unknown): value is Tab => {
  const { session, view } = (value ?? {}) as Partial<Tab>;
  return typeof session === 'string' && /^[0-9a-f-]{36}$/i.test(session) && VIEWS.some((known) => known === view);
};

function revivedNode(value: unknown, taken: Set<unknown>, seen: Set<string>, depth: number): Node | null {
  const { kind, id, tabs, top, direction, children, shares } = (value ?? {}) as Record<string, unknown>;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || taken.has(id) || depth > DEEPEST) return null;
  taken.add(id);
  if (kind === 'pane' && Array.isArray(tabs)) {
    const kept = tabs.filter(isTab).filter((tab) => !seen.has(key(tab)) && seen.add(key(tab)));
    const isThere = typeof top === 'number' && kept[top] !== undefined;
    return { kind, id, tabs: kept, top: isThere ? top : 0 };
  }
  if (!Array.isArray(children) || !Array.isArray(shares) || children.length !== shares.length) return null;
  if (direction !== 'row' && direction !== 'column') return null;
  if (!shares.every((share) => typeof share === 'number' && share > 0 && share <= 1)) return null;
  const kept = children.map((child) => revivedNode(child, taken, seen, depth + 1)).filter((child) => child !== null);
  return kept.length === children.length ? { kind: 'split', id, direction, shares, children: kept } : null;
}

/** What was kept, if it is a layout; nothing that is stored is trusted. */
export function revived(value: unknown): Layout | null {
  const { root, focus } = (value ?? {}) as Partial<Layout>;
  const node = revivedNode(root, new Set(), new Set(), 0);
  return node && typeof focus === 'number' ? settled(node, focus) : null;
}
