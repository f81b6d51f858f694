/** What is searched for, as the address bar has it, so that a search can be linked and gone back to. */
import type { SearchFilters } from '../../api/search';
import { SEARCH } from '../../router';

export type Age = '' | 'hour' | 'day' | 'week' | 'month' | 'range';

export interface Asked {
  q: string;
  session: string;
  agent: string;
  kind: '' | 'output' | 'input';
  age: Age;
  /** Of the age `range`: whole minutes such as `2026-01-31T12:00Z`, both counted; '' where it is open. */
  from: string;
  to: string;
}

export const AGES: [Age, string, number][] = [
  ['', 'Any time', 0],
  ['hour', 'Last hour', 3_600_000],
  ['day', 'Last 24 hours', 86_400_000],
  ['week', 'Last 7 days', 7 * 86_400_000],
  ['month', 'Last 30 days', 30 * 86_400_000],
  ['range', 'From … to …', 0],
];

const MINUTE_MS = 60_000;

/** The minute of a moment, said so that it is the same everywhere; '' for what is none. */
export function minuteOf(moment: string | number): string {
  const date = new Date(moment);
  const isYearOfFour = date.valueOf() >= 0 && date.getUTCFullYear() <= 9999;
  return isYearOfFour ? `${date.toISOString().slice(0, 16)}Z` : '';
}

/** The same minute as a field of this browser's own time has it. */
export function localOf(minute: string): string {
  const date = new Date(minute);
  if (Number.isNaN(date.valueOf())) return '';
  return new Date(date.valueOf() - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

/** What is asked when another age is chosen; a free range begins where the last one did. */
export function aged({ age, from, to }: Asked, wanted: Age, nowMs: number): Pick<Asked, 'age' | 'from' | 'to'> {
  if (wanted !== 'range') return { age: wanted, from: '', to: '' };
  const back = backOf(age);
  return { age: wanted, from: back > 0 ? minuteOf(nowMs - back) : from, to };
}

const backOf = (age: Age): number => AGES.find(([name]) => name === age)?.[2] ?? 0;

/** Its end is before its beginning: nothing can be found there. */
export const isTurnedRound = ({ from, to }: Asked): boolean => from !== '' && to !== '' && from > to;

export function read(query: string): Asked {
  const said = new URLSearchParams(query);
  const kind = said.get('kind');
  const age = AGES.find(([name]) => name === said.get('age'))?.[0] ?? '';
  const bound = (name: string): string => (age === 'range' ? minuteOf(said.get(name) ?? '') : '');
  return {
    q: said.get('q') ?? '',
    session: said.get('session') ?? '',
    agent: said.get('agent') ?? '',
    kind: kind === 'output' || kind === 'input' ? kind : '',
    age,
    from: bound('from'),
    to: bound('to'),
  };
}

export function pathOf(asked: Asked): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value) said.set(name, value);
  const query = said.toString();
  return query ? `${SEARCH}?${query}` : SEARCH;
}

export function filtersOf({ session, agent, kind, age, from, to }: Asked, nowMs: number): SearchFilters {
  const back = backOf(age);
  return {
    ...(session && { sessionId: session }),
    ...(agent && { agent }),
    ...(kind && { kind }),
    ...(back > 0 && { since: new Date(nowMs - back).toISOString() }),
    ...(from && { since: new Date(from).toISOString() }),
    ...(to && { until: new Date(Date.parse(to) + MINUTE_MS - 1).toISOString() }),
  };
}

/** What was typed, with its last word replaced. */
export function completed(typed: string, word: string): string {
  return `${typed.slice(0, typed.length - lastWord(typed).length)}${word} `;
}

export function lastWord(typed: string): string {
  return /[^\s"-]*$/.exec(typed)?.[0] ?? '';
}
