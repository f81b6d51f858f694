/** Log-ins by subscription: kept, told when they end, taken over from the server's own user, given up. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { mayChange } from '../../api/auth';
import { explain } from '../../api/client';
import type { Login } from '../../api/money-types';
import { deleteLogin, takeOverLogin } from '../../api/providers';
import { agentsById, now } from '../../api/sessions';
import { Confirm } from '../../ui/confirm';
import { AgentTile } from '../../ui/icons';
import { ago, exactly } from '../../ui/time';
import { toast } from '../../ui/toast';

const CAN_LOG_IN = ['claude', 'codex', 'gemini'];

interface Props {
  logins: Login[];
  isStaff: boolean;
  onChanged: () => Promise<void>;
}

export function Logins({ logins, isStaff, onChanged }: Props): JSX.Element {
  const kept = new Map(logins.map((login) => [login.agent, login]));
  const ids = [...new Set([...CAN_LOG_IN, ...kept.keys()])];
  return (
    <section aria-label="Subscriptions">
      <h2 class="section-title">Subscriptions</h2>
      <p class="muted section-text">
        Log in to a subscription inside a session, and your later sessions have it, too. What goes by a subscription is not
        billed; its worth is shown as “plan”.
      </p>
      <ul class="rows">
        {ids.map((id) => (
          <Row key={id} id={id} login={kept.get(id)} isStaff={isStaff} onChanged={onChanged} />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  id: string;
  login: Login | undefined;
  isStaff: boolean;
  onChanged: () => Promise<void>;
}

function Row({ id, login, isStaff, onChanged }: RowProps): JSX.Element {
  const deleting = useSignal(false);
  const busy = useSignal(false);
  const agent = agentsById.value.get(id);
  const name = agent?.name ?? id;
  const take = async (): Promise<void> => {
    busy.value = true;
    await takeOverLogin(id)
      .then(onChanged)
      .then(
        () => toast(`${name}: your sessions have the server user’s log-in from now on.`),
        (error: unknown) => toast(explain(error), 'danger'),
      );
    busy.value = false;
  };
  return (
    <li class="row key-row login-row">
      <AgentTile small id={agent?.icon ?? id} name={name} color={agent?.color} />
      <div class="row-main">
        <span class="row-name">{name}</span>
        <span class="key-about">
          <span class={login ? 'badge badge-ok' : 'badge'}>{login ? 'Logged in' : 'Not logged in'}</span>
          {login && (
            <span class="muted" title={exactly(login.savedAt)}>
              kept {ago(login.savedAt, now.value)}
            </span>
          )}
        </span>
      </div>
      {login && mayChange.value ? (
        <button
          type="button"
          class="button button-small"
          aria-label={`Forget the log-in of ${name}`}
          onClick={() => (deleting.value = true)}
        >
          Forget
        </button>
      ) : (
        !login &&
        isStaff && (
          <button
            type="button"
            class="button button-small"
            title="Takes the log-in from the HOME of the user whom the server runs as"
            aria-label={`Take over the server’s log-in of ${name}`}
            disabled={busy.value}
            onClick={() => void take()}
          >
            Take over the server’s log-in
          </button>
        )
      )}
      {deleting.value && (
        <Confirm
          title={`Forget the log-in of ${name}?`}
          verb="Forget"
          action={() => deleteLogin(id).then(onChanged)}
          onClose={() => (deleting.value = false)}
        >
          <p>
            Sessions that you start from now on are not logged in by it. The provider is not told: to end it there, log out
            there.
          </p>
        </Confirm>
      )}
    </li>
  );
}
