/** What was found: by session, each hit with the text around it and the ways to where it was printed. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import type { Hit, SearchAnswer } from '../../api/search';
import { agentsById, byId, now } from '../../api/sessions';
import { clock } from '../../player/timeline';
import { follow, sessionPath } from '../../router';
import { AgentTile, Icon } from '../../ui/icons';
import { bytesText } from '../../ui/sizes';
import { ago, exactly, moment } from '../../ui/time';
import { isLive, jump, moviePath, pathOfHit } from './jump';
import { piecesOf, type Group } from './snippet';

const FIRST = 5;

export function SessionHits({ group }: { group: Group }): JSX.Element {
  const all = useSignal(false);
  const { sessionId, hits } = group;
  const session = byId.value.get(sessionId);
  const agent = agentsById.value.get(group.agent);
  const name = session?.name ?? group.name ?? `Session ${sessionId.slice(0, 8)}`;
  const shown = all.value ? hits : hits.slice(0, FIRST);
  return (
    <section class="card found" aria-label={name}>
      <header class="sought-head">
        <AgentTile small id={agent?.icon ?? group.agent} name={agent?.name} color={agent?.color} />
        <h2>
          {session ? (
            <a class="part-link" href={sessionPath(sessionId)} onClick={follow}>
              {name}
            </a>
          ) : (
            name
          )}
        </h2>
        <span class="muted">
          {agent?.name ?? group.agent}
          {isLive(sessionId) ? ' · live' : session ? ` · ${session.status}` : ' · deleted'}
        </span>
        <span class="sought-count">{hits.length === 1 ? '1 hit' : `${hits.length} hits`}</span>
      </header>
      <ol class="hits">
        {shown.map((hit) => (
          <HitRow key={hit.document.id} hit={hit} />
        ))}
      </ol>
      {hits.length > FIRST && (
        <button type="button" class="link" onClick={() => (all.value = !all.value)}>
          {all.value ? 'Fewer' : `${hits.length - FIRST} more of this session`}
        </button>
      )}
    </section>
  );
}

function HitRow({ hit }: { hit: Hit }): JSX.Element {
  const { document } = hit;
  const path = pathOfHit(hit);
  const movie = moviePath(document);
  const follows = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void jump(hit);
  };
  const snippet = (
    <>
      {piecesOf(hit).map(({ text, isMatch }, place) => (isMatch ? <mark key={place}>{text}</mark> : text))}
    </>
  );
  return (
    <li class="hit">
      {path ? (
        <a class="hit-text" href={path} onClick={follows}>
          {snippet}
        </a>
      ) : (
        <p class="hit-text">{snippet}</p>
      )}
      <p class="hit-about">
        <span title={exactly(document.timestamp)}>{ago(document.timestamp, now.value)}</span>
        {document.type === 'input' && <span>was sent</span>}
        {isLive(document.sessionId) && (
          <a href={sessionPath(document.sessionId)} onClick={follows}>
            <Icon name="terminal" size={14} /> Terminal
          </a>
        )}
        {movie && (
          <a href={movie} onClick={follow}>
            <Icon name="play" size={13} /> Recording at {clock((document.recordingTimeMs ?? 0) / 1000)}
          </a>
        )}
        {!path && <span>its session is deleted, and it was not recorded</span>}
      </p>
    </li>
  );
}

/** What may be missing: the index says what it could not take in. */
export function Gaps({ answer }: { answer: SearchAnswer }): JSX.Element | null {
  const { bytes, sessions, damagedFiles } = answer.dropped;
  if (bytes === 0 && damagedFiles === 0) return null;
  const names = sessions.map(({ sessionName, sessionId }) => sessionName ?? sessionId.slice(0, 8));
  const told = names.slice(0, 4).join(', ') + (names.length > 4 ? ` and ${names.length - 4} more` : '');
  return (
    <div class="notice" role="note">
      <Icon name="warning" size={17} />
      <div>
        {bytes > 0 && (
          <>
            {bytesText(bytes)} came too fast to be indexed, so hits may be missing{told && `: ${told}`}.{' '}
          </>
        )}
        {damagedFiles > 0 &&
          `${damagedFiles === 1 ? 'A part' : `${damagedFiles} parts`} of the index can’t be read; the server’s log says which.`}
      </div>
    </div>
  );
}

export function Since({ since }: { since: string | null }): JSX.Element {
  if (!since) return <p class="muted search-since">Nothing is indexed yet.</p>;
  return <p class="muted search-since">The index goes back to {moment(since)}.</p>;
}
