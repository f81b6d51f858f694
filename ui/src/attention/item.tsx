/** One session that waits: why, its last lines, and what can be answered. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { explain } from '../api/client';
import { agentsById, now, prompt, screenOf, typeInto } from '../api/sessions';
import type { Session } from '../api/types';
import { capital, heldText, spentText } from '../budget-text';
import { follow, sessionPath } from '../router';
import { AgentTile, Icon } from '../ui/icons';
import { ago } from '../ui/time';
import { toast } from '../ui/toast';
import { Raise } from '../views/limit';
import { statusText } from '../views/status';
import { startAgain } from '../views/stop';
import { asksForSecret, choicesOf, tail } from './choices';
import type { Kind } from './preferences';
import { markSeen, type Waiting } from './queue';

const AGAIN_MS = 900;

const WHY: Record<Kind, (session: Session) => string> = {
  needs_input: () => 'Asks you',
  over_budget: () => 'Over budget',
  rate_limited: () => 'Rate limited',
  failed: statusText,
  finished: (session) => (session.status === 'exited' ? 'Exited' : 'Finished'),
};

/** The last lines of a session's screen, once it is in sight; `look` asks anew. */
function useScreen(session: Session): { screen: string | null; look: () => void; root: { current: HTMLLIElement | null } } {
  const root = useRef<HTMLLIElement>(null);
  const [screen, setScreen] = useState<string | null>(null);
  const isInSight = useSignal(false);
  const latest = useRef(0);
  const look = (): void => {
    const asked = ++latest.current;
    screenOf(session.id).then(
      (text) => asked === latest.current && setScreen(text),
      () => asked === latest.current && setScreen(''), // gone by now: there is nothing to show
    );
  };
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) isInSight.value = true;
    });
    if (root.current) observer.observe(root.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!isInSight.value) return;
    look();
    const again = setTimeout(look, AGAIN_MS); // the first may have come while the program was still drawing its question
    return () => clearTimeout(again);
  }, [isInSight.value, session.stateSince]);
  return { screen, look, root };
}

export function Item({ waiting, onGone }: { waiting: Waiting; onGone: () => void }): JSX.Element {
  const { session, kind } = waiting;
  const agent = agentsById.value.get(session.agent);
  const { screen, look, root } = useScreen(session);
  const isNews = kind === 'finished' || kind === 'failed';
  return (
    <li ref={root} class={`wait wait-${kind}`}>
      <header class="wait-head">
        <AgentTile small id={agent?.icon ?? session.agent} name={agent?.name} color={agent?.color} />
        <div class="wait-title">
          <a href={sessionPath(session.id)} onClick={follow}>
            {session.name}
          </a>
          <span>
            <span class="wait-why">{WHY[kind](session)}</span> {ago(session.stateSince ?? '', now.value)}
          </span>
        </div>
        {isNews && (
          <button
            type="button"
            class="icon-button"
            aria-label={`Seen: ${session.name}`}
            title="Seen"
            onClick={() => {
              markSeen([session.id]);
              onGone();
            }}
          >
            <Icon name="check" />
          </button>
        )}
      </header>
      {screen !== null && <Lines screen={screen} lines={kind === 'needs_input' ? 9 : 4} name={session.name} />}
      {session.access !== 'view' && <Answer waiting={waiting} screen={screen ?? ''} look={look} />}
    </li>
  );
}

function Lines({ screen, lines, name }: { screen: string; lines: number; name: string }): JSX.Element | null {
  const text = tail(screen, lines).join('\n').trimEnd();
  const root = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    if (root.current) root.current.scrollTop = root.current.scrollHeight; // the question is at the end
  }, [text]);
  if (text.trim() === '') return null;
  return (
    <pre ref={root} class="wait-screen" tabIndex={0} role="group" aria-label={`Last lines of ${name}`}>
      {text}
    </pre>
  );
}

function Answer({ waiting, screen, look }: { waiting: Waiting; screen: string; look: () => void }): JSX.Element | null {
  const { session, kind } = waiting;
  if (kind === 'needs_input') return <Reply session={session} screen={screen} look={look} />;
  if (kind === 'finished' && session.status === 'running') return <Task session={session} />;
  if (kind === 'rate_limited') {
    return <p class="wait-note">Its provider refuses calls for a while. It goes on when that is over, or when you tell it to.</p>;
  }
  if (kind === 'over_budget') return <Held session={session} />;
  if (session.kind === 'run') return null;
  return (
    <div class="wait-choices">
      <button
        type="button"
        class="button button-small"
        onClick={() => startAgain(session).catch((error: unknown) => toast(explain(error), 'danger'))}
      >
        <Icon name="restart" size={15} /> Start again
      </button>
    </div>
  );
}

function Held({ session }: { session: Session }): JSX.Element | null {
  const blocked = session.blockedBy;
  if (!blocked) return null;
  const { budget, message, neededUsd } = blocked;
  return (
    <div class="wait-held">
      <p class="wait-note">{budget ? `${capital(heldText(budget))}: ${spentText(budget)}.` : message}</p>
      {budget && <Raise key={budget.id} budget={budget} session={session} needed={neededUsd} />}
    </div>
  );
}

function Reply({ session, screen, look }: { session: Session; screen: string; look: () => void }): JSX.Element {
  const send = async (keys: string): Promise<void> => {
    await typeInto(session.id, keys);
    setTimeout(look, AGAIN_MS); // it may ask something else now
  };
  const busy = useSignal(false);
  const press = (keys: string): void => {
    busy.value = true;
    send(keys)
      .catch((error: unknown) => toast(explain(error), 'danger'))
      .finally(() => setTimeout(() => (busy.value = false), AGAIN_MS)); // a second touch would answer what comes next
  };
  return (
    <>
      <div class="wait-choices" role="group" aria-label={`Answers for ${session.name}`}>
        {choicesOf(screen).map(({ text, keys, tone }) => (
          <button
            key={text}
            type="button"
            class={tone ? 'button button-small button-primary' : 'button button-small'}
            disabled={busy.value}
            onClick={() => press(keys)}
          >
            {text}
          </button>
        ))}
      </div>
      <Field
        label={`Answer ${session.name}`}
        placeholder="Answer…"
        isSecret={asksForSecret(screen)}
        send={(text) => send(`${text}\r`)}
      />
    </>
  );
}

function Task({ session }: { session: Session }): JSX.Element {
  const isShell = session.agent === 'shell';
  return (
    <Field
      label={`Next for ${session.name}`}
      placeholder={isShell ? 'Next command…' : 'What next?'}
      isSecret={false}
      send={(text) => prompt(session.id, text)}
    />
  );
}

interface FieldProps {
  label: string;
  placeholder: string;
  isSecret: boolean;
  send: (text: string) => Promise<void>;
}

function Field({ label, placeholder, isSecret, send }: FieldProps): JSX.Element {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    setBusy(true);
    send(text)
      .then(() => setText(''))
      .catch((error: unknown) => toast(explain(error), 'danger'))
      .finally(() => setBusy(false));
  };
  return (
    <form class="wait-form" onSubmit={submit}>
      <input
        type={(isSecret ? 'password' : 'text') as 'text'}
        aria-label={label}
        placeholder={placeholder}
        autocomplete="off"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button class="button button-small" disabled={busy || text === ''}>
        Send
      </button>
    </form>
  );
}
