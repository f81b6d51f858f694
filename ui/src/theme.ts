/** Puts the chosen theme on the page: `data-theme` for the styles, `data-screen` for what lies around a terminal. */
import { computed, effect } from '@preact/signals';

import { screenColours, theme } from './preferences';
import { media } from './ui/media';

const wantsLight = media('(prefers-color-scheme: light)');
const wantsContrast = media('(prefers-contrast: more)');

/** How the page looks now, whoever has chosen it. */
export const look = computed<'dark' | 'light' | 'contrast'>(() => {
  if (theme.value !== 'system') return theme.value;
  if (wantsContrast.value) return 'contrast';
  return wantsLight.value ? 'light' : 'dark';
});

/** How terminals look: dark in a light page too, unless somebody wants it otherwise, for programs are told a dark background. */
export const screenLook = computed<'dark' | 'light' | 'contrast'>(() => {
  if (look.value === 'contrast') return 'contrast';
  return screenColours.value === 'page' ? look.value : screenColours.value;
});

const BAR_COLOURS = { dark: '#12171e', light: '#ffffff', contrast: '#000000' };

effect(() => {
  const root = document.documentElement;
  root.dataset.theme = look.value;
  root.dataset.screen = screenLook.value;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
    meta.content = BAR_COLOURS[look.value]; // what a phone paints around the page
  }
});
