/** The terminal's colours: dark in both schemes, because the server tells programs a dark background when they ask. */
import type { ITheme } from '@xterm/xterm';

export const theme: ITheme = {
  background: '#0e1116',
  foreground: '#d8dee9',
  cursor: '#8ab4ff',
  cursorAccent: '#0e1116',
  selectionBackground: '#33518a',
  scrollbarSliderBackground: '#ffffff1f',
  scrollbarSliderHoverBackground: '#ffffff3d',
  scrollbarSliderActiveBackground: '#ffffff52',
  black: '#20262f',
  red: '#f0716b',
  green: '#7fcf8b',
  yellow: '#e6c06a',
  blue: '#6ea8fe',
  magenta: '#c792ea',
  cyan: '#5ccfdc',
  white: '#cbd3df',
  brightBlack: '#6b7686',
  brightRed: '#ff8f88',
  brightGreen: '#9be6a5',
  brightYellow: '#f7d58b',
  brightBlue: '#93c0ff',
  brightMagenta: '#dcb3f7',
  brightCyan: '#86e3ee',
  brightWhite: '#f4f7fb',
};
