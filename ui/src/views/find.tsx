/** The small bar that finds text in a terminal's history. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { TerminalView } from '../term/view';
import { Icon } from '../ui/icons';

export function FindBar({ view }: { view: TerminalView }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [found, setFound] = useState(true);
  useLayoutEffect(() => input.current?.focus(), []);
  const find = (backwards: boolean): void => setFound(view.findNext(input.current?.value ?? '', backwards));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') view.closeFind();
    else if (event.key === 'Enter') find(!event.shiftKey);
  };
  return (
    <div class="find" role="search">
      <input
        ref={input}
        type="search"
        aria-label="Find in terminal"
        aria-invalid={!found}
        placeholder="Find"
        onInput={() => find(true)}
        onKeyDown={onKeyDown}
      />
      <button type="button" class="icon-button" aria-label="Previous" onClick={() => find(true)}>
        <Icon name="up" />
      </button>
      <button type="button" class="icon-button" aria-label="Next" onClick={() => find(false)}>
        <Icon name="down" />
      </button>
      <button type="button" class="icon-button" aria-label="Close" onClick={() => view.closeFind()}>
        <Icon name="close" />
      </button>
    </div>
  );
}
