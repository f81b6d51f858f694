/** The layout on screen, as a signal kept in this browser for each user; and what can be done to it by name. */
import { computed, effect, signal } from '@preact/signals';

import { user } from '../api/auth';
import { byId, isWhole } from '../api/sessions';
import { go, route, sessionPath } from '../router';
import {
  allTabs,
  close,
  empty,
  focused,
  keepOnly,
  move,
  open,
  panes,
  revived,
  splitOff,
  topOf,
  type Edge,
  type Layout,
  type Tab,
} from './tree';

export const layout = signal<Layout>(empty());
/** The tab whose session the page's head is about. */
export const looked = computed(() => topOf(focused(layout.value)));

const place = (name: string): string => `agterm.layout.${name}`;

function restore(name: string): void {
  try {
    layout.value = revived(JSON.parse(localStorage.getItem(place(name)) ?? 'null')) ?? empty();
  } catch {
    layout.value = empty(); // no storage, or not ours
  }
}

let restoredFor: string | undefined;

/** The address names a tab, which is on top from now on; whoever comes finds his tabs as he left them. */
effect(() => {
  const name = user.value?.username;
  const here = route.value;
  if (!name) return;
  if (name !== restoredFor) restore(name);
  restoredFor = name;
  if (here.page === 'session') layout.value = open(layout.peek(), { session: here.id, view: here.view });
});

/** Tabs of sessions that are gone go too, but for the one somebody looks at: there it is said. */
effect(() => {
  const here = route.value;
  if (!isWhole.value) return;
  const known = byId.value;
  const isKept = ({ session }: Tab): boolean => known.has(session) || (here.page === 'session' && here.id === session);
  layout.value = keepOnly(layout.peek(), isKept);
});

effect(() => {
  const text = JSON.stringify(layout.value);
  const name = user.peek()?.username;
  if (!name) return;
  try {
    localStorage.setItem(place(name), text);
  } catch {
    // full or forbidden: good for as long as the page is open
  }
});

/** Takes a new layout, and the address with it; `replace`: without a step for the browser's way back. */
export function arrange(next: Layout, replace = true): void {
  layout.value = next;
  const top = topOf(focused(next));
  go(top ? sessionPath(top.session, top.view) : '/', { replace: replace && top !== undefined });
}

export const show = (tab: Tab): void => arrange(open(layout.value, tab), false);
export const shut = (tab: Tab): void => arrange(close(layout.value, tab));

export function shutOthers(tab: Tab): void {
  arrange(allTabs(layout.value).filter((other) => other !== tab).reduce(close, layout.value));
}

export function shutLooked(): void {
  if (looked.value) shut(looked.value);
}

export function focusPane(id: number): void {
  if (layout.value.focus !== id) arrange({ ...layout.value, focus: id });
}

/** Puts the tab that is looked at into a pane of its own; a terminal that stands alone is split from its session's files. */
export function splitLooked(edge: Edge): void {
  const tab = looked.value;
  if (!tab) return;
  const pane = focused(layout.value);
  if (pane.tabs.length > 1) return arrange(splitOff(layout.value, tab, pane.id, edge));
  const companion: Tab = { session: tab.session, view: tab.view === 'terminal' ? 'files' : 'terminal' };
  arrange(splitOff(layout.value, companion, pane.id, edge));
}

/** The tab so many places further in its pane, or in all of them where only one pane is shown. */
export function step(by: number, tabs: Tab[] = focused(layout.value).tabs): void {
  const at = tabs.findIndex((tab) => tab === looked.value);
  const next = tabs[(at + by + tabs.length) % tabs.length];
  if (next) show(next);
}

export function stepPane(by: number): void {
  const all = panes(layout.value.root);
  const at = all.findIndex((pane) => pane.id === layout.value.focus);
  const next = all[(at + by + all.length) % all.length];
  if (next) focusPane(next.id);
}

export function moveToNextPane(tab: Tab): void {
  const all = panes(layout.value.root);
  const at = all.findIndex((pane) => pane.tabs.includes(tab));
  const next = all[(at + 1) % all.length];
  if (next && all.length > 1) arrange(move(layout.value, tab, next.id));
}
