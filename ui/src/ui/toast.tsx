/** Short messages in the corner that leave by themselves; one about a session leads to it. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';

import { follow, sessionPath } from '../router';

interface Toast {
  id: number;
  text: string;
  tone: 'info' | 'danger';
  session: string | undefined;
}

const SHOWN_MS = 5000;
const toasts = signal<Toast[]>([]);
let last = 0;

export function toast(text: string, tone: Toast['tone'] = 'info', session?: string): void {
  const id = ++last;
  toasts.value = [...toasts.value.filter((other) => !session || other.session !== session), { id, text, tone, session }];
  setTimeout(() => {
    toasts.value = toasts.value.filter((other) => other.id !== id);
  }, SHOWN_MS);
}

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, tone, session }) => (
        <div key={id} class={`toast toast-${tone}`}>
          {session ? (
            <a href={sessionPath(session)} onClick={follow}>
              {text} <span class="link">Show</span>
            </a>
          ) : (
            text
          )}
        </div>
      ))}
    </div>
  );
}
