/** Which keys a command has: read from its text, compared with what was pressed, and written for people. */
import type { Command } from './registry';

const isMac = /mac|iphone|ipad/i.test(navigator.platform);

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>;

export const keysOf = ({ keys }: Command): string[] => (keys === undefined ? [] : [keys].flat());

/** `Mod+K` and the like; a bare sign such as `?` is what it writes, however the keyboard makes it. */
export function matches(event: Pressed, keys: string, mac = isMac): boolean {
  const parts = keys.split('+');
  const key = parts.pop()!;
  const has = (name: string): boolean => parts.includes(name);
  const ctrl = has('Ctrl') || (has('Mod') && !mac);
  const meta = has('Meta') || (has('Mod') && mac);
  if (event.ctrlKey !== ctrl || event.metaKey !== meta || event.altKey !== has('Alt')) return false;
  if (key.length === 1 && !/[a-z]/i.test(key)) return event.key === key;
  if (event.shiftKey !== has('Shift')) return false;
  if (key.length > 1) return event.key === key || event.code === key;
  return event.key.toLowerCase() === key.toLowerCase() || (event.altKey && event.code === `Key${key.toUpperCase()}`);
}

/** A terminal keeps all keys but these: no program of a terminal can get them, or none misses them. */
const isLeftByTerminals = (event: Pressed, mac: boolean): boolean =>
  event.key === 'F1' || (event.ctrlKey && event.shiftKey) || (mac && event.metaKey);

const isLeftByFields = (event: Pressed): boolean => event.ctrlKey || event.metaKey || event.key === 'F1';

/** Whether a key pressed there may mean something to the page. */
export function isOurs(event: Pressed, where: Element | null, mac = isMac): boolean {
  if (where?.closest('.xterm')) return isLeftByTerminals(event, mac);
  const isField = where?.closest('input, textarea, select, [contenteditable=true], .cm-editor');
  return isField ? isLeftByFields(event) : true;
}

const NAMES: Record<string, string> = { Period: '.', Comma: ',', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };
const MAC: Record<string, string> = { Mod: '⌘', Ctrl: '⌃', Shift: '⇧', Alt: '⌥', Meta: '⌘' };

/** The keys as they are written on the keyboard: `['Ctrl', 'K']`. */
export function spelled(keys: string, mac = isMac): string[] {
  return keys.split('+').map((part) => (mac && MAC[part]) || (part === 'Mod' ? 'Ctrl' : (NAMES[part] ?? part)));
}
