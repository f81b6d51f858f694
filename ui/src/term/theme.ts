/** The terminal's colours in the three looks; dark is the usual one, because the server tells programs a dark background. */
import type { ITheme } from '@xterm/xterm';

const dark: ITheme = {
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

/** What programs paint for a dark background stays readable here by xterm's least contrast. */
const light: ITheme = {
  background: '#fbfcfe',
  foreground: '#1f2733',
  cursor: '#2257c5',
  cursorAccent: '#fbfcfe',
  selectionBackground: '#bcd3ff',
  scrollbarSliderBackground: '#00000024',
  scrollbarSliderHoverBackground: '#00000042',
  scrollbarSliderActiveBackground: '#0000005c',
  black: '#1f2733',
  red: '#b3261e',
  green: '#1a7742',
  yellow: '#8a5a00',
  blue: '#2257c5',
  magenta: '#8a2fb0',
  cyan: '#0b7285',
  white: '#5f6b7c',
  brightBlack: '#566274',
  brightRed: '#c9302f',
  brightGreen: '#1c8a55',
  brightYellow: '#a06a00',
  brightBlue: '#2b62d9',
  brightMagenta: '#a03fc9',
  brightCyan: '#0e8499',
  brightWhite: '#2b3442',
};

const contrast: ITheme = {
  ...dark,
  background: '#000000',
  foreground: '#ffffff',
  cursor: '#ffff00',
  cursorAccent: '#000000',
  selectionBackground: '#1d5fe0',
  selectionForeground: '#ffffff',
  scrollbarSliderBackground: '#ffffff80',
  scrollbarSliderHoverBackground: '#ffffffb0',
  scrollbarSliderActiveBackground: '#ffffff',
  brightBlack: '#a7b0bf',
  white: '#ffffff',
  brightWhite: '#ffffff',
};

export const colours = { dark, light, contrast };
/** How much letters must stand out from what is behind them. */
export const leastContrast = { dark: 4.5, light: 4.5, contrast: 7 };

/** Marks of the find bar. */
export const marks = {
  dark: { match: '#5a4a12', active: '#c98a1b', ruler: '#c9a227' },
  light: { match: '#ffe9a3', active: '#ffb84d', ruler: '#b07708' },
  contrast: { match: '#5a4a00', active: '#b36b00', ruler: '#ffd166' },
};
