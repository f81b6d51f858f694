/** The first page: every session with its agent, state and age, and the ways to start and delete one. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { agentsById, now, sessions } from '../api/sessions';
import type { Session } from '../api/types';
import { follow, sessionPath } from '../router';
import { AgentTile, Icon } from '../ui/icons';
import { ago, exactly } from '../ui/time';
import { DeleteSession } from './delete';
import { Launcher } from './launcher';
import { Isolation, needsYou, Status } from './status';

function Row({ session, onDelete }: { session: Session; onDelete: () => void }): JSX.Element {
  const agent = agentsById.value.get(session.agent);
  return (
    <li class="row">
      <a class="row-link" href={sessionPath(session.id)} onClick={follow}>
        <AgentTile id={agent?.icon ?? session.agent} name={agent?.name} color={agent?.color} />
        <span class="row-main">
          <span class="row-name">{session.name}</span>
          <span class="row-sub">
            {agent?.name ?? session.agent}
            <span class="row-path" title={session.workspaceDir}>
              {session.workspaceDir}
            </span>
          </span>
        </span>
        <span class="row-state">
          <Status session={session} />
          <Isolation session={session} />
        </span>
        <span class="row-times">
          <span title={exactly(session.lastActiveAt)}>Active {ago(session.lastActiveAt, now.value)}</span>
          <span class="muted" title={exactly(session.createdAt)}>
            Created {ago(session.createdAt, now.value)}
          </span>
        </span>
      </a>
      <button type="button" class="icon-button" aria-label={`Delete ${session.name}`} title="Delete" onClick={onDelete}>
        <Icon name="trash" />
      </button>
    </li>
  );
}

function Empty({ onStart }: { onStart: () => void }): JSX.Element {
  return (
    <div class="empty">
      <span class="empty-mark">
        <Icon name="terminal" size={34} />
      </span>
      <h2>No sessions yet</h2>
      <p>Start an agent or a plain shell. It keeps running when you close this page.</p>
      <button type="button" class="button button-primary" onClick={onStart}>
        <Icon name="plus" /> Start a session
      </button>
    </div>
  );
}

export function SessionList(): JSX.Element {
  const launching = useSignal(false);
  const doomed = useSignal<Session | null>(null);
  const list = sessions.value;
  const running = list?.filter((session) => session.status === 'running').length ?? 0;
  const waiting = list?.filter(needsYou).length ?? 0;
  document.title = `${waiting ? `(${waiting}) ` : ''}Sessions · AGTerm`;
  return (
    <main class="page">
      <header class="page-head">
        <div>
          <h1>Sessions</h1>
          <p class="muted">{list ? `${running} running, ${list.length} in all` : 'Loading…'}</p>
        </div>
        <button type="button" class="button button-primary" onClick={() => (launching.value = true)}>
          <Icon name="plus" /> New session
        </button>
      </header>
      {list?.length === 0 && <Empty onStart={() => (launching.value = true)} />}
      {list && list.length > 0 && (
        <ul class="rows">
          {list.map((session) => (
            <Row key={session.id} session={session} onDelete={() => (doomed.value = session)} />
          ))}
        </ul>
      )}
      {launching.value && <Launcher onClose={() => (launching.value = false)} />}
      {doomed.value && <DeleteSession session={doomed.value} onClose={() => (doomed.value = null)} />}
    </main>
  );
}
