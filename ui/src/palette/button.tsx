/** Opens the palette, for who has no keyboard or does not know its keys yet. */
import type { JSX } from 'preact';

import { Icon } from '../ui/icons';
import { spelled } from './keys';
import { open } from './overlay';

export function CommandsButton(): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button commands-button"
      aria-label="All commands"
      title={`All commands (${spelled('Mod+K').join('+')})`}
      onClick={() => open({ kind: 'palette' })}
    >
      <Icon name="command" size={17} />
    </button>
  );
}
