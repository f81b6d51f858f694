/** The command palette: a few letters find a session, an action, a page or an agent to start. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

import { profiles, refreshProfiles } from '../api/profiles';
import { Icon } from '../ui/icons';
import { type Found, find, marked } from './find';
import { Keys } from './keycaps';
import { keysOf } from './keys';
import './palette.css';
import { type Command, offered } from './registry';
import './sources';

const ID = 'palette-found';

export function Palette({ onClose }: { onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useMemo(offered, [profiles.value]);
  const found = useMemo(() => find(list, query), [list, query]);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    if (profiles.value === null) void refreshProfiles().catch(() => {}); // without them the rest is there
  }, []);
  useLayoutEffect(() => {
    dialog.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [at, found]);
  const choose = (command: Command): void => {
    onClose();
    setTimeout(command.run); // once this dialog is gone
  };
  const move = (event: KeyboardEvent): void => {
    const last = found.length - 1;
    const to = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last, PageDown: Math.min(at + 8, last), PageUp: Math.max(at - 8, 0) }[event.key];
    if (to !== undefined) setAt(to);
    else if (event.key === 'Enter' && !event.isComposing) {
      const chosen = found[at];
      if (chosen) choose(chosen.command);
    } else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label="All commands"
      onClose={onClose}
      onMouseDown={(event) => event.target === dialog.current && onClose()}
    >
      <div class="palette-field">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label="Find a session or a command"
          aria-expanded="true"
          aria-controls={ID}
          aria-activedescendant={found.length > 0 ? `${ID}-${at}` : undefined}
          aria-autocomplete="list"
          autocomplete="off"
          spellcheck={false}
          placeholder="Find a session or a command"
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={move}
        />
        <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      </div>
      <ul id={ID} class="palette-list" role="listbox" aria-label="Found">
        {found.map((one, index) => (
          <Entry
            key={one.command.id}
            found={one}
            id={`${ID}-${index}`}
            heading={query === '' && found[index - 1]?.command.group !== one.command.group}
            isAt={index === at}
            withGroup={query !== ''}
            onPoint={() => setAt(index)}
            onChoose={() => choose(one.command)}
          />
        ))}
      </ul>
      {found.length === 0 && <p class="palette-none">Nothing is called so.</p>}
    </dialog>
  );
}

interface EntryProps {
  found: Found;
  id: string;
  heading: boolean;
  isAt: boolean;
  withGroup: boolean;
  onPoint: () => void;
  onChoose: () => void;
}

function Entry({ found, id, heading, isAt, withGroup, onPoint, onChoose }: EntryProps): JSX.Element {
  const { command, at } = found;
  const [keys] = keysOf(command);
  return (
    <>
      {heading && (
        <li class="palette-heading" role="presentation">
          {command.group}
        </li>
      )}
      <li
        id={id}
        class="palette-entry"
        role="option"
        aria-selected={isAt}
        onPointerMove={() => !isAt && onPoint()}
        onClick={onChoose}
      >
        <span class="palette-icon">
          <Icon name={command.icon ?? 'command'} size={16} />
        </span>
        <span class="palette-title">
          {marked(command.title, at).map(({ text, isMeant }, index) => (isMeant ? <b key={index}>{text}</b> : text))}
        </span>
        <span class="palette-hint">{command.hint ?? (withGroup ? command.group : '')}</span>
        {keys && <Keys keys={keys} />}
      </li>
    </>
  );
}
