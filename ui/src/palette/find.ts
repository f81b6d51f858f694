/** What the palette shows for the letters that were typed. */
import { fuzzy } from './fuzzy';
import type { Command } from './registry';

const MOST = 80;
const GROUPS = ['This session', 'Needs you', 'Sessions', 'New', 'Go to'];

export interface Found {
  command: Command;
  /** The letters of the title that were meant. */
  at: number[];
}

const rank = ({ group = '' }: Command): number => {
  const at = GROUPS.indexOf(group);
  return at < 0 ? GROUPS.length : at;
};

/** Without letters all of them, in their groups; with some those that fit, best first. */
export function find(list: Command[], query: string): Found[] {
  if (query.trim() === '') {
    const sorted = list.toSorted((a, b) => rank(a) - rank(b) || (a.group ?? '').localeCompare(b.group ?? ''));
    return sorted.slice(0, MOST).map((command) => ({ command, at: [] }));
  }
  const asked = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = list.flatMap((command) => {
    const title = fuzzy(query, command.title);
    if (title) return [{ command, at: title.at, score: title.score }];
    const rest = [command.title, command.group, command.hint, command.words].join(' ').toLowerCase();
    return asked.every((word) => rest.includes(word)) ? [{ command, at: [], score: 0 }] : [];
  });
  return found.sort((a, b) => b.score - a.score || rank(a.command) - rank(b.command)).slice(0, MOST);
}

/** The title in parts, those that were meant marked. */
export function marked(title: string, at: number[]): { text: string; isMeant: boolean }[] {
  const meant = new Set(at);
  const parts: { text: string; isMeant: boolean }[] = [];
  [...title].forEach((letter, index) => {
    const isMeant = meant.has(index);
    const last = parts.at(-1);
    if (last?.isMeant === isMeant) last.text += letter;
    else parts.push({ text: letter, isMeant });
  });
  return parts;
}
