/** Keys that mean something to the page rather than to the program, and what the phone's key bar sends. */
import type { Terminal } from '@xterm/xterm';

export interface KeyActions {
  copy(): void;
  find(): void;
}

/** Ctrl+Shift+C copies, Ctrl+Shift+F finds, Ctrl+Shift+V is left to the browser, which pastes; all else is the program's. */
export function handleKeys(terminal: Terminal, actions: KeyActions): void {
  terminal.attachCustomKeyEventHandler((event) => {
    if (!event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey) return true;
    const action = { KeyC: actions.copy, KeyF: actions.find, KeyV: null }[event.code];
    if (action === undefined) return true;
    if (action && event.type === 'keydown') {
      event.preventDefault(); // Ctrl+Shift+C is the browser's inspector
      action();
    }
    return false;
  });
}

export type BarKey = 'Esc' | 'Tab' | 'Up' | 'Down' | 'Left' | 'Right' | 'Interrupt';

const ARROWS = { Up: 'A', Down: 'B', Right: 'C', Left: 'D' } as const;

/** What a key of the key bar sends; arrows depend on the mode the program has set. */
export function barSequence(key: BarKey, applicationCursor: boolean): string {
  switch (key) {
    case 'Esc':
      return '\x1b';
    case 'Tab':
      return '\t';
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
