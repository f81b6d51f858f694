/** The sessions and agents the page knows of, and what can be asked of the server about them. */
import { batch, computed, signal } from '@preact/signals';

import { ApiError, explain, get, patch, post, remove, type Schemas } from './client';
import type { Agent, Session, SessionEvent } from './types';

export type Trouble = 'none' | 'runner-down' | 'unreachable' | 'failing';

export const sessions = signal<Session[] | null>(null);
/** The list was fetched once: what is not in it does not exist. */
export const isWhole = signal(false);
export const agents = signal<Agent[]>([]);
export const trouble = signal<Trouble>('none');
export const troubleText = signal('');
export const now = signal(Date.now());

export const agentsById = computed(() => new Map(agents.value.map((agent) => [agent.id, agent])));
/** Those with a workspace of their own: a run within another session comes and goes with what asked for it. */
export const listed = computed(() => sessions.value?.filter((session) => !session.withinId) ?? null);
export const byId = computed(() => new Map((sessions.value ?? []).map((session) => [session.id, session])));

let asking: Promise<void> | null = null;
let askAgain = false;
let meanwhile: SessionEvent[] = [];

/** Fetches the list; asked for again while under way, it is fetched once more. */
export async function refresh(): Promise<void> {
  if (asking) {
    askAgain = true;
    return asking;
  }
  asking = (async () => {
    do {
      askAgain = false;
      await fetchList();
    } while (askAgain);
  })();
  await asking.finally(() => (asking = null));
}

async function fetchList(): Promise<void> {
  catchUp();
  meanwhile = [];
  try {
    const { sessions: list } = await get('/api/sessions', { params: { query: { limit: 1000 } } });
    batch(() => {
      heard = []; // all of it was heard meanwhile
      sessions.value = list;
      isWhole.value = true;
      meanwhile.forEach(apply); // the answer may be older than what was heard while it was under way
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
  const reply = await get('/api/agents');
  agents.value = reply.agents;
}

/** What comes faster than this is drawn together: fifty sessions at work must not keep the browser busy. */
const TOGETHER_MS = 250;
let heard: SessionEvent[] = [];
let drawing: ReturnType<typeof setTimeout> | undefined;

/** Something happened to a session, says the event stream. */
export function hear(event: SessionEvent): void {
  if (asking) meanwhile.push(event);
  heard.push(event);
  if (drawing !== undefined) return;
  catchUp();
  drawing = setTimeout(() => {
    drawing = undefined;
    catchUp();
  }, TOGETHER_MS);
}

/** Takes over what was heard and is not yet in the list. */
export function catchUp(): void {
  const events = heard;
  heard = [];
  if (events.length > 0) batch(() => events.forEach(apply));
}

function apply({ type, sessionId, session }: SessionEvent): void {
  if (type === 'deleted') forgetRow(sessionId);
  else if (session && 'createdAt' in session) learn(session as Session);
  else if (session && byId.value.has(sessionId)) learn({ ...session, id: sessionId } as Session);
}

function forgetRow(id: string): void {
  sessions.value = (sessions.value ?? []).filter((session) => session.id !== id);
}

/** Puts one session, newer than the list, in its place. */
export function learn(session: Session): void {
  const list = sessions.value ?? [];
  const known = list.some((other) => other.id === session.id);
  sessions.value = known
    ? list.map((other) => (other.id === session.id ? { ...other, ...session } : other))
    : [session, ...list];
}

/** What others share is looked at or typed into, and nothing else. */
export const isOwn = ({ access = 'own' }: Session): boolean => access === 'own';

export type Launch = Schemas['CreateSession'];

const of = (sessionId: string): { path: { sessionId: string } } => ({ path: { sessionId } });

export async function create(launch: Launch): Promise<Session> {
  const { session } = await post('/api/sessions', { body: launch });
  learn(session);
  return session;
}

export async function destroy(id: string): Promise<void> {
  try {
    await remove('/api/sessions/{sessionId}', { params: of(id) });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error; // gone is what we wanted
  }
  forgetRow(id);
}

export type Looks = Omit<Schemas['PatchSession'], 'budget'>;

export async function change(id: string, looks: Looks): Promise<void> {
  learn((await patch('/api/sessions/{sessionId}', { params: of(id), body: looks })).session);
}

export async function stop(id: string): Promise<void> {
  learn((await post('/api/sessions/{sessionId}/stop', { params: of(id) })).session);
}

/** Starts its program again, in the same workspace; an agent that can goes on where it was. */
export async function restart(id: string): Promise<void> {
  learn((await post('/api/sessions/{sessionId}/restart', { params: of(id), body: {} })).session);
}

export type Switch = Schemas['SwitchAgent'];

export async function switchAgent(id: string, to: Switch): Promise<void> {
  learn((await post('/api/sessions/{sessionId}/switch-agent', { params: of(id), body: to })).session);
}

/** Types it, as the keyboard would. */
export async function typeInto(id: string, data: string): Promise<void> {
  await post('/api/sessions/{sessionId}/input', { params: of(id), body: { data } });
}

/** Sends a prompt as the agent takes one, or a command to a shell. */
export async function prompt(id: string, text: string): Promise<void> {
  await post('/api/sessions/{sessionId}/execute', { params: of(id), body: { prompt: text } });
}

/** What is on its screen, as text. */
export async function screenOf(id: string): Promise<string> {
  return (await get('/api/sessions/{sessionId}/snapshot', { params: of(id) })).text;
}
