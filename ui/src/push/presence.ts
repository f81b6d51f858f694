/** Tells the server, while any browser is told by push, that this page is looked at: then no phone rings meanwhile. */
import { notePresence } from '../api/notifications';

const AGAIN_MS = 45_000; // it counts for seventy seconds

export function bePresent(): () => void {
  const page = crypto.randomUUID(); // there in secure contexts, as push is
  let again = 0;
  let said: boolean | null = null;
  const say = (visible: boolean): void => {
    clearInterval(again);
    if (visible) again = window.setInterval(() => notePresence(page, true), AGAIN_MS);
    if (visible !== said && (visible || said !== null)) notePresence(page, visible);
    said = visible;
  };
  const look = (): void => say(!document.hidden);
  const leave = (): void => say(false);
  look();
  document.addEventListener('visibilitychange', look);
  window.addEventListener('pagehide', leave);
  return () => {
    say(false);
    document.removeEventListener('visibilitychange', look);
    window.removeEventListener('pagehide', leave);
  };
}
