/** How many cells a terminal will have in this window, before there is one: a program begun at another size is redrawn. */
import { places, WHOLE } from '../layout/places';
import { layout } from '../layout/store';
import { focused } from '../layout/tree';
import { fontFamily, fontSize } from '../preferences';
import { wantsWebgl } from './renderer';

export const LINE_HEIGHT = 1.15;
const SCROLLBAR_PX = 14; // what FitAddon leaves for it
const HEAD_PX = 48;
const TABS_PX = 38;
const PHONE_TABS_PX = 46;
const TOPBAR_PX = 52;
const KEYBAR_PX = 105;
const RAIL_PX = 248;

/** The size of letters that was chosen, or what suits the window. */
export const fontPx = (): number => fontSize.value || (matchMedia('(max-width: 640px)').matches ? 12 : 14);

/** Chosen font first; `--mono` is always there to fall back to. */
export function fontNames(): string {
  const usual = getComputedStyle(document.documentElement).getPropertyValue('--mono').trim() || 'monospace';
  return fontFamily.value ? `'${fontFamily.value}', ${usual}` : usual;
}

export function expectedSize(): { cols: number; rows: number } {
  const cell = cellSize();
  const wide = !matchMedia('(max-width: 900px)').matches;
  const phone = matchMedia('(max-width: 640px)').matches;
  const touch = matchMedia('(pointer: coarse)').matches;
  const goal = focused(layout.value);
  const share = phone ? WHOLE : (places(layout.value.root).panes.find(({ pane }) => pane === goal)?.box ?? WHOLE);
  const panes = window.innerHeight - HEAD_PX - (phone ? PHONE_TABS_PX : 0) - (wide ? TOPBAR_PX : 0);
  const width = (window.innerWidth - (wide ? RAIL_PX : 0)) * share.width - (phone ? 8 : 16) - SCROLLBAR_PX;
  const height = panes * share.height - (phone ? 0 : TABS_PX) - (touch ? KEYBAR_PX : 0) - (phone ? 10 : 14);
  return { cols: Math.max(10, Math.floor(width / cell.width)), rows: Math.max(4, Math.floor(height / cell.height)) };
}

/** As xterm measures: WebGL draws whole device pixels, the DOM renderer only whole lines. */
function cellSize(): { width: number; height: number } {
  const probe = document.createElement('span');
  probe.textContent = 'W'.repeat(32);
  probe.style.cssText = `position:absolute;visibility:hidden;white-space:pre;line-height:normal;font:${fontPx()}px ${fontNames()}`;
  document.body.append(probe);
  const { width, height } = probe.getBoundingClientRect();
  probe.remove();
  const pixels = window.devicePixelRatio || 1;
  const wide = (width / 32) * pixels;
  return {
    width: (wantsWebgl() ? Math.floor(wide) : wide) / pixels,
    height: Math.floor(Math.ceil(height * pixels) * LINE_HEIGHT) / pixels,
  };
}
