/** What the window and the system are like, as signals: `media('(max-width: 640px)').value`. */
import { signal, type ReadonlySignal } from '@preact/signals';

export function media(query: string): ReadonlySignal<boolean> {
  const asked = matchMedia(query);
  const made = signal(asked.matches);
  asked.addEventListener('change', () => (made.value = asked.matches));
  return made;
}

export const isPhone = media('(max-width: 640px)');
export const isNarrow = media('(max-width: 900px)');
export const hasFingers = media('(pointer: coarse)');
