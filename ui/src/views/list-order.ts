/** Which sessions the list shows, in which order and in which groups; how one likes it is kept in this browser. */
import { computed, signal } from '@preact/signals';

import { agentsById, listed } from '../api/sessions';
import type { Session } from '../api/types';
import { approx } from '../money';
import { oneOf, preference } from '../preferences';
import { needsYou } from './status';

export const SORTS = {
  needs: 'Who needs you first',
  created: 'Newest first',
  active: 'Last active first',
  name: 'By name',
  cost: 'Dearest first',
} as const;
export const GROUPS = {
  none: 'No groups',
  state: 'By state',
  agent: 'By agent',
  branch: 'By branch',
  tag: 'By tag',
} as const;
export const STATES = { '': 'All', needs: 'Needs you', working: 'Working', idle: 'Idle', ended: 'Ended' } as const;

export type Sort = keyof typeof SORTS;
export type Group = keyof typeof GROUPS;
export type StateShown = keyof typeof STATES;

export const sort = preference<Sort>('list.sort', 'needs', oneOf(...Object.keys(SORTS)));
export const group = preference<Group>('list.group', 'none', oneOf(...Object.keys(GROUPS)));

/** Only sessions with this tag, of this agent, in this state, and with these words in them are shown. */
export const tagShown = signal('');
export const agentShown = signal('');
export const stateShown = signal<StateShown>('');
export const words = signal('');

export const isFiltered = computed(() => Boolean(tagShown.value || agentShown.value || stateShown.value || words.value.trim()));

export function showAll(): void {
  tagShown.value = agentShown.value = stateShown.value = words.value = '';
}

export const branchOf = (session: Session): string => session.git?.branch ?? session.repo?.branch ?? '';

/** In which of the coarse states it is. */
export function coarse(session: Session): StateShown {
  if (session.status === 'exited' || session.status === 'lost') return 'ended';
  if (needsYou(session)) return 'needs';
  return session.state === 'idle' ? 'idle' : 'working';
}

function holds(session: Session, asked: string[]): boolean {
  if (asked.length === 0) return true;
  const agent = agentsById.value.get(session.agent)?.name ?? '';
  const all = [session.name, session.agent, agent, session.workspaceDir, branchOf(session), ...(session.tags ?? [])];
  const text = all.join('\n').toLowerCase();
  return asked.every((word) => text.includes(word));
}

const RANKS: Record<StateShown, number> = { needs: 0, '': 1, working: 1, idle: 1, ended: 2 };

const ORDERS: Record<Sort, (a: Session, b: Session) => number> = {
  needs: (a, b) => RANKS[coarse(a)] - RANKS[coarse(b)],
  created: (a, b) => b.createdAt.localeCompare(a.createdAt),
  active: (a, b) => b.lastActiveAt.localeCompare(a.lastActiveAt),
  name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true, sensitivity: 'base' }),
  cost: (a, b) => approx(b.cost?.costUsd ?? '0') - approx(a.cost?.costUsd ?? '0'),
};

const GROUP_OF: Record<Group, (session: Session) => string[]> = {
  none: () => [''],
  state: (session) => [STATES[coarse(session)]],
  agent: (session) => [agentsById.value.get(session.agent)?.name ?? session.agent],
  branch: (session) => [branchOf(session) || 'No branch'],
  tag: (session) => (session.tags?.length ? session.tags : ['No tag']),
};

export interface Shown {
  name: string;
  sessions: Session[];
}

/** The groups with what is in each; a session with two tags stands in both. */
export function arrange(list: Session[], by: Sort, into: Group): Shown[] {
  const groups = new Map<string, Session[]>();
  for (const session of list.toSorted(ORDERS[by])) {
    for (const name of GROUP_OF[into](session)) groups.set(name, [...(groups.get(name) ?? []), session]);
  }
  const names = [...groups.keys()];
  if (into === 'state') names.sort((a, b) => stateAt(a) - stateAt(b));
  else names.sort((a, b) => Number(a.startsWith('No ')) - Number(b.startsWith('No ')) || a.localeCompare(b));
  return names.map((name) => ({ name, sessions: groups.get(name)! }));
}

const stateAt = (name: string): number => Object.values<string>(STATES).indexOf(name);

const matching = computed(() => {
  const asked = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const [tag, agent] = [tagShown.value, agentShown.value];
  return (listed.value ?? []).filter(
    (session) =>
      (!tag || session.tags?.includes(tag)) && (!agent || session.agent === agent) && holds(session, asked),
  );
});

export const shown = computed(() => {
  const state = stateShown.value;
  const list = state ? matching.value.filter((session) => coarse(session) === state) : matching.value;
  return arrange(list, sort.value, group.value);
});

/** How many there would be in each state. */
export const counts = computed(() => {
  const found: Record<StateShown, number> = { '': matching.value.length, needs: 0, working: 0, idle: 0, ended: 0 };
  for (const session of matching.value) found[coarse(session)] += 1;
  return found;
});

/** The agents and tags that there are sessions of. */
export const agentsThere = computed(() => [...new Set((listed.value ?? []).map(({ agent }) => agent))].toSorted());
