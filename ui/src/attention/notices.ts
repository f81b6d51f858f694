/** Tells somebody that a session needs him: in the page, by a sound, and by the browser while the page is hidden. */
import type { Session } from '../api/types';
import { go, sessionPath } from '../router';
import { toast } from '../ui/toast';
import { byBrowser, bySound, byToast, type Kind, told } from './preferences';
import { chime } from './sound';

export interface Notice {
  kind: Kind;
  session: Pick<Session, 'id' | 'name'>;
  text: string;
}

const WORDS: Record<Kind, string> = {
  needs_input: 'needs you',
  finished: 'has finished',
  over_budget: 'is over budget',
  failed: 'has failed',
  rate_limited: 'is rate limited',
};

export const noticeOf = (kind: Kind, session: Session): Notice => ({
  kind,
  session,
  text: `${session.name} ${WORDS[kind]}.`,
});

/** Whether the browser would show one. */
export const canShow = (): boolean => 'Notification' in window && Notification.permission === 'granted';

/** Anybody else who brings notices to people, such as a service worker; one that answers true has told of it. */
type Channel = (notice: Notice) => boolean;
const channels = new Set<Channel>();
export function addChannel(channel: Channel): () => void {
  channels.add(channel);
  return () => channels.delete(channel);
}

function show({ kind, session, text }: Notice): void {
  try {
    const shown = new Notification('AGTerm', { body: text, tag: `${session.id} ${kind}`, icon: '/static/icon.svg' });
    shown.onclick = () => {
      window.focus();
      go(sessionPath(session.id));
      shown.close();
    };
  } catch {
    // phones allow it to service workers alone
  }
}

/** `isWatched`: it is on screen, so that its news needs no words. */
export function notify(notice: Notice, isWatched: boolean): void {
  if (!told[notice.kind].value || isWatched) return;
  if (bySound.value) chime(notice.kind);
  if (document.hidden) {
    const isTold = [...channels].some((channel) => channel(notice));
    if (!isTold && byBrowser.value && canShow()) show(notice);
  }
  if (byToast.value) toast(notice.text, 'info', notice.session.id);
}
