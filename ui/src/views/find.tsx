/** The small bar that finds text in a terminal's history: a pattern, a case, and how often it is there. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { TerminalView } from '../term/view';
import { Icon } from '../ui/icons';

export function FindBar({ view }: { view: TerminalView }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [isFound, setFound] = useState(true);
  const [caseSensitive, setCase] = useState(false);
  const [regex, setRegex] = useState(false);
  useLayoutEffect(() => input.current?.focus(), []);
  const find = (backwards: boolean, how = { caseSensitive, regex }): void =>
    setFound(view.findNext(input.current?.value ?? '', { backwards, ...how }));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') view.closeFind();
    else if (event.key === 'Enter') find(!event.shiftKey);
    else return;
    event.preventDefault();
  };
  const found = view.found.value;
  const count = !isFound ? 'None' : found && found.count > 0 ? `${found.at < 0 ? '–' : found.at + 1} of ${found.count}` : '';
  return (
    <div class="find" role="search">
      <input
        ref={input}
        type="search"
        aria-label="Find in terminal"
        aria-invalid={!isFound}
        placeholder="Find"
        onInput={() => find(true)}
        onKeyDown={onKeyDown}
      />
      <span class="find-count" role="status">
        {count}
      </span>
      <button
        type="button"
        class="icon-button find-toggle"
        aria-label="Match case"
        title="Match case"
        aria-pressed={caseSensitive}
        onClick={() => {
          setCase(!caseSensitive);
          find(true, { caseSensitive: !caseSensitive, regex });
        }}
      >
        Aa
      </button>
      <button
        type="button"
        class="icon-button find-toggle"
        aria-label="Regular expression"
        title="Regular expression"
        aria-pressed={regex}
        onClick={() => {
          setRegex(!regex);
          find(true, { caseSensitive, regex: !regex });
        }}
      >
        .*
      </button>
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
