/** What a search is narrowed to: what was printed or sent, a session, an agent, a time. */
import type { JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { agents, agentsById, byId, listed } from '../../api/sessions';
import { type Age, aged, AGES, type Asked, isTurnedRound, localOf, minuteOf } from './asked';

const KINDS: [Asked['kind'], string][] = [
  ['', 'All'],
  ['output', 'Printed'],
  ['input', 'Sent'],
];

interface Props {
  asked: Asked;
  /** `replace`: no step to go back by. */
  onChange: (part: Partial<Asked>, replace?: boolean) => void;
}

export function Filters({ asked, onChange }: Props): JSX.Element {
  const sessions = listed.value ?? [];
  const isStranger = asked.session !== '' && !byId.value.has(asked.session);
  return (
    <div class="search-filters">
      <div class="segments" role="group" aria-label="What">
        {KINDS.map(([kind, text]) => (
          <button
            key={kind}
            type="button"
            class="segment"
            aria-pressed={asked.kind === kind}
            onClick={() => onChange({ kind })}
          >
            {text}
          </button>
        ))}
      </div>
      <select
        class="pick"
        aria-label="Session"
        value={asked.session}
        onChange={(event) => onChange({ session: event.currentTarget.value })}
      >
        <option value="">All sessions</option>
        {isStranger && <option value={asked.session}>Session {asked.session.slice(0, 8)}</option>}
        {sessions.map(({ id, name }) => (
          <option key={id} value={id} selected={id === asked.session}>
            {name}
          </option>
        ))}
      </select>
      <select
        class="pick"
        aria-label="Agent"
        value={asked.agent}
        onChange={(event) => onChange({ agent: event.currentTarget.value })}
      >
        <option value="">All agents</option>
        {asked.agent && !agentsById.value.has(asked.agent) && <option value={asked.agent}>{asked.agent}</option>}
        {agents.value.map(({ id, name }) => (
          <option key={id} value={id} selected={id === asked.agent}>
            {name}
          </option>
        ))}
      </select>
      <select
        class="pick"
        aria-label="When"
        value={asked.age}
        onChange={(event) => onChange(aged(asked, event.currentTarget.value as Age, Date.now()))}
      >
        {AGES.map(([age, text]) => (
          <option key={age} value={age} selected={age === asked.age}>
            {text}
          </option>
        ))}
      </select>
      {asked.age === 'range' && <Range asked={asked} onChange={(part) => onChange(part, true)} />}
    </div>
  );
}

const SETTLES_MS = 600; // a year that is typed is other years on the way
const LAST = '9999-12-31T23:59';

/** Two moments in this browser's own time; either may be left open. */
function Range({ asked, onChange }: Props): JSX.Element {
  const trouble = useId();
  const wrong = isTurnedRound(asked);
  return (
    <div class="search-range" role="group" aria-label="From and to">
      {(['from', 'to'] as const).map((end) => (
        <Moment
          key={end}
          name={end === 'from' ? 'From' : 'To'}
          minute={asked[end]}
          trouble={wrong ? trouble : undefined}
          onChange={(minute) => onChange({ [end]: minute })}
        />
      ))}
      <p id={trouble} role="alert">
        {wrong && 'This range ends before it begins.'}
      </p>
    </div>
  );
}

interface MomentProps {
  name: string;
  minute: string;
  trouble: string | undefined;
  onChange: (minute: string) => void;
}

function Moment({ name, minute, trouble, onChange }: MomentProps): JSX.Element {
  const timer = useRef(0);
  const typed = useRef<string | null>(null);
  const settle = (): void => {
    clearTimeout(timer.current);
    if (typed.current !== null) onChange(minuteOf(typed.current));
    typed.current = null;
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label>
      <span>{name}</span>
      <input
        type="datetime-local"
        class="pick"
        max={LAST}
        value={typed.current ?? localOf(minute)}
        aria-invalid={trouble !== undefined}
        aria-describedby={trouble}
        onInput={(event) => {
          const { value } = event.currentTarget;
          typed.current = value;
          clearTimeout(timer.current);
          if (!value || minuteOf(value)) timer.current = window.setTimeout(settle, SETTLES_MS);
        }}
        onBlur={settle}
      />
    </label>
  );
}
