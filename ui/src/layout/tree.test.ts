/** Tabs and panes: what is opened where, what a split leaves behind, and that nothing stored is trusted. */
import { describe, expect, test } from 'vitest';

import type { View } from '../router';
import { places } from './places';
import {
  allTabs, close, empty, focused, keepOnly, move, open, panes, resize, revived, splitOff, topOf, type Layout, type Tab,
} from './tree';


const tab = (digit: number, view: View = 'terminal'): Tab => ({
  session: `${digit}`.repeat(8) + '-0000-4000-8000-000000000000',
  view,
});
const [A, B, C] = [tab(1), tab(2), tab(3)];
const of = (...tabs: Tab[]): Layout => tabs.reduce(open, empty());
const shape = (layout: Layout): string[] => panes(layout.root).map((pane) => pane.tabs.map((one) => one.session[0]).join(''));

describe('tabs', () => {
  test('a tab opens behind the one on top, and an open one is only brought to the top', () => {
    const layout = open(open(of(A, B), A), C);
    expect(shape(layout)).toEqual(['132']);
    expect(topOf(focused(layout))).toEqual(C);
    expect(shape(open(layout, { ...B }))).toEqual(['132']);
    expect(topOf(focused(open(layout, { ...B })))).toEqual(B);
  });

  test('closing shows a neighbour, and the last one leaves an empty pane', () => {
    const layout = close(of(A, B, C), C);
    expect(topOf(focused(layout))).toEqual(B);
    expect(allTabs(close(close(layout, B), A))).toEqual([]);
  });

  test('one session has a tab for each of its views', () => {
    expect(allTabs(of(A, { ...A, view: 'files' }, A))).toHaveLength(2);
  });

  test('what no longer exists goes, and a layout of which nothing goes stays the same object', () => {
    const layout = splitOff(of(A, B), B, 1, 'right');
    expect(shape(keepOnly(layout, ({ session }) => session !== A.session))).toEqual(['2']);
    expect(keepOnly(layout, () => true)).toBe(layout);
  });
});

describe('splits', () => {
  test('a tab gets a pane of its own on the side that was asked for, and it is the one used last', () => {
    const layout = splitOff(of(A, B), B, 1, 'left');
    expect(shape(layout)).toEqual(['2', '1']);
    expect(topOf(focused(layout))).toEqual(B);
    expect(layout.root).toMatchObject({ kind: 'split', direction: 'row', shares: [0.5, 0.5] });
  });

  test('a pane with one tab is not split off from itself', () => {
    const layout = of(A);
    expect(splitOff(layout, A, 1, 'right')).toBe(layout);
  });

  test('splits of the same direction lie in one line, and an emptied pane gives its room back', () => {
    const two = splitOff(of(A, B, C), C, 1, 'right');
    const three = splitOff(two, B, focused(two).id, 'right');
    expect(shape(three)).toEqual(['1', '3', '2']);
    expect(three.root).toMatchObject({ kind: 'split', shares: [0.5, 0.25, 0.25] });
    expect(close(close(three, A), B).root).toMatchObject({ kind: 'pane', tabs: [C] });
  });

  test('a tab moves to a place in another pane, or in its own', () => {
    const two = splitOff(of(A, B, C), C, 1, 'down');
    expect(shape(move(two, A, focused(two).id, 0))).toEqual(['2', '13']);
    expect(shape(move(of(A, B, C), A, 1, 3))).toEqual(['231']);
    expect(shape(move(of(A, B, C), C, 1, 0))).toEqual(['312']);
    expect(shape(move(two, C, 1))).toEqual(['123']);
  });

  test('a line between panes moves, but never over a pane', () => {
    const two = splitOff(of(A, B), B, 1, 'right');
    const id = two.root.id;
    expect(resize(two, id, 0, 0.2).root).toMatchObject({ shares: [0.7, expect.closeTo(0.3)] });
    expect(resize(two, id, 0, 5).root).toMatchObject({ shares: [0.9, expect.closeTo(0.1)] });
    expect(resize(two, id, 0, -5).root).toMatchObject({ shares: [0.1, 0.9] });
  });

  test('panes and the lines between them have their places', () => {
    const two = splitOff(of(A, B, C), C, 1, 'right');
    const { panes: rooms, lines } = places(splitOff(two, B, focused(two).id, 'down').root);
    expect(rooms.map(({ box }) => box)).toEqual([
      { left: 0, top: 0, width: 0.5, height: 1 },
      { left: 0.5, top: 0, width: 0.5, height: 0.5 },
      { left: 0.5, top: 0.5, width: 0.5, height: 0.5 },
    ]);
    expect(lines.map(({ direction, box }) => [direction, box.left, box.top])).toEqual([['row', 0.5, 0], ['column', 0.5, 0.5]]);
  });
});

describe('what was kept', () => {
  test('comes back as it was', () => {
    const layout = splitOff(of(A, B, { ...A, view: 'changes' }), B, 1, 'down');
    expect(revived(JSON.parse(JSON.stringify(layout)))).toEqual(layout);
  });

  const pane = { kind: 'pane', id: 1, tabs: [A], top: 0 };
  test.each([
    ['nothing', null],
    ['a number', 7],
    ['no focus', { root: pane }],
    ['a split without shares', { focus: 1, root: { kind: 'split', id: 2, direction: 'row', children: [pane] } }],
    ['a direction there is not', { focus: 1, root: { kind: 'split', id: 2, direction: 'up', shares: [1], children: [pane] } }],
    ['the same pane twice', { focus: 1, root: { kind: 'split', id: 2, direction: 'row', shares: [0.5, 0.5], children: [pane, pane] } }],
    ['a share of nothing', { focus: 1, root: { kind: 'split', id: 2, direction: 'row', shares: [0, 1], children: [pane, { ...pane, id: 3 }] } }],
  ])('is forgotten when it is %s', (_name, value) => {
    expect(revived(value)).toBeNull();
  });

  test('loses tabs that are none, twice there, or of a view there is not', () => {
    const tabs = [A, A, { session: '../../etc', view: 'files' }, { ...B, view: 'secrets' }, 'x', B];
    const found = revived({ focus: 9, root: { kind: 'pane', id: 1, tabs, top: 99 } });
    expect(found && allTabs(found)).toEqual([A, B]);
    expect(found && topOf(focused(found))).toEqual(A);
  });
});
