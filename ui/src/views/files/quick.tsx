/** Opens a file by a part of its name, with the keyboard alone. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId } from 'preact/hooks';

import { type Match, search } from '../../api/files';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icons';
import { baseName, folderOf, within } from './paths';
import type { Workspace } from './workspace';

const PAUSE_MS = 120;

export function QuickOpen({ of, onClose }: { of: Workspace; onClose: () => void }): JSX.Element {
  const query = useSignal('');
  const found = useSignal<readonly Match[] | null>(null);
  const at = useSignal(0);
  const listId = useId();
  const word = query.value.trim();
  useEffect(() => {
    if (!word) {
      found.value = null;
      return;
    }
    let gone = false;
    const asking = setTimeout(() => {
      search(of.id, { query: word, kind: 'name', limit: 60 }).then(
        ({ matches }) => {
          if (gone) return;
          found.value = matches.filter((match) => match.type !== 'directory').slice(0, 40);
          at.value = 0;
        },
        () => !gone && (found.value = []),
      );
    }, PAUSE_MS);
    return () => {
      gone = true;
      clearTimeout(asking);
    };
  }, [word]);
  const shown: readonly Match[] = word ? (found.value ?? []) : of.files.value.map((file) => file.at);
  const open = (match: Match | undefined): void => {
    if (!match) return;
    onClose();
    of.openFile(match);
  };
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) at.value = (at.value + step + shown.length) % shown.length;
    else if (event.key === 'Enter') open(shown[at.value]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Open a file" onClose={onClose}>
      <input
        type="search"
        role="combobox"
        list={undefined}
        aria-label="Part of the file’s name"
        aria-expanded={shown.length > 0}
        aria-controls={listId}
        aria-activedescendant={shown.length ? `${listId}-${at.value}` : undefined}
        placeholder="Part of its name"
        autofocus
        autocomplete="off"
        spellcheck={false}
        value={query.value}
        onInput={(event) => (query.value = event.currentTarget.value)}
        onKeyDown={keys}
      />
      <div class="quick-list" role="listbox" id={listId} aria-label="Files">
        {shown.map((match, index) => (
          <div
            key={match.path}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at.value}
            class="found-file"
            onMouseDown={(event) => {
              event.preventDefault();
              open(match);
            }}
          >
            <Icon name="file" size={15} />
            <span class="found-name">{baseName(match.path)}</span>
            <span class="found-folder">{within(of.root.value, folderOf(match.path)).replace(of.root.value, '')}</span>
          </div>
        ))}
      </div>
      {word && found.value?.length === 0 && <p class="muted quick-none">No file has that in its name.</p>}
    </Dialog>
  );
}
