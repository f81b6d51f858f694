/** The keys of the player: for wherever the focus is on its page, apart from fields and what has those keys itself. */
import { useEffect, useRef } from 'preact/hooks';

interface Acts {
  toggle: () => void;
  fill: () => void;
  goToMark: (by: 1 | -1) => void;
  /** Seconds. */
  moveBy: (seconds: number) => void;
  /** A share of the whole. */
  moveTo: (share: number) => void;
  faster: (by: 1 | -1) => void;
}

export const KEYS_TEXT = 'Space plays · ← → 5 s · [ ] markers · < > speed · 0–9 jump · F full screen';

const OWN_KEYS = 'input:not([type=range]):not([type=checkbox]), select, textarea, [contenteditable], dialog, [role=menu]';
const PRESSED_BY_SPACE = 'button, a, summary, input';

export function usePlayerKeys(acts: Acts): void {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : document.body;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.closest(OWN_KEYS) || document.querySelector('dialog[open]')) return;
      if (event.key === ' ' && target.closest(PRESSED_BY_SPACE) && !target.matches('[type=range]')) return;
      if (!act(event.key, latest.current)) return;
      event.preventDefault();
      event.stopPropagation(); // asciinema-player has keys of its own
    };
    document.addEventListener('keydown', hear, true);
    return () => document.removeEventListener('keydown', hear, true);
  }, []);
}

/** Whether the key is one of ours. */
function act(key: string, { toggle, fill, goToMark, moveBy, moveTo, faster }: Acts): boolean {
  const found: Record<string, () => void> = {
    ' ': toggle,
    k: toggle,
    f: fill,
    ArrowLeft: () => moveBy(-5),
    ArrowRight: () => moveBy(5),
    j: () => moveBy(-10),
    l: () => moveBy(10),
    '[': () => goToMark(-1),
    ']': () => goToMark(1),
    '<': () => faster(-1),
    '>': () => faster(1),
  };
  const act = /^\d$/.test(key) ? () => moveTo(Number(key) / 10) : found[key];
  act?.();
  return act !== undefined;
}
