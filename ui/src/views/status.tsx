/** A session's state in one glance: the dot and the words beside it, and who looks on. */
import type { JSX } from 'preact';

import type { Exit, Session } from '../api/types';
import { Icon } from '../ui/icons';

const WORDS = { starting: 'Starting', running: 'Running', exited: 'Exited', lost: 'Lost' } as const;
const DOING: Record<string, string> = {
  working: 'Working',
  idle: 'Idle',
  needs_input: 'Needs you',
  rate_limited: 'Rate limited',
  over_budget: 'Over budget',
};
const NEEDS_SOMEBODY = new Set(['needs_input', 'over_budget']);

export function needsYou(session: Session): boolean {
  return session.status === 'running' && NEEDS_SOMEBODY.has(session.state ?? '');
}

export function exitText({ code, signal }: Exit): string {
  if (signal !== null && signal !== undefined && signal !== 0) return `signal ${signal}`;
  return code === null || code === undefined ? 'no exit code' : `code ${code}`;
}

const ENDED_BY: Record<string, string> = { stop: 'Stopped', idle: 'Ended after being idle', memory: 'Ended: too much memory' };

export function statusText(session: Session): string {
  if (session.status === 'running' && session.state && session.state in DOING) return DOING[session.state]!;
  if (session.status === 'exited' && session.endedBy && session.endedBy in ENDED_BY) return ENDED_BY[session.endedBy]!;
  if (session.status !== 'exited') return WORDS[session.status] ?? session.status;
  return `Exited (${exitText({ code: session.exitCode, signal: session.signal })})`;
}

function tone(session: Session): string {
  if (session.status === 'exited') return session.exitCode === 0 || (session.endedBy && session.endedBy !== 'memory') ? 'done' : 'failed';
  return session.status === 'running' && session.state ? session.state : session.status;
}

export function Status({ session, words = true }: { session: Session; words?: boolean }): JSX.Element {
  const text = statusText(session);
  return (
    <span class={`status status-${tone(session)}`} title={words ? undefined : text}>
      <span class={`dot dot-${tone(session)}`} aria-hidden="true" />
      <span class={words ? 'status-text' : 'visually-hidden'}>{text}</span>
    </span>
  );
}

/** How many have the session open now. */
export function Viewers({ session }: { session: Session }): JSX.Element | null {
  const count = session.viewers?.length ?? 0;
  if (count === 0) return null;
  const who = session.viewers?.map(({ user, drives }) => (drives ? `${user} (drives)` : user)).join('\n');
  return (
    <span class="badge" title={who}>
      <Icon name="eye" size={13} />
      {count} <span class="visually-hidden">watching</span>
    </span>
  );
}
