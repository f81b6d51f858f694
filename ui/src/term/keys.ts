/** Keys that mean something to the page rather than to the program, and what the phone's key bar sends. */
import type { Terminal } from '@xterm/xterm';

export interface KeyActions {
  copy(): void;
  find(): void;
  /** -1: smaller, 1: larger, 0: the usual size. */
  zoom(by: -1 | 0 | 1): void;
}

type Key = Pick<KeyboardEvent, 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey' | 'code' | 'key'>;

const ZOOM: Record<string, -1 | 0 | 1> = { Equal: 1, NumpadAdd: 1, Minus: -1, NumpadSubtract: -1, Digit0: 0, Numpad0: 0 };

/** As in other terminals: Ctrl and plus, minus or zero. Ctrl+Shift+Minus is a program's own (undo). */
export function zoomOf(event: Key): -1 | 0 | 1 | undefined {
  const held = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (!held || (event.shiftKey && event.code !== 'Equal')) return undefined;
  return ZOOM[event.code];
}

/** Programs read these with Ctrl+Shift: ^_ and ^@ and ^^ on some keyboards, and the arrows. */
const PROGRAMS_OWN = /^(Minus|Digit\d|Space|Arrow\w+|Home|End|Enter|Backspace|Tab|Insert|Delete)$/;

/** Inside a terminal only F1, Ctrl or Cmd with Shift, and Cmd+K are the page's. */
export function isForThePage(event: Key): boolean {
  const { ctrlKey, shiftKey, altKey, metaKey, code } = event;
  if (code === 'F1') return !ctrlKey && !shiftKey && !altKey && !metaKey;
  if (metaKey && !ctrlKey && !altKey && (shiftKey || code === 'KeyK')) return true;
  return ctrlKey && shiftKey && !altKey && !metaKey && !PROGRAMS_OWN.test(code);
}

/** Ctrl+Shift+C copies, Ctrl+Shift+F finds, Ctrl+Shift+V is left to the browser, which pastes. */
export function handleKeys(terminal: Terminal, actions: KeyActions): void {
  terminal.attachCustomKeyEventHandler((event) => {
    const zoom = zoomOf(event);
    if (zoom === undefined && !isForThePage(event)) return true;
    const action =
      zoom !== undefined ? () => actions.zoom(zoom) : { KeyC: actions.copy, KeyF: actions.find }[isChord(event) ? event.code : ''];
    if (action && event.type === 'keydown') {
      event.preventDefault(); // Ctrl+Shift+C is the browser's inspector, Ctrl+Minus its own zoom
      event.stopPropagation();
      action();
    }
    return false;
  });
}

const isChord = ({ ctrlKey, metaKey, shiftKey }: Key): boolean => (ctrlKey || metaKey) && shiftKey;

export type BarKey = 'Esc' | 'Tab' | 'Up' | 'Down' | 'Left' | 'Right' | 'Interrupt' | 'Enter';

const ARROWS = { Up: 'A', Down: 'B', Right: 'C', Left: 'D' } as const;

/** What a key of the key bar sends; arrows depend on the mode the program has set. */
export function barSequence(key: BarKey, applicationCursor: boolean): string {
  switch (key) {
    case 'Esc':
      return '\x1b';
    case 'Tab':
      return '\t';
    case 'Enter':
      return '\r';
    case 'Interrupt':
      return '\x03';
    default:
      return `\x1b${applicationCursor ? 'O' : '['}${ARROWS[key]}`;
  }
}

/** Ctrl held down on the key bar, then a key on the phone's keyboard: `c` becomes ^C. */
export function withCtrl(text: string): string {
  const code = text.toUpperCase().charCodeAt(0);
  const controllable = text.length === 1 && ((code >= 0x40 && code <= 0x5f) || code === 0x20);
  return controllable ? String.fromCharCode(code & 0x1f) : text;
}
