/** Shows two versions of a file beside each other; the right one can be edited, with pieces of the left one. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';

import { basics } from './editor';
import { languageOf } from './language';
import { lineEnd } from './lines';

export interface Comparing {
  /** The right text as it is now, with the line ends that it had. */
  content: () => string;
  destroy: () => void;
}

interface Options {
  parent: HTMLElement;
  name: string;
  theirs: string;
  mine: string;
  /** Too narrow for two columns: one, with what differs marked in it. */
  narrow: boolean;
}

export async function compare({ parent, name, theirs, mine, narrow }: Options): Promise<Comparing> {
  const language = await languageOf(name);
  const editable = [
    EditorState.lineSeparator.of(lineEnd(mine)),
    basics(`${name}, yours`, false),
    history(),
    keymap.of([...defaultKeymap, ...historyKeymap]),
    EditorView.lineWrapping,
    language,
  ];
  if (narrow) {
    const view = new EditorView({
      parent,
      doc: mine,
      extensions: [editable, unifiedMergeView({ original: theirs, gutter: true, collapseUnchanged: {} })],
    });
    return { content: () => view.state.sliceDoc(), destroy: () => view.destroy() };
  }
  const merge = new MergeView({
    parent,
    a: { doc: theirs, extensions: [basics(`${name}, on disk`, true), EditorView.lineWrapping, language] },
    b: { doc: mine, extensions: editable },
    revertControls: 'a-to-b',
    collapseUnchanged: {},
    gutter: true,
  });
  return { content: () => merge.b.state.sliceDoc(), destroy: () => merge.destroy() };
}
