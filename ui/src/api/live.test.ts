/** The list follows the server's stream; it is asked for when there is none, and never while there is one. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { warningOf } from './budgets';
import { costsHeard } from './costs';
import { follow } from './live';
import { agents, byId, hear, refresh, sessions, trouble } from './sessions';
import type { Agent, Session } from './types';

class FakeStream {
  closed = false;
  onerror: (() => void) | null = null;
  private readonly listeners = new Map<string, (event: { data: string }) => void>();

  constructor(readonly url: string) {
    streams.push(this);
  }
  addEventListener(name: string, listener: (event: { data: string }) => void): void {
    this.listeners.set(name, listener);
  }
  close(): void {
    this.closed = true;
  }
  says(name: string, data: object): void {
    this.listeners.get(name)?.({ data: JSON.stringify(data) });
  }
}

const session = (id: string, more: Partial<Session> = {}): Session =>
  ({ id, name: id, createdAt: '2026-01-01T00:00:00Z', status: 'running', state: 'idle', ...more }) as Session;

let streams: FakeStream[];
let listed: Session[];
let asked: number;
let answer: () => Promise<Response>;
let stop: () => void;
const stream = (): FakeStream => streams.at(-1) as FakeStream;
const reply = (data: object): Response => new Response(JSON.stringify({ success: true, data }));

beforeEach(() => {
  vi.useFakeTimers();
  streams = [];
  listed = [session('a')];
  asked = 0;
  answer = async () => reply({ sessions: listed, nextCursor: null });
  agents.value = [{ id: 'shell' } as Agent];
  sessions.value = null;
  vi.stubGlobal('EventSource', FakeStream);
  vi.stubGlobal('fetch', () => {
    asked += 1;
    return answer();
  });
});

afterEach(() => {
  stop();
  vi.runOnlyPendingTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function begin(): Promise<void> {
  stop = follow({ watched: () => null });
  stream().says('runner', { available: true });
  await vi.advanceTimersByTimeAsync(10);
  asked = 0;
}

test('nobody asks while the stream is up, but once a minute to be safe', async () => {
  await begin();
  await vi.advanceTimersByTimeAsync(55_000);
  expect(asked).toBe(0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toBe(1);
});

test('sessions come, change and go as the stream says', async () => {
  await begin();
  stream().says('session', { type: 'created', sessionId: 'b', session: session('b') });
  stream().says('session', { type: 'state', sessionId: 'a', session: { state: 'working' } });
  stream().says('session', { type: 'state', sessionId: 'unknown', session: { state: 'working' } });
  await vi.advanceTimersByTimeAsync(300);
  expect(sessions.value?.map(({ id, state }) => [id, state])).toEqual([['b', 'idle'], ['a', 'working']]);
  stream().says('session', { type: 'deleted', sessionId: 'a' });
  await vi.advanceTimersByTimeAsync(300);
  expect(sessions.value?.map(({ id }) => id)).toEqual(['b']);
});

test('what is heard while the list is under way is newer than the list', async () => {
  await begin();
  let deliver: (response: Response) => void = () => {};
  answer = () => new Promise((done) => (deliver = done));
  const asking = refresh();
  hear({ type: 'state', sessionId: 'a', session: { state: 'needs_input' } });
  deliver(reply({ sessions: [session('a', { state: 'working' })] }));
  await asking;
  expect(byId.value.get('a')?.state).toBe('needs_input');
});

test('much that comes at once is drawn together, and the first of it without delay', async () => {
  await begin();
  await vi.advanceTimersByTimeAsync(1000);
  let drawn = 0;
  const stopCounting = sessions.subscribe(() => (drawn += 1));
  for (let i = 0; i < 40; i++) hear({ type: 'state', sessionId: 'a', session: { state: i % 2 ? 'idle' : 'working' } });
  expect(byId.value.get('a')?.state).toBe('working');
  await vi.advanceTimersByTimeAsync(300);
  expect(byId.value.get('a')?.state).toBe('idle');
  stopCounting();
  expect(drawn).toBe(3); // what there was, the first, and all others
});

test('a stream that breaks once and comes back costs no poll', async () => {
  await begin();
  stream().onerror?.();
  await vi.advanceTimersByTimeAsync(600);
  expect(streams).toHaveLength(2);
  stream().says('runner', { available: true });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked).toBe(1);
});

test('a stream that fails twice is replaced by asking every three seconds', async () => {
  await begin();
  stream().onerror?.();
  await vi.advanceTimersByTimeAsync(600);
  stream().onerror?.();
  await vi.advanceTimersByTimeAsync(30);
  asked = 0;
  await vi.advanceTimersByTimeAsync(9500);
  expect(asked).toBeGreaterThanOrEqual(3);
});

test('what a session costs follows the stream, without a request', async () => {
  await begin();
  const before = costsHeard.value;
  const cost = { costUsd: '0.42', requests: 1 };
  stream().says('cost:updated', { sessionId: 'a', cost, budget: null, blockedBy: null });
  stream().says('cost:updated', { sessionId: 'unknown', cost, budget: null, blockedBy: null });
  await vi.advanceTimersByTimeAsync(1100);
  expect(byId.value.get('a')?.cost?.costUsd).toBe('0.42');
  expect(byId.value.has('unknown')).toBe(false);
  expect(costsHeard.value).toBe(before + 2);
  expect(asked).toBe(0);
});

test('a budget that warns is remembered for its session', async () => {
  await begin();
  const budget = { id: 'b1', scope: 'user', limitUsd: '5.00', spentUsd: '4.10', percent: 82, softPercent: 80, period: 'day' };
  stream().says('budget:warning', { sessionId: 'a', budget });
  expect(warningOf(byId.value.get('a') as Session)?.id).toBe('b1');
});

test('a runner that is away is said to be, and the list fetched when it is back', async () => {
  await begin();
  stream().says('runner', { available: false });
  expect(trouble.value).toBe('runner-down');
  listed = [session('a', { status: 'lost' })];
  stream().says('runner', { available: true });
  await vi.advanceTimersByTimeAsync(10);
  expect(trouble.value).toBe('none');
  expect(byId.value.get('a')?.status).toBe('lost');
});
