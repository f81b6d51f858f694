/** The tree's rows and keys, how paths are told, and how lines end. */
import { expect, test } from 'vitest';

import type { Entry } from '../../api/files';
import { lineEnd } from '../../editor/lines';
import { faultOf, folderOf, isBelow, joined, sizeText, within } from './paths';
import { type Folder, moveOf, rowsOf } from './rows';

const entry = (path: string, type: Entry['type'] = 'file'): Entry => ({
  path, type, name: path.slice(path.lastIndexOf('/') + 1), size: 1, modifiedAt: '', mode: '0644', hidden: false,
});
const folder = (...entries: Entry[]): Folder => ({ entries, cursor: null, failure: '' });
const seen = {
  root: '/w',
  folders: new Map<string, Folder>([
    ['/w', folder(entry('/w/src', 'directory'), entry('/w/away', 'symlink'), entry('/w/note.md'))],
    ['/w/src', { ...folder(entry('/w/src/a.ts')), cursor: 'next' }],
    ['/w/away', folder()],
  ]),
  open: new Set(['/w/src', '/w/away']),
  linked: new Set(['/w/away']),
};
const rows = rowsOf(seen);

test('what is unfolded stands below its folder, with what is left and what is empty', () => {
  expect(rows.map(({ kind, path, level }) => `${kind} ${path} ${level}`)).toEqual([
    'entry /w/src 1', 'entry /w/src/a.ts 2', 'more more:/w/src 2', 'entry /w/away 1', 'note /w/away 2', 'entry /w/note.md 1',
  ]);
});

test('keys go through the tree as in every tree', () => {
  expect(moveOf('ArrowDown', rows, '')).toEqual({ to: '/w/src' });
  expect(moveOf('ArrowRight', rows, '/w/src')).toEqual({ to: '/w/src/a.ts' });
  expect(moveOf('ArrowRight', rowsOf({ ...seen, open: new Set() }), '/w/src')).toEqual({ open: '/w/src' });
  expect(moveOf('ArrowLeft', rows, '/w/src')).toEqual({ close: '/w/src' });
  expect(moveOf('ArrowLeft', rows, '/w/src/a.ts')).toEqual({ to: '/w/src' });
  expect(moveOf('End', rows, '/w/src')).toEqual({ to: '/w/note.md' });
  expect(moveOf('Enter', rows, '/w/note.md')).toEqual({ act: '/w/note.md' });
  expect(moveOf('n', rows, '/w/src')).toEqual({ to: '/w/note.md' });
  expect(moveOf('Tab', rows, '/w/src')).toBeNull();
});

test('paths are taken apart and put together', () => {
  expect(within('/w', '/w/src/a.ts')).toBe('src/a.ts');
  expect(within('/w', '/wide/a.ts')).toBe('/wide/a.ts');
  expect(isBelow('/w', '/w')).toBe(true);
  expect(isBelow('/w', '/wide')).toBe(false);
  expect(folderOf('/a')).toBe('/');
  expect(joined('/', 'a')).toBe('/a');
  expect(faultOf('a/../b')).not.toBe('');
  expect(faultOf('src/new.ts')).toBe('');
  expect([sizeText(999), sizeText(1500), sizeText(2_500_000)]).toEqual(['999 B', '1.5 kB', '2.5 MB']);
});

test('only a file whose every line ends in CRLF is written back so', () => {
  expect(lineEnd('a\r\nb\r\n')).toBe('\r\n');
  expect(lineEnd('a\r\nb\n')).toBe('\n');
  expect(lineEnd('a\rb\r\n')).toBe('\n');
  expect(lineEnd('a')).toBe('\n');
});
