/** Which page the address bar names, as a signal; links move it without loading the page anew. */
import { computed, signal } from '@preact/signals';

/** What can be shown of a session, each in a tab of its own. */
export const VIEWS = ['terminal', 'files', 'changes', 'preview'] as const;
export type View = (typeof VIEWS)[number];

export type Route =
  | { page: 'list' | 'costs' | 'recordings' | 'search' }
  | { page: 'settings'; section: string } // '': the first there is
  | { page: 'recording'; id: string }
  | { page: 'session'; id: string; view: View };

export const COSTS = '/costs';
export const RECORDINGS = '/recordings';
export const SEARCH = '/search';
export const SETTINGS = '/settings';
export const KEYS = '/settings/keys';

const SESSION = /^\/sessions\/([0-9a-f-]{36})(?:\/([a-z]+))?$/i;
const RECORDING = /^\/recordings\/([0-9a-f-]{36})$/i;

const path = signal(location.pathname);
/** What follows the `?`, without it; pages read their own state from it. */
export const query = signal(location.search.slice(1));
window.addEventListener('popstate', () => {
  path.value = location.pathname;
  query.value = location.search.slice(1);
});

export function parse(pathname: string): Route {
  const bare = pathname.replace(/\/$/, '');
  const [, id, view] = SESSION.exec(bare) ?? [];
  if (id) return { page: 'session', id, view: VIEWS.find((known) => known === view) ?? 'terminal' };
  const recording = RECORDING.exec(bare)?.[1];
  if (recording) return { page: 'recording', id: recording };
  if (bare === COSTS) return { page: 'costs' };
  if (bare === RECORDINGS) return { page: 'recordings' };
  if (bare === SEARCH) return { page: 'search' };
  if (bare === SETTINGS) return { page: 'settings', section: '' };
  if (bare.startsWith(`${SETTINGS}/`)) return { page: 'settings', section: bare.slice(SETTINGS.length + 1) };
  return { page: 'list' };
}

export const route = computed(() => parse(path.value));
export const sessionPath = (id: string, view: View = 'terminal'): string =>
  view === 'terminal' ? `/sessions/${id}` : `/sessions/${id}/${view}`;
export const recordingPath = (id: string): string => `${RECORDINGS}/${id}`;

/** Of the query only what the page as a whole was opened with is kept on the way to another one. */
function kept(): string {
  const renderer = new URLSearchParams(location.search).get('renderer');
  return renderer ? `?renderer=${renderer}` : '';
}

/** Goes to a path of this page, with a query of its own if it has one (`/search?q=word`). `replace`: no step to go back by. */
export function go(target: string, { replace = false } = {}): void {
  const url = new URL(target, location.href);
  const search = url.search || kept();
  if (url.pathname === path.value && search === location.search) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', url.pathname + search);
  path.value = url.pathname;
  query.value = search.slice(1);
}

/** A click handler for links: plain clicks stay in the page, Ctrl+click and the like do what the browser does. */
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const { pathname, search } = new URL((event.currentTarget as HTMLAnchorElement).href);
  go(pathname + search);
}
