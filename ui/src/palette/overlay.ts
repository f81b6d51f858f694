/** Which dialog lies over the page: the palette, the help, a new session, or what is done to one. */
import { signal } from '@preact/signals';

export type Action = 'edit' | 'share' | 'stop' | 'restart' | 'switch' | 'delete';

export type Overlay =
  | { kind: 'palette' | 'help' | 'profiles' }
  | { kind: 'launch'; agent?: string; profile?: string }
  | { kind: 'action'; what: Action; id: string; onClosed?: (() => void) | undefined };

export const overlay = signal<Overlay | null>(null);

export const open = (next: Overlay): void => {
  overlay.value = next;
};
export const close = (): void => {
  overlay.value = null;
};
