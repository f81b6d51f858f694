/** Shows a screen of a given size in a window of another: a smaller font first, scrolling when that gets unreadable. */
import type { Terminal } from '@xterm/xterm';

const SMALLEST_PX = 6;
const STEP_PX = 0.25;

/** The largest font, in steps, at which a screen of `size` at `font` fits into `room`. */
export function fittingFont(font: number, size: Size, room: Size, largest: number): number {
  const ratio = Math.min(room.width / size.width, room.height / size.height);
  const wanted = Math.floor((font * ratio) / STEP_PX) * STEP_PX;
  return Math.min(largest, Math.max(SMALLEST_PX, wanted));
}

interface Size {
  width: number;
  height: number;
}

/** Sets the font, and gives the host the screen's own size, so that its frame can scroll it. */
export function fontToFit(terminal: Terminal, host: HTMLElement, largest: number): void {
  const frame = host.parentElement;
  const screen = host.querySelector<HTMLElement>('.xterm-screen');
  if (!frame || !screen) return;
  for (let pass = 0; pass < 3; pass++) {
    // Cells are whole device pixels, so the first answer may be a little too large.
    const size = { width: screen.clientWidth, height: screen.clientHeight };
    if (!size.width || !size.height) return;
    const font = terminal.options.fontSize ?? largest;
    const next = fittingFont(font, size, { width: frame.clientWidth, height: frame.clientHeight }, largest);
    const same = next === font || (pass > 0 && next > font);
    if (same) break;
    terminal.options.fontSize = next;
  }
  host.style.width = `${screen.clientWidth}px`;
  host.style.height = `${screen.clientHeight}px`;
}
