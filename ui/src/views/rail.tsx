/** The sessions beside an open terminal, to go from one to the next. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { agentsById, now, sessions } from '../api/sessions';
import { follow, sessionPath } from '../router';
import { AgentTile, Icon } from '../ui/icons';
import { ago } from '../ui/time';
import { Launcher } from './launcher';
import { Status } from './status';

export function Rail({ current }: { current: string }): JSX.Element {
  const launching = useSignal(false);
  return (
    <nav class="rail" aria-label="Sessions">
      <div class="rail-head">
        <a href="/" class="rail-all" onClick={follow}>
          All sessions
        </a>
        <button
          type="button"
          class="icon-button"
          aria-label="New session"
          title="New session"
          onClick={() => (launching.value = true)}
        >
          <Icon name="plus" />
        </button>
      </div>
      <ul class="rail-list">
        {(sessions.value ?? []).map((session) => {
          const agent = agentsById.value.get(session.agent);
          return (
            <li key={session.id}>
              <a
                class="rail-item"
                href={sessionPath(session.id)}
                aria-current={session.id === current ? 'page' : undefined}
                onClick={follow}
              >
                <AgentTile small id={agent?.icon ?? session.agent} name={agent?.name} color={agent?.color} />
                <span class="rail-text">
                  <span class="rail-name">{session.name}</span>
                  <span class="rail-sub">{ago(session.lastActiveAt, now.value)}</span>
                </span>
                <Status session={session} words={false} />
              </a>
            </li>
          );
        })}
      </ul>
      {launching.value && <Launcher onClose={() => (launching.value = false)} />}
    </nav>
  );
}
