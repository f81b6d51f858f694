/** Differences as rows: numbers, pairs of lines, and what changed within them. */
import { expect, test } from 'vitest';

import type { DiffLine, Hunk } from '../../api/git';
import { hunkTitle, piecesOf, rowsOf, spans } from './lines';

const line = (type: DiffLine['type'], text: string): DiffLine => ({ type, text, oldLine: 1, newLine: 1 });
const hunk: Hunk = {
  id: 'of-main', oldStart: 1, oldLines: 4, newStart: 1, newLines: 4, header: 'def main()',
  lines: [
    line('context', 'a'),
    line('delete', 'let x = 1;'), line('delete', 'old'),
    line('add', 'let x = 2;'), line('add', 'entirely new'),
    line('context', 'b'),
    line('add', 'more'),
  ],
};

test('in one column every line has a row, below its hunk', () => {
  const rows = rowsOf([hunk], 'unified');
  expect(rows[0]).toEqual({ kind: 'hunk', id: 'of-main', text: '@@ −1,4 +1,4 @@ def main()' });
  expect(rows).toHaveLength(8);
  expect(hunkTitle({ ...hunk, header: '' })).toBe('@@ −1,4 +1,4 @@');
});

test('in two columns what came stands beside what went', () => {
  const shown = rowsOf([hunk], 'split').map((row) =>
    row.kind === 'pair' ? `${row.left?.line.text ?? ''} | ${row.right?.line.text ?? ''}` : '@@',
  );
  expect(shown).toEqual(['@@', 'a | a', 'let x = 1; | let x = 2;', 'old | entirely new', 'b | b', ' | more']);
});

test('of a changed line the changed part is known, of another line nothing', () => {
  expect(spans('let x = 1;', 'let x = 2;')).toEqual([{ from: 8, to: 9 }, { from: 8, to: 9 }]);
  expect(spans('aa', 'aaa')).toEqual([{ from: 2, to: 2 }, { from: 2, to: 3 }]);
  expect(spans('old', 'entirely new')).toEqual([null, null]);
});

test('five thousand lines are pieces', () => {
  expect(piecesOf(Array.from({ length: 5000 }, (_, at) => at), 120)).toHaveLength(42);
  expect(piecesOf([], 120)).toEqual([]);
});
