/** Short messages in the corner that leave by themselves. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';

interface Toast {
  id: number;
  text: string;
  tone: 'info' | 'danger';
}

const SHOWN_MS = 5000;
const toasts = signal<Toast[]>([]);
let last = 0;

export function toast(text: string, tone: Toast['tone'] = 'info'): void {
  const id = ++last;
  toasts.value = [...toasts.value, { id, text, tone }];
  setTimeout(() => {
    toasts.value = toasts.value.filter((other) => other.id !== id);
  }, SHOWN_MS);
}

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, tone }) => (
        <div key={id} class={`toast toast-${tone}`}>
          {text}
        </div>
      ))}
    </div>
  );
}
