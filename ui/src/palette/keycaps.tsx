/** A key combination as keycaps. */
import type { JSX } from 'preact';

import { spelled } from './keys';

export function Keys({ keys }: { keys: string }): JSX.Element {
  return (
    <span class="keycaps">
      {spelled(keys).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
