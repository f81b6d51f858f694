/** Who waits for somebody: the sessions that ask, are held or failed, and those that finished since one last looked. */
import { computed, effect, signal } from '@preact/signals';

import { user } from '../api/auth';
import { byId, listed } from '../api/sessions';
import type { Session } from '../api/types';
import type { Kind } from './preferences';

export interface Waiting {
  session: Session;
  kind: Kind;
}

const ORDER: Kind[] = ['needs_input', 'over_budget', 'failed', 'rate_limited', 'finished'];
const ASKS: readonly string[] = ['needs_input', 'over_budget', 'rate_limited'];
/** Shorter work than this is no news: somebody typed, or a command came back at once. */
const LEAST_WORK_MS = 5000;
const LEAST_COMMAND_MS = 15_000;

/** Up to when each session was seen: its `stateSince` of that moment. */
type Seen = Readonly<Record<string, string>>;
export const seen = signal<Seen>({});

const storedAs = (): string => `agterm.seen.${user.peek()?.username ?? ''}`;

function recall(): Seen {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storedAs()) ?? '{}');
    return stored && typeof stored === 'object' ? (stored as Seen) : {};
  } catch {
    return {};
  }
}

function keep(next: Seen): void {
  seen.value = next;
  try {
    localStorage.setItem(storedAs(), JSON.stringify(next));
  } catch {
    // remembered for as long as the page is open
  }
}

const momentOf = (session: Session): string => session.stateSince ?? session.lastActiveAt;
const isNews = (session: Session, known: Seen): boolean => {
  const until = known[session.id];
  return until !== undefined && Date.parse(momentOf(session)) > Date.parse(until);
};

/** Why a session waits; null when it does not. */
export function waitsFor(session: Session, known: Seen): Kind | null {
  if (session.status === 'running') {
    const state = session.state ?? '';
    if (ASKS.includes(state)) return state as Kind;
    return state === 'idle' && isNews(session, known) ? 'finished' : null;
  }
  if (session.status !== 'exited' || !isNews(session, known)) return null;
  if (session.endedBy && session.endedBy !== 'memory') return null; // somebody, or its idle limit, has ended it
  return session.exitCode === 0 && session.endedBy !== 'memory' ? 'finished' : 'failed';
}

/** All that wait, the most pressing first, of those the one that has waited longest. */
export const queue = computed<Waiting[]>(() => {
  const known = seen.value;
  const found = (listed.value ?? []).flatMap((session) => {
    const kind = waitsFor(session, known);
    return kind ? [{ session, kind }] : [];
  });
  return found.sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || momentOf(a.session).localeCompare(momentOf(b.session)),
  );
});

/** Those that go on only when somebody does something. */
export const held = computed(() => queue.value.filter(({ kind }) => kind === 'needs_input' || kind === 'over_budget'));

/** Somebody has looked at these just now. */
export function markSeen(ids: string[]): void {
  const now = Object.fromEntries(
    ids.flatMap((id) => {
      const session = byId.peek().get(id);
      return session ? [[id, momentOf(session)]] : [];
    }),
  );
  if (Object.entries(now).some(([id, moment]) => seen.peek()[id] !== moment)) keep({ ...seen.peek(), ...now });
}

/** The one after (or before) that on screen; null when nobody else waits. */
export function nextWaiting(current: string | null, step: 1 | -1 = 1): string | null {
  const ids = queue.value.map(({ session }) => session.id);
  const at = current === null ? -1 : ids.indexOf(current);
  const to = at < 0 ? (step > 0 ? 0 : ids.length - 1) : (at + step + ids.length) % ids.length;
  const id = ids[to];
  return id === undefined || id === current ? null : id;
}

interface Before {
  state: string;
  since: number;
}

/** Watches the list: what is new to this browser counts as seen, and `onFinish` hears of each that came to rest. */
export function watch(onFinish: (session: Session) => void, watched: () => string | null): () => void {
  const before = new Map<string, Before>();
  seen.value = recall();
  return effect(() => {
    const list = listed.value;
    if (!list) return;
    const known = { ...seen.peek() };
    let changed = false;
    const see = (session: Session): void => {
      changed ||= known[session.id] !== momentOf(session);
      known[session.id] = momentOf(session);
    };
    const finished: Session[] = [];
    for (const session of list) {
      const was = before.get(session.id);
      const state = session.status === 'running' ? (session.state ?? 'idle') : session.status;
      const since = Date.parse(momentOf(session));
      if (!was || was.state !== state) before.set(session.id, { state, since });
      if (!(session.id in known)) see(session);
      else if (state === 'idle' && was?.state !== 'idle') {
        const least = session.agent === 'shell' ? LEAST_COMMAND_MS : LEAST_WORK_MS;
        if (was?.state === 'working' && since - was.since >= least) finished.push(session);
        else if (was || session.agent === 'shell') see(session); // answered, a moment's work, or nobody knows how long
      }
    }
    const onScreen = byId.peek().get(watched() ?? '');
    if (onScreen) see(onScreen);
    for (const id of Object.keys(known)) {
      if (byId.peek().has(id)) continue;
      delete known[id];
      before.delete(id);
      changed = true;
    }
    if (changed) keep(known);
    finished.forEach(onFinish);
  });
}
