/** The sessions and agents the page knows of, kept fresh by polling while somebody looks. */
import { batch, computed, signal } from '@preact/signals';

import { ApiError, explain, get, post, remove } from './client';
import type { Agent, Session } from './types';

export type Trouble = 'none' | 'runner-down' | 'unreachable' | 'failing';

export const sessions = signal<Session[] | null>(null);
export const agents = signal<Agent[]>([]);
export const trouble = signal<Trouble>('none');
export const troubleText = signal('');
export const now = signal(Date.now());

export const agentsById = computed(() => new Map(agents.value.map((agent) => [agent.id, agent])));
export const byId = computed(() => new Map((sessions.value ?? []).map((session) => [session.id, session])));

const POLL_MS = 3000;
const POLL_IN_TROUBLE_MS = 1500;

export async function refresh(): Promise<void> {
  try {
    const { sessions: list } = await get<{ sessions: Session[] }>('/sessions?limit=1000');
    batch(() => {
      sessions.value = list;
      trouble.value = 'none';
      now.value = Date.now();
    });
  } catch (error) {
    batch(() => {
      trouble.value = troubleOf(error);
      troubleText.value = explain(error);
      now.value = Date.now();
    });
  }
}

/** What a failed call says about the server as a whole. */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof ApiError) || error.status === 401) return 'none';
  if (error.code === 'HOST_UNAVAILABLE') return 'runner-down';
  return error.code === 'UNREACHABLE' ? 'unreachable' : 'failing';
}

export async function refreshAgents(): Promise<void> {
  const reply = await get<{ agents: Agent[] }>('/agents');
  agents.value = reply.agents;
}

/** Polls until the returned function is called; a hidden page asks nothing and catches up when it is shown. */
export function poll(): () => void {
  let timer = 0;
  let stopped = false;
  const tick = async (): Promise<void> => {
    clearTimeout(timer);
    if (stopped || document.hidden) return;
    if (agents.value.length === 0) await refreshAgents().catch(() => {});
    await refresh();
    clearTimeout(timer);
    if (!stopped) timer = window.setTimeout(tick, trouble.value === 'none' ? POLL_MS : POLL_IN_TROUBLE_MS);
  };
  const wake = (): void => void tick();
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);
  void tick();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', wake);
    window.removeEventListener('online', wake);
  };
}

/** Puts one session, newer than the list, in its place. */
export function learn(session: Session): void {
  const list = sessions.value ?? [];
  const known = list.some((other) => other.id === session.id);
  sessions.value = known
    ? list.map((other) => (other.id === session.id ? { ...other, ...session } : other))
    : [session, ...list];
}

export interface Launch {
  agent: string;
  name?: string;
  cwd?: string;
}

export async function create(launch: Launch): Promise<Session> {
  const { session } = await post<{ session: Session }>('/sessions', launch);
  learn(session);
  return session;
}

export async function destroy(id: string): Promise<void> {
  try {
    await remove(`/sessions/${id}`);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error; // gone is what we wanted
  }
  sessions.value = (sessions.value ?? []).filter((session) => session.id !== id);
}

export async function switchAgent(id: string, agent: string): Promise<Session | undefined> {
  const { session } = await post<{ session?: Session }>(`/sessions/${id}/switch-agent`, { agent });
  if (session) learn(session);
  return session;
}
