/** Under a terminal on touch screens: the keys that a phone's keyboard lacks, a box to write in, and answers at a touch. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { barSequence, type BarKey } from '../term/keys';
import type { TerminalView } from '../term/view';
import { Icon } from '../ui/icons';
import { hasFingers } from '../ui/media';
import { Answers } from './answers';
import { Compose } from './compose';
import { chooseFiles, pasteInto } from './terminal';
import './keybar.css';

const FIRST: [BarKey, string, string][] = [
  ['Esc', 'Esc', 'Esc'],
  ['Tab', 'Tab', 'Tab'],
];
const ARROWS: [BarKey, string, string][] = [
  ['Left', '←', 'Left'],
  ['Up', '↑', 'Up'],
  ['Down', '↓', 'Down'],
  ['Right', '→', 'Right'],
  ['Enter', '⏎', 'Enter'],
];
/** Far away on a phone's keyboard, and in every other command. */
const SIGNS: [string, string][] = [
  ['|', 'Pipe'],
  ['~', 'Tilde'],
  ['/', 'Slash'],
  ['-', 'Dash'],
];

/** Keeps the keyboard on screen: the terminal must not lose the focus to a button. */
const keepFocus = (event: Event): void => event.preventDefault();

export function KeyBar({ view }: { view: TerminalView }): JSX.Element | null {
  const isWriting = useSignal(false);
  if (!hasFingers.value) return null;
  const press = (key: BarKey): void => view.type(barSequence(key, view.terminal.modes.applicationCursorKeysMode));
  const button = ([key, face, label]: [BarKey, string, string]): JSX.Element => (
    <button key={key} type="button" aria-label={label} onClick={() => press(key)}>
      {face}
    </button>
  );
  return (
    <div class="underkeys">
      <Answers view={view} />
      {isWriting.value && <Compose view={view} onClose={() => (isWriting.value = false)} />}
      <div class="keybar" role="toolbar" aria-label="Keys" onMouseDown={keepFocus} onPointerDown={keepFocus}>
        {FIRST.map(button)}
        <button type="button" aria-pressed={view.ctrl.value} onClick={() => (view.ctrl.value = !view.ctrl.value)}>
          Ctrl
        </button>
        {ARROWS.map(button)}
        <button
          type="button"
          aria-label="Write"
          aria-pressed={isWriting.value}
          onClick={() => (isWriting.value = !isWriting.value)}
        >
          <Icon name="edit" size={17} />
        </button>
        {button(['Interrupt', '^C', 'Control C'])}
        {SIGNS.map(([sign, label]) => (
          <button key={sign} type="button" aria-label={label} onClick={() => view.type(sign)}>
            {sign}
          </button>
        ))}
        <button type="button" aria-label="Paste" onClick={() => void pasteInto(view)}>
          <Icon name="paste" size={17} />
        </button>
        {!view.isGuest && (
          <button type="button" aria-label="Send a picture or a file" onClick={() => chooseFiles(view)}>
            <Icon name="upload" size={17} />
          </button>
        )}
      </div>
    </div>
  );
}
