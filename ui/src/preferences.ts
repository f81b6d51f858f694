/** How somebody likes the page, kept in this browser: theme, sizes, how he wants to be called. */
import { effect, signal, type Signal } from '@preact/signals';

/** A signal that is kept under `agterm.<name>`; what is stored but is no longer a good value is forgotten. */
export function preference<T>(name: string, usual: T, isGood: (value: unknown) => boolean): Signal<T> {
  const key = `agterm.${name}`;
  const made = signal(usual);
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    if (stored !== null && isGood(stored)) made.value = stored as T;
  } catch {
    // no storage, or not ours: the usual
  }
  effect(() => {
    const value = JSON.stringify(made.value);
    try {
      if (value === JSON.stringify(usual)) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // a full or forbidden storage: good for as long as the page is open
    }
  });
  return made;
}

export const oneOf =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    values.includes(value);
export const isYesOrNo = oneOf(true, false);
export const isBetween = (least: number, most: number) => (value: unknown): boolean =>
  typeof value === 'number' && value >= least && value <= most;

export const THEMES = ['system', 'dark', 'light', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

export const theme = preference<Theme>('theme', 'system', oneOf(...THEMES));

/** `page`: as light or dark as the page around them. */
export const SCREEN_COLOURS = ['dark', 'light', 'page'] as const;
export const screenColours = preference<(typeof SCREEN_COLOURS)[number]>('terminal.colours', 'dark', oneOf(...SCREEN_COLOURS));

export const FONT_SIZES = { least: 8, most: 32 };
/** Size of a terminal's letters in pixels; 0: what suits the window. */
export const fontSize = preference<number>(
  'terminal.fontSize',
  0,
  (value) => value === 0 || isBetween(FONT_SIZES.least, FONT_SIZES.most)(value),
);
/** A font's name that is tried before the usual ones. */
export const fontFamily = preference<string>(
  'terminal.font',
  '',
  (value) => typeof value === 'string' && /^[\w .-]{0,60}$/.test(value),
);
export const blinks = preference<boolean>('terminal.blinks', true, isYesOrNo);
/** Terminals tell a screen reader what they print. */
export const isRead = preference<boolean>('terminal.screenReader', false, isYesOrNo);
export const RENDERERS = ['auto', 'dom', 'webgl'] as const;
export const renderer = preference<(typeof RENDERERS)[number]>('terminal.renderer', 'auto', oneOf(...RENDERERS));
