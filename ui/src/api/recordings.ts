/** Recordings: listed, begun, ended, exported and deleted; and which sessions are being recorded right now. */
import { signal } from '@preact/signals';

import { ApiError, ask, get, post, remove, type Schemas } from './client';

export type Recording = Schemas['Recording'];
export type RecordingStatus = Recording['status'];
export type Marker = Schemas['RecordingMarker'];
export type MarkerKind = Marker['kind'];
export type RecordingList = Schemas['RecordingList'];

export interface RecordingFilter {
  status?: RecordingStatus | undefined;
  sessionId?: string | undefined;
  cursor?: string | undefined;
}

export async function listRecordings(filter: RecordingFilter, limit = 50): Promise<RecordingList> {
  return get('/api/recordings', { params: { query: { limit, ...filter } } });
}

const of = (recordingId: string): { path: { recordingId: string } } => ({ path: { recordingId } });

export async function recordingOf(id: string): Promise<Recording> {
  return (await get('/api/recordings/{recordingId}', { params: of(id) })).recording;
}

/** By session: the recording under way. Learned when somebody looks at the session, begins or ends one. */
export const underWay = signal<ReadonlyMap<string, Recording>>(new Map());

function learn(sessionId: string, recording: Recording | null): void {
  const known = new Map(underWay.value);
  if (recording?.status === 'recording') known.set(sessionId, recording);
  else known.delete(sessionId);
  underWay.value = known;
}

export async function lookWhetherRecorded(sessionId: string): Promise<void> {
  const state = await get('/api/recordings/status/{sessionId}', { params: { path: { sessionId } } });
  learn(sessionId, state.recording);
}

export async function startRecording(sessionId: string): Promise<Recording> {
  const asked = { params: { path: { sessionId } }, body: {} };
  const { recording } = await post('/api/recordings/start/{sessionId}', asked);
  learn(sessionId, recording);
  return recording;
}

export async function stopRecording(id: string): Promise<Recording> {
  const { recording } = await post('/api/recordings/stop/{someId}', { params: { path: { someId: id } } });
  learn(recording.sessionId, null);
  return recording;
}

export async function deleteRecording({ id, sessionId }: Pick<Recording, 'id' | 'sessionId'>): Promise<void> {
  await remove('/api/recordings/{recordingId}', { params: of(id) });
  if (underWay.value.get(sessionId)?.id === id) learn(sessionId, null);
}

/** The file itself, for the player. */
export async function openCast(id: string): Promise<Response> {
  return ask('get', '/api/recordings/{recordingId}/cast', { params: of(id), timeoutMs: null });
}

export type ExportFormat = 'html' | 'asciinema' | 'text' | 'json';

export interface ExportFile {
  name: string;
  content: Blob;
}

export async function exportRecording(
  id: string,
  wanted: { format: ExportFormat; redact: boolean; version?: 2 | 3 },
): Promise<ExportFile> {
  const path = '/api/recordings/{recordingId}/export';
  const answer = await ask('post', path, { params: of(id), body: wanted, timeoutMs: null });
  const said = answer.headers.get('Content-Disposition') ?? '';
  const name = /filename="([\w.-]+)"/.exec(said)?.[1] ?? `recording-${id}`;
  try {
    return { name, content: await answer.blob() };
  } catch {
    throw new ApiError(0, 'UNREACHABLE', 'The server can’t be reached.');
  }
}
