/** The sessions beside an open terminal, to go from one to the next. */
import type { JSX } from 'preact';

import { mayChange } from '../api/auth';
import { agentsById, listed, now } from '../api/sessions';
import { open } from '../palette/overlay';
import { follow, sessionPath } from '../router';
import { AgentTile, Icon } from '../ui/icons';
import { lasting } from '../ui/time';
import { CostText } from './cost';
import { Status, statusText } from './status';

export function Rail({ current }: { current: string }): JSX.Element {
  return (
    <nav class="rail" aria-label="Sessions">
      <div class="rail-head">
        <a href="/" class="rail-all" onClick={follow}>
          All sessions
        </a>
        {mayChange.value && (
          <button
            type="button"
            class="icon-button"
            aria-label="New session"
            title="New session"
            onClick={() => open({ kind: 'launch' })}
          >
            <Icon name="plus" />
          </button>
        )}
      </div>
      <ul class="rail-list">
        {(listed.value ?? []).map((session) => {
          const agent = agentsById.value.get(session.agent);
          return (
            <li key={session.id}>
              <a
                class="rail-item"
                href={sessionPath(session.id)}
                style={{ '--mark': session.color ?? 'transparent' }}
                aria-current={session.id === current ? 'page' : undefined}
                onClick={follow}
              >
                <AgentTile small id={agent?.icon ?? session.agent} name={agent?.name} color={agent?.color} />
                <span class="rail-text">
                  <span class="rail-name">{session.name}</span>
                  <span class="rail-sub">
                    <span>
                      {statusText(session)} {lasting(session.stateSince, now.value)}
                    </span>
                    <CostText session={session} brief />
                  </span>
                </span>
                <Status session={session} words={false} />
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
