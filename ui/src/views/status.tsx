/** A session's state in one glance: the dot and the words beside it, and how well it is walled in. */
import type { JSX } from 'preact';

import type { Exit, Session } from '../api/types';
import { Icon } from '../ui/icons';

const WORDS = { starting: 'Starting', running: 'Running', exited: 'Exited', lost: 'Lost' } as const;
const DOING: Record<string, string> = {
  working: 'Working',
  idle: 'Idle',
  needs_input: 'Needs you',
  rate_limited: 'Rate limited',
};

export function needsYou(session: Session): boolean {
  return session.status === 'running' && session.state === 'needs_input';
}

export function exitText({ code, signal }: Exit): string {
  if (signal !== null && signal !== undefined && signal !== 0) return `signal ${signal}`;
  return code === null || code === undefined ? 'no exit code' : `code ${code}`;
}

export function statusText(session: Session): string {
  if (session.status === 'running' && session.state && session.state in DOING) return DOING[session.state]!;
  if (session.status !== 'exited') return WORDS[session.status] ?? session.status;
  return `Exited (${exitText({ code: session.exitCode, signal: session.signal })})`;
}

function tone(session: Session): string {
  if (session.status === 'exited') return session.exitCode === 0 ? 'done' : 'failed';
  return session.status === 'running' && session.state ? session.state : session.status;
}

export function Status({ session, words = true }: { session: Session; words?: boolean }): JSX.Element {
  const text = statusText(session);
  return (
    <span class="status" title={words ? undefined : text}>
      <span class={`dot dot-${tone(session)}`} aria-hidden="true" />
      <span class={words ? 'status-text' : 'visually-hidden'}>{text}</span>
    </span>
  );
}

export function Isolation({ session }: { session: Session }): JSX.Element | null {
  const { isolation } = session;
  if (!isolation?.level) return null;
  const notes = Array.isArray(isolation.notes) ? isolation.notes.join('\n') : (isolation.notes ?? '');
  const bare = isolation.level === 'none';
  return (
    <span class={bare ? 'badge badge-danger' : 'badge'} title={notes || undefined}>
      <Icon name="shield" size={13} />
      <span class="badge-text">{bare ? 'not isolated' : isolation.level}</span>
    </span>
  );
}
