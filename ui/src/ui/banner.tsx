/** A line across the page that says what is wrong right now, and goes away by itself when it no longer is. */
import type { ComponentChildren, JSX } from 'preact';

import { Icon } from './icons';

interface Props {
  tone: 'warning' | 'danger' | 'info';
  busy?: boolean;
  children: ComponentChildren;
}

export function Banner({ tone, busy, children }: Props): JSX.Element {
  return (
    <div class={`banner banner-${tone}`} role="status">
      {busy ? <span class="spinner" aria-hidden="true" /> : <Icon name="warning" />}
      <div class="banner-text">{children}</div>
    </div>
  );
}
