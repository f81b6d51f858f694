/** One session in the list: its agent, branch, state, cost and age, and the ways to change it. */
import type { JSX } from 'preact';

import { agentsById, isOwn, now } from '../api/sessions';
import type { Session } from '../api/types';
import { follow, sessionPath } from '../router';
import { AgentTile, Icon } from '../ui/icons';
import { ago, exactly, lasting } from '../ui/time';
import { SessionMenu } from './actions';
import { CostText } from './cost';
import { Isolation } from './isolation';
import { branchOf, tagShown } from './list-order';
import { needsYou, Status, Viewers } from './status';

export function Row({ session }: { session: Session }): JSX.Element {
  const agent = agentsById.value.get(session.agent);
  const since = lasting(session.stateSince, now.value);
  const branch = branchOf(session);
  return (
    <li class={needsYou(session) ? 'row row-needs' : 'row'} style={{ '--mark': session.color ?? 'transparent' }}>
      <AgentTile id={agent?.icon ?? session.agent} name={agent?.name} color={agent?.color} />
      <div class="row-main">
        <a class="row-link row-name" href={sessionPath(session.id)} onClick={follow}>
          {session.name}
        </a>
        <span class="row-sub">
          <span class="row-agent">
            {agent?.name ?? session.agent}
            {session.kind === 'run' && ' · headless run'}
            {session.sharedBy != null && ` · shared by ${session.sharedBy}${session.access === 'view' ? ', to look at' : ''}`}
          </span>
          {branch && (
            <span class="row-branch" title={`Branch ${branch}`}>
              <Icon name="branch" size={13} /> <span>{branch}</span>
            </span>
          )}
          <span class="row-path" title={session.workspaceDir}>
            {session.workspaceDir}
          </span>
        </span>
        <Tags tags={session.tags ?? []} />
      </div>
      <div class="row-state">
        <Status session={session} />
        <Viewers session={session} />
        <Isolation session={session} />
      </div>
      <div class="row-times">
        <CostText session={session} />
        <span title={exactly(session.stateSince ?? '')}>{since ? `for ${since}` : 'just now'}</span>
        <span class="muted" title={exactly(session.createdAt)}>
          Created {ago(session.createdAt, now.value)}
        </span>
      </div>
      {isOwn(session) ? <SessionMenu session={session} /> : <span class="menu" />}
    </li>
  );
}

function Tags({ tags }: { tags: string[] }): JSX.Element | null {
  if (tags.length === 0) return null;
  return (
    <span class="row-tags">
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          class="tag"
          aria-pressed={tagShown.value === tag}
          aria-label={`Only those tagged ${tag}`}
          onClick={() => (tagShown.value = tagShown.value === tag ? '' : tag)}
        >
          {tag}
        </button>
      ))}
    </span>
  );
}
