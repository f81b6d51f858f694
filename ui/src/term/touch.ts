/** Scrolls by finger, which xterm 6 does not do: history in the normal screen, wheel turns for full-screen programs; two zoom. */
import type { Terminal } from '@xterm/xterm';

import { zoom } from './looks';

const PINCH_STEP = 1.12;

export function touchScroll(terminal: Terminal, element: HTMLElement): void {
  let last: { x: number; y: number } | null = null;
  let rest = 0;
  let apart = 0; // how far two fingers are, as of the last change of size
  element.addEventListener(
    'touchstart',
    (event) => {
      const touch = event.touches.length === 1 ? event.touches[0] : undefined;
      last = touch ? { x: touch.clientX, y: touch.clientY } : null;
      rest = 0;
      apart = spread(event.touches);
    },
    { passive: true },
  );
  element.addEventListener(
    'touchmove',
    (event) => {
      const touch = event.touches[0];
      const wide = spread(event.touches);
      if (apart > 0 && wide > 0) {
        event.preventDefault();
        const ratio = wide / apart;
        if (ratio < PINCH_STEP && ratio > 1 / PINCH_STEP) return;
        zoom(ratio > 1 ? 1 : -1);
        apart = wide;
        return;
      }
      if (last === null || !touch) return;
      event.preventDefault();
      const lineHeight = element.clientHeight / terminal.rows || 16;
      rest += pan(element.parentElement, last.x - touch.clientX, last.y - touch.clientY);
      last = { x: touch.clientX, y: touch.clientY };
      const lines = Math.trunc(rest / lineHeight);
      if (lines === 0) return;
      rest -= lines * lineHeight;
      if (terminal.buffer.active.type === 'normal') terminal.scrollLines(lines);
      else turnWheel(terminal, lines * lineHeight, touch);
    },
    { passive: false },
  );
}

function spread(touches: TouchList): number {
  const [one, other] = [touches[0], touches[1]];
  return one && other ? Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) : 0;
}

/** Moves a screen that is larger than its frame, as a watcher's may be; what is left of the way down is for the history. */
function pan(frame: HTMLElement | null, x: number, y: number): number {
  if (!frame) return y;
  const before = frame.scrollTop;
  frame.scrollLeft += x;
  frame.scrollTop += y;
  return y - (frame.scrollTop - before);
}

function turnWheel(terminal: Terminal, deltaY: number, { clientX, clientY }: Touch): void {
  const wheel = { deltaY, clientX, clientY, bubbles: true, cancelable: true };
  terminal.element?.querySelector('.xterm-screen')?.dispatchEvent(new WheelEvent('wheel', wheel));
}
