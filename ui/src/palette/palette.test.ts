/** Finding by a few letters, and whose keys are whose. */
import { expect, test } from 'vitest';

import { find, marked } from './find';
import { fuzzy } from './fuzzy';
import { isOurs, matches, spelled } from './keys';
import { command, offered, run, source, type Command } from './registry';

const named = (...titles: string[]): Command[] => titles.map((title) => ({ id: title, title, run: () => {} }));
const found = (query: string, ...titles: string[]): string[] => find(named(...titles), query).map((one) => one.command.title);

test('letters must come in order, and beginnings of words count most', () => {
  expect(fuzzy('zz', 'Fix the build')).toBe(null);
  expect(found('fb', 'a leafy bush', 'Fix the build')[0]).toBe('Fix the build');
  expect(found('build', 'Rebuild', 'Fix the build')).toEqual(['Fix the build', 'Rebuild']);
  expect(found('build fix', 'Fix the build', 'Build')).toEqual(['Fix the build']);
});

test('a hint or a tag finds a command, too, behind those found by name', () => {
  const list = [{ ...named('Nightly')[0]!, words: 'urgent' }, ...named('Urgent matters')];
  expect(find(list, 'urgent').map((one) => one.command.title)).toEqual(['Urgent matters', 'Nightly']);
});

test('the letters that were meant are marked', () => {
  expect(marked('New session', fuzzy('ses', 'New session')!.at)).toEqual([
    { text: 'New ', isMeant: false },
    { text: 'ses', isMeant: true },
    { text: 'sion', isMeant: false },
  ]);
});

const key = (text: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent =>
  ({ key: text, code: '', ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...more }) as KeyboardEvent;

test('keys are what their text says, on a Mac with Cmd for Ctrl', () => {
  expect(matches(key('k', { ctrlKey: true }), 'Mod+K', false)).toBe(true);
  expect(matches(key('k', { metaKey: true }), 'Mod+K', true)).toBe(true);
  expect(matches(key('k', { ctrlKey: true }), 'Mod+K', true)).toBe(false);
  expect(matches(key('K', { ctrlKey: true, shiftKey: true }), 'Mod+K', false)).toBe(false);
  expect(matches(key('˜', { altKey: true, code: 'KeyN' }), 'Alt+N', true)).toBe(true);
  expect(matches(key('>', { ctrlKey: true, shiftKey: true, code: 'Period' }), 'Ctrl+Shift+Period', false)).toBe(true);
  expect(matches(key('?', { shiftKey: true }), '?', false)).toBe(true);
  expect(spelled('Mod+K', false)).toEqual(['Ctrl', 'K']);
});

test('a terminal keeps its keys, and a field the letters', () => {
  document.body.innerHTML = '<div class="xterm"><textarea></textarea></div><input>';
  const [terminal, field] = [document.querySelector('textarea'), document.querySelector('input')];
  const ctrlK = key('k', { ctrlKey: true });
  expect(isOurs(ctrlK, terminal, false)).toBe(false);
  expect(isOurs(key('k', { metaKey: true }), terminal, true)).toBe(true);
  expect(isOurs(key('P', { ctrlKey: true, shiftKey: true }), terminal, false)).toBe(true);
  expect(isOurs(key('F1'), terminal, false)).toBe(true);
  expect(isOurs(key('n', { altKey: true }), terminal, false)).toBe(false);
  expect(isOurs(key('?'), field, false)).toBe(false);
  expect(isOurs(ctrlK, field, false)).toBe(true);
  expect(isOurs(key('?'), document.body, false)).toBe(true);
});

test('a command is offered until it is taken back, and only while it makes sense', () => {
  let done = 0;
  let makesSense = false;
  const undo = command({ id: 'x', title: 'X', when: () => makesSense, run: () => (done += 1) });
  const undoSource = source('more', () => named('Y'));
  expect(offered().map(({ id }) => id)).toEqual(['Y']);
  makesSense = true;
  expect(run('x')).toBe(true);
  expect(done).toBe(1);
  undo();
  undoSource();
  expect(offered()).toEqual([]);
});
