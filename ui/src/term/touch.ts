/** Scrolls by finger, which xterm 6 does not do: history in the normal screen, wheel turns for full-screen programs. */
import type { Terminal } from '@xterm/xterm';

export function touchScroll(terminal: Terminal, element: HTMLElement): void {
  let last: number | null = null;
  let rest = 0;
  element.addEventListener(
    'touchstart',
    (event) => {
      last = event.touches.length === 1 ? (event.touches[0]?.clientY ?? null) : null;
      rest = 0;
    },
    { passive: true },
  );
  element.addEventListener(
    'touchmove',
    (event) => {
      const touch = event.touches[0];
      if (last === null || !touch) return;
      event.preventDefault();
      const lineHeight = element.clientHeight / terminal.rows || 16;
      rest += last - touch.clientY;
      last = touch.clientY;
      const lines = Math.trunc(rest / lineHeight);
      if (lines === 0) return;
      rest -= lines * lineHeight;
      if (terminal.buffer.active.type === 'normal') terminal.scrollLines(lines);
      else turnWheel(terminal, lines * lineHeight, touch);
    },
    { passive: false },
  );
}

function turnWheel(terminal: Terminal, deltaY: number, { clientX, clientY }: Touch): void {
  const wheel = { deltaY, clientX, clientY, bubbles: true, cancelable: true };
  terminal.element?.querySelector('.xterm-screen')?.dispatchEvent(new WheelEvent('wheel', wheel));
}
