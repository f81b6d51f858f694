/** Keeps the list fresh while somebody looks: by the server's event stream, and by asking only while there is none. */
import { noticeOf, notify } from '../attention/notices';
import { budgetText } from '../budget-text';
import { warn } from './budgets';
import { urlOf } from './client';
import { costsHeard } from './costs';
import { agents, byId, catchUp, hear, now, refresh, refreshAgents, trouble } from './sessions';
import type { Attention, BudgetEvent, CostEvent, Session, SessionEvent } from './types';

const SAFETY_MS = 60_000;
const POLL_MS = 3000;
const POLL_IN_TROUBLE_MS = 1500;
const CLOCK_MS = 10_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
const COUNT_MS = 700; // dollars are read by people, who need them no faster
const SOON_MS = 1200; // a stream that breaks once and is back before this costs no request

/** Of all hidden windows one goes on listening, so that somebody can be told: the browser lets us have few streams at a time. */
const LISTENER = 'agterm-hidden-listener';

interface Options {
  /** The session on screen: nobody has to be told of what he sees. */
  watched: () => string | null;
}

/** Follows until the returned function is called; a hidden page asks nothing and catches up when it is shown. */
export function follow({ watched }: Options): () => void {
  let stream: EventSource | null = null;
  let up = false;
  let failures = 0;
  let asking = 0;
  let retrying = 0;
  let stopped = false;
  let hasBeenUp = false;
  let counting: number | undefined;
  let naming: Promise<void> | undefined;
  const costs = new Map<string, Partial<Session>>();
  let letGo: () => void = () => {};

  const ask = async (): Promise<void> => {
    clearTimeout(asking);
    if (agents.value.length === 0) naming ??= refreshAgents().catch(() => {}).finally(() => (naming = undefined));
    await Promise.all([naming, refresh()]);
    askIn(untilNext());
  };
  const untilNext = (): number => {
    const well = trouble.value === 'none';
    if (up && (well || trouble.value === 'runner-down')) return SAFETY_MS; // the stream tells of the runner, too
    return well ? POLL_MS : POLL_IN_TROUBLE_MS;
  };
  const askIn = (ms: number): void => {
    clearTimeout(asking);
    if (!document.hidden && !stopped) asking = window.setTimeout(() => void ask(), ms);
  };
  const close = (): void => {
    stream?.close();
    stream = null;
    up = false;
    clearTimeout(retrying);
  };
  const open = (): void => {
    close();
    stream = new EventSource(urlOf('get', '/api/events', {}));
    stream.addEventListener('runner', (event) => {
      const { available } = JSON.parse(event.data) as { available: boolean };
      up = true;
      failures = 0;
      if (available) {
        void ask();
        if (hasBeenUp) costsHeard.value += 1; // what was spent meanwhile is told to nobody
        hasBeenUp = true;
      } else {
        trouble.value = 'runner-down';
      }
    });
    stream.addEventListener('session', (event) => hear(JSON.parse(event.data) as SessionEvent));
    stream.addEventListener('attention', (event) => call(JSON.parse(event.data) as Attention));
    stream.addEventListener('cost:updated', (event) => spent(JSON.parse(event.data) as CostEvent));
    for (const name of ['budget:warning', 'budget:exceeded']) {
      stream.addEventListener(name, (event) => warned(JSON.parse((event as MessageEvent).data) as BudgetEvent));
    }
    stream.onerror = broken;
  };
  const broken = (): void => {
    close();
    failures += 1;
    askIn(failures > 1 ? 0 : SOON_MS);
    retrying = window.setTimeout(open, Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS));
  };
  const call = ({ reason, sessionId, session }: Attention): void => {
    catchUp();
    const known = byId.value.get(sessionId);
    if (known) notify(noticeOf(reason, { ...known, ...session }), sessionId === watched());
  };
  const spent = ({ sessionId, ...session }: CostEvent): void => {
    costs.set(sessionId, session);
    counting ??= window.setTimeout(count, COUNT_MS);
  };
  const count = (): void => {
    counting = undefined;
    costsHeard.value += costs.size;
    for (const [sessionId, session] of costs) hear({ type: 'changed', sessionId, session });
    costs.clear();
  };
  const warned = ({ sessionId, budget }: BudgetEvent): void => {
    warn(sessionId, budget);
    const known = byId.value.get(sessionId);
    const isToldElsewhere = budget.percent >= 100 && budget.action === 'block'; // as the state over_budget
    if (!known || isToldElsewhere) return;
    const text = `${known.name}: ${budgetText(budget)}`;
    notify({ kind: 'over_budget', session: known, text }, sessionId === watched());
  };
  /** Hidden: asks for nothing; the stream stays if no other hidden window has one. */
  const rest = (): void => {
    clearTimeout(asking);
    const shut = (): void => {
      if (document.hidden) close();
    };
    if (!('locks' in navigator)) return shut();
    const listen = (lock: Lock | null): Promise<void> | undefined => {
      if (!document.hidden || stopped) return;
      if (!lock) return shut() as undefined;
      if (!stream) open(); // it was opened in the background
      return new Promise((done) => (letGo = done));
    };
    void navigator.locks.request(LISTENER, { ifAvailable: true }, listen);
  };
  const wake = (): void => {
    letGo();
    if (document.hidden) return rest();
    failures = 0;
    open();
    void ask();
  };
  const clock = window.setInterval(() => {
    if (!document.hidden) now.value = Date.now();
  }, CLOCK_MS);
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);
  wake();
  return () => {
    stopped = true;
    letGo();
    clearTimeout(counting);
    close();
    clearTimeout(asking);
    clearInterval(clock);
    document.removeEventListener('visibilitychange', wake);
    window.removeEventListener('online', wake);
  };
}
