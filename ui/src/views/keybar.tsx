/** The keys that a phone's keyboard lacks, under the terminal on touch screens. */
import type { JSX } from 'preact';

import { pasteText } from '../term/clipboard';
import { barSequence, type BarKey } from '../term/keys';
import type { TerminalView } from '../term/view';
import { toast } from '../ui/toast';

const KEYS: [BarKey, string, string][] = [
  ['Esc', 'Esc', 'Escape'],
  ['Tab', 'Tab', 'Tab'],
  ['Interrupt', '^C', 'Control C'],
  ['Left', '←', 'Left'],
  ['Up', '↑', 'Up'],
  ['Down', '↓', 'Down'],
  ['Right', '→', 'Right'],
];

/** Keeps the keyboard on screen: the terminal must not lose the focus to a button. */
const keepFocus = (event: Event): void => event.preventDefault();

export function KeyBar({ view }: { view: TerminalView }): JSX.Element {
  const press = (key: BarKey): void => view.type(barSequence(key, view.terminal.modes.applicationCursorKeysMode));
  const paste = async (): Promise<void> => {
    const text = await pasteText();
    if (text === null) toast('The browser does not give the clipboard away here: long-press in the terminal to paste.');
    else view.paste(text);
  };
  return (
    <div class="keybar" role="toolbar" aria-label="Keys" onMouseDown={keepFocus} onPointerDown={keepFocus}>
      <button type="button" aria-pressed={view.ctrl.value} onClick={() => (view.ctrl.value = !view.ctrl.value)}>
        Ctrl
      </button>
      {KEYS.map(([key, face, label]) => (
        <button key={key} type="button" aria-label={label} onClick={() => press(key)}>
          {face}
        </button>
      ))}
      <button type="button" onClick={() => void paste()}>
        Paste
      </button>
    </div>
  );
}
