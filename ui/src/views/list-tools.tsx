/** What stands over the list: words to look for, states, agents, the order and the groups. */
import type { JSX } from 'preact';

import { agentsById } from '../api/sessions';
import { Icon } from '../ui/icons';
import {
  agentShown,
  agentsThere,
  counts,
  type Group,
  group,
  GROUPS,
  type Sort,
  sort,
  SORTS,
  type StateShown,
  STATES,
  stateShown,
  tagShown,
  words,
} from './list-order';
import './list-tools.css';

export const FIELD = 'list-words';

export function Tools(): JSX.Element {
  return (
    <div class="list-tools" role="search" aria-label="Sessions">
      <span class="list-words">
        <Icon name="search" size={16} />
        <input
          id={FIELD}
          type="search"
          aria-label="Find a session"
          placeholder="Find by name, folder, branch, tag"
          autocomplete="off"
          spellcheck={false}
          value={words.value}
          onInput={(event) => (words.value = event.currentTarget.value)}
          onKeyDown={fieldKeys}
        />
      </span>
      <div class="list-selects">
        {agentsThere.value.length > 1 && (
          <select
            aria-label="Which agents"
            value={agentShown.value}
            onChange={(event) => (agentShown.value = event.currentTarget.value)}
          >
            <option value="">All agents</option>
            {agentsThere.value.map((id) => (
              <option key={id} value={id}>
                {agentsById.value.get(id)?.name ?? id}
              </option>
            ))}
          </select>
        )}
        <select
          aria-label="Order"
          value={sort.value}
          onChange={(event) => (sort.value = event.currentTarget.value as Sort)}
        >
          {Object.entries(SORTS).map(([id, text]) => (
            <option key={id} value={id}>
              {text}
            </option>
          ))}
        </select>
        <select
          aria-label="Groups"
          value={group.value}
          onChange={(event) => (group.value = event.currentTarget.value as Group)}
        >
          {Object.entries(GROUPS).map(([id, text]) => (
            <option key={id} value={id}>
              {text}
            </option>
          ))}
        </select>
      </div>
      <div class="list-states" role="group" aria-label="Which states">
        {Object.entries(STATES).map(([state, text]) => (
          <StateChip key={state} state={state as StateShown} text={text} />
        ))}
        {tagShown.value && (
          <button
            type="button"
            class="tag list-tag"
            aria-label={`Show all, not only ${tagShown.value}`}
            onClick={() => (tagShown.value = '')}
          >
            {tagShown.value} <Icon name="close" size={12} />
          </button>
        )}
      </div>
    </div>
  );
}

function StateChip({ state, text }: { state: StateShown; text: string }): JSX.Element {
  const isShown = stateShown.value === state;
  return (
    <button
      type="button"
      class={`chip chip-${state || 'all'}`}
      aria-pressed={isShown}
      onClick={() => (stateShown.value = isShown ? '' : state)}
    >
      {text} <span class="chip-count">{counts.value[state]}</span>
    </button>
  );
}

function fieldKeys(event: KeyboardEvent): void {
  if (event.key === 'Escape' && words.value) words.value = '';
  else if (event.key === 'ArrowDown' || event.key === 'Enter') {
    const first = document.querySelector<HTMLElement>('.row-link');
    if (event.key === 'Enter') first?.click();
    else first?.focus();
  } else return;
  event.preventDefault();
}

const STEPS: Record<string, number> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

/** Arrows (and j, k) go from row to row, Home and End to the first and the last. */
export function listKeys(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (!target.classList.contains('row-link') || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...document.querySelectorAll<HTMLElement>('.row-link')];
  const at = rows.indexOf(target);
  const to = event.key === 'Home' ? 0 : event.key === 'End' ? rows.length - 1 : at + (STEPS[event.key] ?? 0);
  if (to === at && !(event.key in STEPS)) return;
  event.preventDefault();
  if (to < 0) document.getElementById(FIELD)?.focus();
  else rows[to]?.focus();
}
