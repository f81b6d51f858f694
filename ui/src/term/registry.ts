/** Every terminal the page holds: they outlive the views that show them, so that going back costs nothing. */
import type { TerminalView } from './view';

const KEPT = 8;
const terminals = new Map<string, TerminalView>();

declare global {
  interface Window {
    /** For browser tests: what is in each terminal, the state of its line and how far its stream has come. */
    agterm: { terminals: Map<string, TerminalView> };
  }
}
window.agterm = { terminals };

function openSocket(): WebSocket {
  const url = new URL('/ws', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return new WebSocket(url);
}

/** The terminal of a session; the one used longest ago is let go when there are too many, unless it is on screen. */
export async function terminalOf(id: string): Promise<TerminalView> {
  const { TerminalView } = await import('./view'); // xterm is most of the page's code: the list appears without it
  const view = terminals.get(id) ?? new TerminalView(id, openSocket);
  terminals.delete(id);
  terminals.set(id, view);
  for (const [oldest, other] of terminals) {
    if (terminals.size <= KEPT) break;
    if (other !== view && !other.isShown) forget(oldest);
  }
  return view;
}

/** The terminal of a session, if the page holds it. */
export const held = (id: string): TerminalView | undefined => terminals.get(id);

export function forget(id: string): void {
  terminals.get(id)?.dispose();
  terminals.delete(id);
}

export function forgetAll(): void {
  for (const id of terminals.keys()) forget(id);
}

function nudgeAll(): void {
  if (!document.hidden) for (const view of terminals.values()) view.nudge();
}
window.addEventListener('online', nudgeAll);
document.addEventListener('visibilitychange', nudgeAll);
