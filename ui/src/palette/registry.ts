/** Everything that can be done by name or by key: each area registers its own, the palette and the help list them. */
import { computed, signal } from '@preact/signals';

import type { IconName } from '../ui/icons';

export interface Command {
  id: string;
  title: string;
  /** Heading in the palette and in the help: `Session`, `Go to`, `View`. */
  group?: string;
  /** `Mod+K` (Ctrl, or Cmd on a Mac), `Ctrl+Shift+Period`, `Alt+N`, `F1`, `/`; the first one is shown. */
  keys?: string | string[];
  /** What stands small behind the title. */
  hint?: string;
  icon?: IconName;
  /** Other words by which it is found. */
  words?: string;
  /** Offered, and its keys heard, only while this is true. */
  when?: () => boolean;
  run: () => void;
}

const registered = signal<ReadonlyMap<string, Command>>(new Map());
const sources = signal<ReadonlyMap<string, () => Command[]>>(new Map());

function without<T>(map: ReadonlyMap<string, T>, id: string, only?: T): ReadonlyMap<string, T> {
  if (!map.has(id) || (only !== undefined && map.get(id) !== only)) return map;
  const rest = new Map(map);
  rest.delete(id);
  return rest;
}

/** Registers one; what is returned takes it back. A second of the same id replaces the first. */
export function command(one: Command): () => void {
  registered.value = new Map(registered.peek()).set(one.id, one);
  return () => {
    registered.value = without(registered.peek(), one.id, one);
  };
}

/** Several at once, for an effect of a component: `useEffect(() => commands([…]), [])`. */
export function commands(list: Command[]): () => void {
  const undo = list.map(command);
  return () => undo.forEach((back) => back());
}

/** Commands that come and go with what the page knows, such as one for each session; asked when the palette opens. */
export function source(id: string, list: () => Command[]): () => void {
  sources.value = new Map(sources.peek()).set(id, list);
  return () => {
    sources.value = without(sources.peek(), id, list);
  };
}

export const isOffered = ({ when }: Command): boolean => when?.() ?? true;

/** Those with a name of their own, whether they are offered now or not: what the help lists. */
export const known = computed(() => [...registered.value.values()]);

/** All that can be done right now. */
export function offered(): Command[] {
  const made = [...sources.value.values()].flatMap((list) => list());
  return [...registered.value.values(), ...made].filter(isOffered);
}

/** Does one by its id, if it is offered. */
export function run(id: string): boolean {
  const one = registered.peek().get(id);
  if (!one || !isOffered(one)) return false;
  one.run();
  return true;
}
