/** What goes on as long as somebody is logged in: who waits is counted, told of and gone to by a key. */
import { useEffect } from 'preact/hooks';

import { byId } from '../api/sessions';
import { commands } from '../palette/registry';
import { go, route, sessionPath } from '../router';
import { toast } from '../ui/toast';
import { showCount } from './count';
import { noticeOf, notify } from './notices';
import { isOpen } from './open';
import { markSeen, nextWaiting, queue, watch } from './queue';

const here = (): string | null => (route.peek().page === 'session' ? (route.peek() as { id: string }).id : null);
const watched = (): string | null => (document.hidden ? null : here());

function step(to: 1 | -1): void {
  const id = nextWaiting(here(), to);
  if (id) go(sessionPath(id));
  else toast(queue.value.length > 0 ? 'Nobody else waits for you.' : 'Nobody waits for you.');
}

const COMMANDS = [
  {
    id: 'attention.open',
    title: 'Show who needs you',
    group: 'Go to',
    icon: 'bell' as const,
    keys: 'Alt+A',
    run: () => {
      isOpen.value = true;
    },
  },
  {
    id: 'attention.next',
    title: 'Go to the next that waits',
    group: 'Go to',
    icon: 'bell' as const,
    keys: ['Alt+N', 'Ctrl+Shift+Period'],
    run: () => step(1),
  },
  {
    id: 'attention.previous',
    title: 'Go to the previous that waits',
    group: 'Go to',
    icon: 'bell' as const,
    keys: ['Alt+Shift+N', 'Ctrl+Shift+Comma'],
    run: () => step(-1),
  },
];

/** For the frame of the page: it is always there. */
export function useAttention(): void {
  useEffect(() => {
    const tell = watch((session) => notify(noticeOf('finished', session), session.id === watched()), watched);
    const undo = [tell, showCount(), commands(COMMANDS)];
    let isGone = false;
    void import('../push/start').then(({ startLater }) => !isGone && undo.push(startLater())).catch(() => {}); // by the next visit
    return () => {
      isGone = true;
      undo.forEach((back) => back());
    };
  }, []);
  const id = route.value.page === 'session' ? route.value.id : null;
  const moment = id && byId.value.get(id)?.stateSince;
  useEffect(() => {
    const look = (): void => {
      if (id && !document.hidden) markSeen([id]);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [id, moment]);
}
