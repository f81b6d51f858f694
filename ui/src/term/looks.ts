/** Keeps a terminal as the settings want it: colours, letters, what a screen reader hears. */
import { effect } from '@preact/signals';
import type { Terminal } from '@xterm/xterm';

import { blinks, FONT_SIZES, fontSize, isRead } from '../preferences';
import { screenLook } from '../theme';
import { fontNames, fontPx } from './metrics';
import { colours, leastContrast } from './theme';

/** `fitted`: the size of its letters has changed. What is returned ends it. */
export function followSettings(terminal: Terminal, fitted: () => void): () => void {
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const undo = [
    effect(() => {
      terminal.options.theme = colours[screenLook.value];
      terminal.options.minimumContrastRatio = leastContrast[screenLook.value];
    }),
    effect(() => {
      terminal.options.cursorBlink = blinks.value && !isCalm;
      terminal.options.screenReaderMode = isRead.value;
    }),
    effect(() => {
      terminal.options.fontFamily = fontNames();
      terminal.options.fontSize = fontPx();
      fitted();
    }),
  ];
  return () => undo.forEach((end) => end());
}

/** Larger or smaller letters in every terminal; 0: the usual ones. */
export function zoom(by: number): void {
  const next = Math.round(fontPx()) + by;
  fontSize.value = by === 0 ? 0 : Math.min(FONT_SIZES.most, Math.max(FONT_SIZES.least, next));
}
