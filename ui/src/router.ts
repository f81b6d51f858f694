/** Which page the address bar names, as a signal; links move it without loading the page anew. */
import { computed, signal } from '@preact/signals';

export type Route = { page: 'list' } | { page: 'session'; id: string };

const path = signal(location.pathname);
window.addEventListener('popstate', () => {
  path.value = location.pathname;
});

export function parse(pathname: string): Route {
  const id = /^\/sessions\/([0-9a-f-]{36})\/?$/i.exec(pathname)?.[1];
  return id ? { page: 'session', id } : { page: 'list' };
}

export const route = computed(() => parse(path.value));
export const sessionPath = (id: string): string => `/sessions/${id}`;

/** Goes to a path of this page; the query (`?renderer=dom`) stays. */
export function go(pathname: string): void {
  if (pathname === path.value) return;
  history.pushState(null, '', pathname + location.search);
  path.value = pathname;
}

/** A click handler for links: plain clicks stay in the page, Ctrl+click and the like do what the browser does. */
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(new URL((event.currentTarget as HTMLAnchorElement).href).pathname);
}
