/** A field for a folder of the server, which completes what is typed. */
import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

import { get } from '../api/client';
import { useElsewhere } from '../ui/elsewhere';

const PAUSE_MS = 120;
const MOST = 12;

interface Props {
  name: string;
  placeholder: string;
  required?: boolean;
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The folders that begin so; none while nothing is typed. */
function useFolders(beginning: string): string[] {
  const [found, setFound] = useState<string[]>([]);
  useEffect(() => {
    if (!beginning.startsWith('/')) return setFound([]);
    let gone = false;
    const timer = setTimeout(() => {
      get('/api/dirs', { params: { query: { q: beginning } } }).then(
        ({ dirs }) => !gone && setFound(dirs.slice(0, MOST)),
        () => !gone && setFound([]), // one types the rest oneself
      );
    }, PAUSE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [beginning]);
  return found;
}

export function FolderInput({ name, placeholder, required }: Props): JSX.Element {
  const id = useId();
  const root = useRef<HTMLSpanElement>(null);
  const [text, setText] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const folders = useFolders(isOpen ? text : '');
  const isShown = isOpen && folders.length > 0;
  useElsewhere(root, isOpen, () => setOpen(false));
  const take = (folder: string): void => {
    setText(`${folder}/`);
    setAt(-1);
  };
  const keys = (event: KeyboardEvent): void => {
    if (!isShown) return;
    const chosen = folders[at];
    if (event.key === 'ArrowDown') setAt((at + 1) % folders.length);
    else if (event.key === 'ArrowUp') setAt((at <= 0 ? folders.length : at) - 1);
    else if (event.key === 'Enter' && chosen) take(chosen);
    else if (event.key === 'Tab' && !event.shiftKey && (chosen ?? folders[1] === undefined)) take(chosen ?? folders[0]!);
    else if (event.key === 'Escape') setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span class="folder" ref={root}>
      <input
        name={name}
        class="mono"
        role="combobox"
        aria-expanded={isShown}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={isShown && at >= 0 ? `${id}-${at}` : undefined}
        autocomplete="off"
        spellcheck={false}
        required={required}
        placeholder={placeholder}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(-1);
          setOpen(true);
        }}
        onKeyDown={keys}
      />
      <span id={id} class="folder-list" role="listbox" aria-label="Suggestions" hidden={!isShown}>
        {folders.map((folder, index) => (
          <span
            key={folder}
            id={`${id}-${index}`}
            class="folder-entry"
            role="option"
            aria-selected={index === at}
            title={folder}
            onMouseDown={(event) => {
              event.preventDefault(); // the field keeps the keyboard
              take(folder);
            }}
          >
            {lastPart(folder)}/
          </span>
        ))}
      </span>
    </span>
  );
}
