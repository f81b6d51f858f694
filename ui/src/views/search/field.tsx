/** The field of the search, with words that sessions have printed as suggestions. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';

import { suggestions } from '../../api/search';
import { useElsewhere } from '../../ui/elsewhere';
import { Icon } from '../../ui/icons';
import { completed, lastWord } from './asked';

const SETTLES_MS = 140;
const FROM_LETTERS = 2;

export function SearchField({ q, onSearch }: { q: string; onSearch: (q: string) => void }): JSX.Element {
  const text = useSignal(q);
  const offered = useSignal<string[]>([]);
  const chosen = useSignal(-1);
  const list = useId();
  const root = useRef<HTMLFormElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  const close = (): void => {
    clearTimeout(timer.current);
    offered.value = [];
    chosen.value = -1;
  };
  useElsewhere(root, offered.value.length > 0, close);
  useLayoutEffect(() => input.current?.focus(), []);
  useEffect(() => {
    text.value = q;
    close();
  }, [q]);
  useEffect(() => close, []);
  const typed = (now: string): void => {
    text.value = now;
    close();
    if (lastWord(now).length < FROM_LETTERS) return;
    timer.current = window.setTimeout(() => {
      suggestions(now).then(
        (words) => {
          if (text.value === now) offered.value = words.filter((word) => word !== lastWord(now));
        },
        () => {}, // the search itself says what is wrong
      );
    }, SETTLES_MS);
  };
  const take = (word: string): void => {
    typed(completed(text.value, word));
    input.current?.focus();
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    close();
    onSearch(text.value.trim());
  };
  const keys = (event: KeyboardEvent): void => {
    const words = offered.value;
    if (words.length === 0) return;
    if (event.key === 'ArrowDown') chosen.value = (chosen.value + 1) % words.length;
    else if (event.key === 'ArrowUp') chosen.value = chosen.value <= 0 ? words.length - 1 : chosen.value - 1;
    else if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && words[chosen.value]) take(words[chosen.value]!);
    else return;
    event.preventDefault();
  };
  const isOpen = offered.value.length > 0;
  return (
    <form class="search-field" role="search" ref={root} onSubmit={submit}>
      <Icon name="search" size={20} />
      <input
        ref={input}
        type="text"
        inputMode="search"
        enterkeyhint="search"
        name="q"
        role="combobox"
        aria-label="Search in what sessions said"
        aria-expanded={isOpen}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={chosen.value >= 0 ? `${list}-${chosen.value}` : undefined}
        placeholder="What a session said"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={1000}
        value={text.value}
        onInput={(event) => typed(event.currentTarget.value)}
        onKeyDown={keys}
      />
      <button class="button button-primary">Search</button>
      <ul id={list} class="search-words" role="listbox" aria-label="Suggestions" hidden={!isOpen}>
        {offered.value.map((word, place) => (
          <li
            key={word}
            id={`${list}-${place}`}
            role="option"
            aria-selected={place === chosen.value}
            onPointerDown={(event) => {
              event.preventDefault(); // the field keeps the focus
              take(word);
            }}
          >
            {word}
          </li>
        ))}
      </ul>
    </form>
  );
}
