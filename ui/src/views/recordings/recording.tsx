/** One recording: played, with what it is about, and what can be done with it. */
import '../../styles/cards.css';
import './recordings.css';

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { explain } from '../../api/client';
import { recordingOf, type Recording } from '../../api/recordings';
import { agentsById } from '../../api/sessions';
import { Player } from '../../player/player';
import { secondsOf } from '../../player/timeline';
import { follow, go, query, RECORDINGS, sessionPath } from '../../router';
import { Icon } from '../../ui/icons';
import { bytesText } from '../../ui/sizes';
import { moment } from '../../ui/time';
import { RecordingMenu } from './acts';
import { cutText, titleOf } from './words';

export function RecordingPage({ id }: { id: string }): JSX.Element {
  const [recording, setRecording] = useState<Recording | null>(null);
  const failure = useSignal('');
  const look = (): void => {
    recordingOf(id).then(setRecording, (error: unknown) => (failure.value = explain(error)));
  };
  useEffect(look, [id]);
  document.title = `${recording ? titleOf(recording) : 'Recording'} · AGTerm`;
  const asked = new URLSearchParams(query.value).get('t');
  return (
    <main class="page recording-page" aria-busy={!recording && !failure.value}>
      <header class="page-head">
        <a href={RECORDINGS} class="icon-button" aria-label="All recordings" title="All recordings" onClick={follow}>
          <Icon name="back" />
        </a>
        <div class="page-title">
          <h1>{recording ? titleOf(recording) : 'Recording'}</h1>
          {recording && <About recording={recording} />}
        </div>
        {recording && <RecordingMenu recording={recording} onChanged={setRecording} onDeleted={() => go(RECORDINGS)} />}
      </header>
      {failure.value && (
        <p class="form-error" role="alert">
          {failure.value}
        </p>
      )}
      {recording && <Notes recording={recording} onLook={look} />}
      {recording && (
        <Player key={`${recording.id} ${asked ?? ''}`} recording={recording} startAt={secondsOf(asked)} />
      )}
    </main>
  );
}

function About({ recording }: { recording: Recording }): JSX.Element {
  const { agent, sessionId, sessionName, sessionDeleted, startedAt, sizeBytes, cols, rows, includeInput } = recording;
  const rest = [
    agentsById.value.get(agent)?.name ?? agent,
    moment(startedAt),
    bytesText(sizeBytes),
    `${cols} × ${rows}`,
    includeInput && 'with what was typed',
  ];
  return (
    <p class="muted recording-about">
      {sessionDeleted ? (
        <span>{sessionName || 'A session'}, deleted</span>
      ) : (
        <a class="part-link" href={sessionPath(sessionId)} onClick={follow}>
          {recording.title ? sessionName || sessionId.slice(0, 8) : 'Its session'}
        </a>
      )}
      {rest.filter(Boolean).map((fact) => (
        <span key={String(fact)}>{fact}</span>
      ))}
    </p>
  );
}

/** That it still grows, has failed or was cut. */
function Notes({ recording, onLook }: { recording: Recording; onLook: () => void }): JSX.Element | null {
  const { status, error } = recording;
  if (status === 'recording') {
    return (
      <p class="recording-note recording-recording" role="note">
        <span class="record-dot record-live" aria-hidden="true" />
        <span>It is still being recorded; this is what there was when you opened it.</span>
        <button type="button" class="link" onClick={onLook}>
          Fetch what came since
        </button>
      </p>
    );
  }
  const told = [status === 'failed' && `The recording has failed${error ? `: ${error}` : '.'}`, cutText(recording)];
  const text = told.filter(Boolean).join(' ');
  if (!text) return null;
  return (
    <p class="recording-note" role="note">
      <Icon name="warning" size={16} /> <span>{text}</span>
    </p>
  );
}
