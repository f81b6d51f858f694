/** What a screen asks, and the keys that answer it. */
import { expect, test } from 'vitest';

import { asksForSecret, choicesOf, tail } from './choices';

const answers = (screen: string): [string, string][] => choicesOf(screen).map(({ text, keys }) => [text, keys]);
const ALWAYS: [string, string][] = [['Enter', '\r'], ['Esc', '\x1b']];

const MENU = `
╭──────────────────────────────────────╮
│ Bash command                         │
│   rm -rf build                       │
│ Do you want to proceed?              │
│ ❯ 1. Yes                             │
│   2. Yes, and don't ask again        │
│   3. No, tell it what to do instead  │
╰──────────────────────────────────────╯
`;

test('a menu with a pointer is answered by its number alone', () => {
  expect(answers(MENU)).toEqual([
    ['1. Yes', '1'],
    ['2. Yes, and don\'t ask again', '2'],
    ['3. No, tell it what to do instead', '3'],
    ...ALWAYS,
  ]);
  expect(choicesOf(MENU)[0]?.tone).toBe('primary');
});

test('a plain list of numbers needs Enter, too', () => {
  expect(answers('Which one?\n1) staging\n2) production\n#? ').slice(0, 2)).toEqual([
    ['1. staging', '1\r'],
    ['2. production', '2\r'],
  ]);
});

test('of two lists on the screen the last one asks', () => {
  expect(answers('1. first\n2. second\nDone.\n1. yes\n2. no')[0]).toEqual(['1. yes', '1\r']);
});

test.each([
  ['Drop the old table? [y/N] ', 'y\r', 'n\r'],
  ['Continue (yes/no)? ', 'yes\r', 'no\r'],
  ['Are you sure you want to continue connecting (yes/no/[fingerprint])? ', 'yes\r', 'no\r'],
  ['Overwrite? (Y/n)', 'y\r', 'n\r'],
])('%s is answered by yes or no', (screen, yes, no) => {
  expect(answers(screen)).toEqual([['Yes', yes], ['No', no], ...ALWAYS]);
});

test('what asks for nothing that is known can be entered or left', () => {
  expect(answers('What is your name? ')).toEqual(ALWAYS);
  expect(answers('A sentence that begins\n1. with one number')).toEqual(ALWAYS);
});

test('only what asks for a secret is typed unseen', () => {
  expect(asksForSecret("Password for 'https://github.com': ")).toBe(true);
  expect(asksForSecret('Enter passphrase for key: ')).toBe(true);
  expect(asksForSecret('The password was wrong.\nWhat now? ')).toBe(false);
});

test('the last lines come without frames and empty lines', () => {
  expect(tail(MENU, 3)).toEqual(['❯ 1. Yes', '  2. Yes, and don\'t ask again', '  3. No, tell it what to do instead']);
});
