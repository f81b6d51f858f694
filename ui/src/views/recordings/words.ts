/** A recording in words: what it is called, how it stands, how long and how large it is. */
import type { Recording } from '../../api/recordings';
import { clock } from '../../player/timeline';

export const titleOf = ({ title, sessionName, sessionId }: Recording): string =>
  title || sessionName || `Session ${sessionId.slice(0, 8)}`;

export const STATUS = { recording: 'Recording', stopped: 'Ended', failed: 'Failed' } as const;

/** One that grows is as long as the time since it began. */
export function lengthText({ status, startedAt, durationMs }: Recording, nowMs: number): string {
  const ms = status === 'recording' ? Math.max(durationMs, nowMs - Date.parse(startedAt)) : durationMs;
  return clock(ms / 1000);
}

/** Why it is shorter than somebody may expect; empty when it isn't. */
export function cutText({ truncated }: Recording): string {
  if (truncated === 'size') return 'It ended at the largest size a recording may have.';
  if (truncated === 'time') return 'It ended after the longest time a recording may take.';
  return truncated ? 'It was cut off.' : '';
}
