/** The editor of one file: CodeMirror with what one expects of an editor, and the file's own language. */
import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension, type Text } from '@codemirror/state';
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view';

import { languageOf } from './language';
import { lineEnd } from './lines';
import { look } from './look';

interface Options {
  name: string;
  content: string;
  readOnly: boolean;
  onDirty: (dirty: boolean) => void;
  onSave: () => void;
}

/** What every text of the page is shown with, also in a comparison. */
export function basics(name: string, readOnly: boolean): Extension {
  return [
    lineNumbers(),
    highlightSpecialChars(),
    drawSelection(),
    bracketMatching(),
    look,
    EditorState.tabSize.of(4),
    EditorState.readOnly.of(readOnly),
    EditorView.contentAttributes.of({ 'aria-label': `Contents of ${name}`, 'aria-multiline': 'true', tabindex: '0' }),
  ];
}

/** One file's text. It outlives its place on the page, with its history, its cursor and how far it was scrolled. */
export class FileEditor {
  readonly view: EditorView;
  private saved: Text;
  private readonly language = new Compartment();
  private readonly wrapping = new Compartment();
  private scrolled = 0;

  constructor({ name, content, readOnly, onDirty, onSave }: Options) {
    const state = EditorState.create({
      doc: content,
      extensions: [
        EditorState.lineSeparator.of(lineEnd(content)),
        basics(name, readOnly),
        foldGutter(),
        history(),
        dropCursor(),
        EditorState.allowMultipleSelections.of(true),
        indentOnInput(),
        closeBrackets(),
        rectangularSelection(),
        crosshairCursor(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        search({ top: true }),
        keymap.of([
          { key: 'Mod-s', preventDefault: true, run: () => (onSave(), true) },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          indentWithTab,
        ]),
        this.language.of([]),
        this.wrapping.of([]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onDirty(!update.state.doc.eq(this.saved));
        }),
      ],
    });
    this.saved = state.doc;
    this.view = new EditorView({ state });
    this.view.scrollDOM.addEventListener('scroll', () => (this.scrolled = this.view.scrollDOM.scrollTop), {
      passive: true,
    });
    void languageOf(name).then((found) => this.view.dispatch({ effects: this.language.reconfigure(found) }));
  }

  show(parent: HTMLElement): void {
    const top = this.scrolled;
    parent.append(this.view.dom);
    this.view.requestMeasure({ read: () => null, write: () => (this.view.scrollDOM.scrollTop = top) });
  }

  hide(): void {
    this.view.dom.remove();
  }

  /** The text with the line ends it came with. */
  get content(): string {
    return this.view.state.sliceDoc();
  }

  get isDirty(): boolean {
    return !this.view.state.doc.eq(this.saved);
  }

  /** What is there now is what the server has, as far as `content` still is. */
  markSaved(content: string): boolean {
    this.saved = this.view.state.toText(content);
    return this.isDirty;
  }

  /** Takes another text over, in one step that can be undone. */
  replace(content: string): void {
    const { state } = this.view;
    const text = state.toText(content);
    this.saved = text;
    const head = Math.min(state.selection.main.head, text.length);
    this.view.dispatch({ changes: { from: 0, to: state.doc.length, insert: text }, selection: { anchor: head } });
  }

  /** Goes to a line, counted from 1, and selects there. */
  goTo(line: number, from = 1, to = from): void {
    const found = this.view.state.doc.line(Math.min(Math.max(1, line), this.view.state.doc.lines));
    const at = (column: number): number => found.from + Math.min(Math.max(0, column - 1), found.length);
    this.view.dispatch({
      selection: { anchor: at(from), head: at(to) },
      effects: EditorView.scrollIntoView(at(from), { y: 'center' }),
    });
    this.view.focus();
  }

  wrap(on: boolean): void {
    this.view.dispatch({ effects: this.wrapping.reconfigure(on ? EditorView.lineWrapping : []) });
  }

  focus(): void {
    this.view.focus();
  }

  destroy(): void {
    this.view.destroy();
  }
}
