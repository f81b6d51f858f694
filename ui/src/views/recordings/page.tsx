/** All recordings, the newest first: those under way, and those that can be played, exported and deleted. */
import '../../styles/cards.css';
import './recordings.css';

import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { explain } from '../../api/client';
import { listRecordings, type Recording, type RecordingStatus } from '../../api/recordings';
import { agentsById, byId, now } from '../../api/sessions';
import { follow, go, query, recordingPath, RECORDINGS, sessionPath } from '../../router';
import { AgentTile, Icon } from '../../ui/icons';
import { bytesText } from '../../ui/sizes';
import { ago, exactly } from '../../ui/time';
import { RecordingMenu } from './acts';
import { lengthText, STATUS, titleOf } from './words';

const LIVE_EVERY_MS = 15_000; // sizes of those that grow, while somebody looks

const status = signal<RecordingStatus | ''>('');
const agent = signal('');
const wanted = signal('');

interface Found {
  rows: Recording[];
  cursor: string | null;
}

function useRecordings(sessionId: string): {
  found: Found | null;
  failure: string;
  more: () => Promise<void>;
  change: (rows: (rows: Recording[]) => Recording[]) => void;
} {
  const [found, setFound] = useState<Found | null>(null);
  const [failure, setFailure] = useState('');
  const asked = useRef(0);
  const filter = { status: status.value || undefined, sessionId: sessionId || undefined };
  const look = async (cursor?: string, limit?: number): Promise<void> => {
    const mine = cursor ? asked.current : ++asked.current;
    try {
      const { recordings, nextCursor } = await listRecordings({ ...filter, cursor }, limit);
      if (mine !== asked.current) return;
      setFound((before) => ({ rows: cursor && before ? [...before.rows, ...recordings] : recordings, cursor: nextCursor }));
      setFailure('');
    } catch (error) {
      if (mine === asked.current) setFailure(explain(error));
    }
  };
  const again = useRef(look);
  again.current = look;
  const count = useRef(0);
  count.current = found?.rows.length ?? 0;
  const isLive = found?.rows.some((row) => row.status === 'recording') ?? false;
  useEffect(() => {
    setFound(null);
    void look();
    return () => void (asked.current += 1);
  }, [status.value, sessionId]);
  useEffect(() => {
    const refresh = (): void => {
      if (!document.hidden) void again.current(undefined, Math.min(1000, Math.max(50, count.current)));
    };
    const timer = isLive ? window.setInterval(refresh, LIVE_EVERY_MS) : 0;
    document.addEventListener('visibilitychange', refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', refresh);
    };
  }, [isLive]);
  return {
    found,
    failure,
    more: () => look(found?.cursor ?? undefined),
    change: (rows) => setFound((before) => before && { ...before, rows: rows(before.rows) }),
  };
}

function matches({ title, sessionName, agent: id }: Recording, text: string): boolean {
  return `${title} ${sessionName} ${id}`.toLowerCase().includes(text.trim().toLowerCase());
}

export function RecordingsPage(): JSX.Element {
  document.title = 'Recordings · AGTerm';
  const sessionId = new URLSearchParams(query.value).get('session') ?? '';
  const { found, failure, more, change } = useRecordings(sessionId);
  const shown = (found?.rows ?? []).filter(
    (row) => (!agent.value || row.agent === agent.value) && matches(row, wanted.value),
  );
  const isNarrowed = status.value !== '' || agent.value !== '' || wanted.value.trim() !== '' || sessionId !== '';
  const clear = (): void => {
    status.value = agent.value = wanted.value = '';
    if (sessionId) go(RECORDINGS);
  };
  return (
    <main class="page recordings" aria-busy={!found && !failure}>
      <header class="page-head">
        <div class="page-title">
          <h1>Recordings</h1>
          <p class="muted">What sessions printed, to be played again</p>
        </div>
      </header>
      <Filters rows={found?.rows ?? []} sessionId={sessionId} />
      {failure && (
        <p class="form-error" role="alert">
          {failure}
        </p>
      )}
      {!found && !failure && <p class="muted">Looking…</p>}
      {found && shown.length === 0 && <Nothing isNarrowed={isNarrowed} onClear={clear} />}
      {shown.length > 0 && (
        <ul class="rows">
          {shown.map((row) => (
            <Row
              key={row.id}
              recording={row}
              onChanged={(changed) => change((rows) => rows.map((one) => (one.id === changed.id ? changed : one)))}
              onDeleted={() => change((rows) => rows.filter((one) => one.id !== row.id))}
            />
          ))}
        </ul>
      )}
      {found?.cursor && (
        <button type="button" class="button recordings-more" onClick={() => void more()}>
          Show older ones
        </button>
      )}
    </main>
  );
}

const STATUSES: [RecordingStatus | '', string][] = [
  ['', 'All'],
  ['recording', 'Live'],
  ['stopped', 'Ended'],
  ['failed', 'Failed'],
];

function Filters({ rows, sessionId }: { rows: Recording[]; sessionId: string }): JSX.Element {
  const agents = [...new Set([...rows.map((row) => row.agent), ...(agent.value ? [agent.value] : [])])].toSorted();
  const sessionName = byId.value.get(sessionId)?.name ?? rows[0]?.sessionName ?? sessionId.slice(0, 8);
  return (
    <div class="recordings-filters">
      <input
        type="search"
        class="pick"
        aria-label="Filter by name"
        placeholder="Filter by name"
        value={wanted.value}
        onInput={(event) => (wanted.value = event.currentTarget.value)}
      />
      <div class="segments" role="group" aria-label="State">
        {STATUSES.map(([name, text]) => (
          <button
            key={name}
            type="button"
            class="segment"
            aria-pressed={status.value === name}
            onClick={() => (status.value = name)}
          >
            {text}
          </button>
        ))}
      </div>
      {(agents.length > 1 || agent.value) && (
        <select
          class="pick"
          aria-label="Agent"
          value={agent.value}
          onChange={(event) => (agent.value = event.currentTarget.value)}
        >
          <option value="">All agents</option>
          {agents.map((id) => (
            <option key={id} value={id}>
              {agentsById.value.get(id)?.name ?? id}
            </option>
          ))}
        </select>
      )}
      {sessionId && (
        <button
          type="button"
          class="tag recordings-session"
          aria-label={`Of all sessions, not only ${sessionName}`}
          onClick={() => go(RECORDINGS)}
        >
          <span>Session {sessionName}</span> <Icon name="close" size={12} />
        </button>
      )}
    </div>
  );
}

function Nothing({ isNarrowed, onClear }: { isNarrowed: boolean; onClear: () => void }): JSX.Element {
  return (
    <div class="empty">
      <span class="empty-mark">
        <Icon name="play" size={30} />
      </span>
      <h2>{isNarrowed ? 'No such recording' : 'No recordings yet'}</h2>
      {isNarrowed ? (
        <button type="button" class="button" onClick={onClear}>
          Show all
        </button>
      ) : (
        <p>Press the red dot above a terminal to record it, or choose to record a session when you start it.</p>
      )}
    </div>
  );
}

function Row({
  recording,
  onChanged,
  onDeleted,
}: {
  recording: Recording;
  onChanged: (recording: Recording) => void;
  onDeleted: () => void;
}): JSX.Element {
  const { status: state, sessionDeleted, sessionId, sessionName, title, startedAt, markerCount, error } = recording;
  const known = agentsById.value.get(recording.agent);
  return (
    <li class="row recording">
      <AgentTile id={known?.icon ?? recording.agent} name={known?.name} color={known?.color} />
      <div class="row-main">
        <a class="row-link row-name" href={recordingPath(recording.id)} onClick={follow}>
          {titleOf(recording)}
        </a>
        <span class="row-sub">
          {known?.name ?? recording.agent}
          {title && !sessionDeleted && (
            <a class="part-link recording-session" href={sessionPath(sessionId)} onClick={follow}>
              {sessionName}
            </a>
          )}
          {sessionDeleted && <span>session deleted</span>}
        </span>
      </div>
      <span class={`status recording-${state}`} title={error ?? undefined}>
        <span class={state === 'recording' ? 'record-dot record-live' : 'record-dot'} aria-hidden="true" />
        {STATUS[state]}
      </span>
      <span class="recording-length">
        <span class="recording-time">{lengthText(recording, now.value)}</span>
        <span class="muted">
          {bytesText(recording.sizeBytes)}
          {markerCount > 0 && ` · ${markerCount} ${markerCount === 1 ? 'marker' : 'markers'}`}
        </span>
      </span>
      <span class="muted recording-ago" title={exactly(startedAt)}>
        {ago(startedAt, now.value)}
      </span>
      <RecordingMenu recording={recording} onChanged={onChanged} onDeleted={onDeleted} />
    </li>
  );
}
