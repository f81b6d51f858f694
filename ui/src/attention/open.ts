/** Whether the panel of those that wait is open. */
import { signal } from '@preact/signals';

export const isOpen = signal(false);
