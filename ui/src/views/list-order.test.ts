/** The order and the groups of the list. */
import { afterEach, expect, test } from 'vitest';

import { sessions } from '../api/sessions';
import type { Session } from '../api/types';
import { agentShown, arrange, counts, showAll, shown, stateShown, words } from './list-order';

const session = (name: string, more: Partial<Session> = {}): Session =>
  ({ id: name, name, agent: 'shell', status: 'running', state: 'idle', createdAt: '2026-01-01', lastActiveAt: '2026-01-01', workspaceDir: `/w/${name}`, ...more }) as Session;
const names = (): string[] => shown.value.flatMap(({ sessions: list }) => list.map(({ name }) => name));

afterEach(() => {
  showAll();
  sessions.value = null;
});

const LIST = [
  session('done', { status: 'exited' }),
  session('busy', { state: 'working', agent: 'claude' }),
  session('asks', { state: 'needs_input', agent: 'claude', git: { branch: 'fix/login', formatted: '' } }),
  session('rests', { tags: ['web'] }),
];

test('who needs somebody comes first, what has ended last, the others stay as they were', () => {
  sessions.value = LIST;
  expect(names()).toEqual(['asks', 'busy', 'rests', 'done']);
});

test('words look into name, folder, branch and tags; states are counted', () => {
  sessions.value = LIST;
  words.value = 'LOGIN fix';
  expect(names()).toEqual(['asks']);
  words.value = 'web';
  expect(names()).toEqual(['rests']);
  words.value = '';
  agentShown.value = 'claude';
  expect(counts.value).toEqual({ '': 2, needs: 1, working: 1, idle: 0, ended: 0 });
  stateShown.value = 'working';
  expect(names()).toEqual(['busy']);
});

test('groups by tag hold a session as often as it has tags, and those without one last', () => {
  const list = [session('none'), session('both', { tags: ['web', 'api'] }), session('one', { tags: ['web'] })];
  expect(arrange(list, 'name', 'tag').map((group) => [group.name, group.sessions.map(({ name }) => name)])).toEqual([
    ['api', ['both']],
    ['web', ['both', 'one']],
    ['No tag', ['none']],
  ]);
});

test('the dearest first, by dollars and not by letters', () => {
  const cost = (costUsd: string) => ({ cost: { costUsd } }) as Partial<Session>;
  const list = [session('9', cost('9.5')), session('10', cost('10.2')), session('free')];
  expect(arrange(list, 'cost', 'none')[0]!.sessions.map(({ name }) => name)).toEqual(['10', '9', 'free']);
});
