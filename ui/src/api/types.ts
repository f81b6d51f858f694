/** What the server says, as types: sessions, agents, users, events, and the frames of the terminal socket. */
import type { Schemas } from './client';
import type { Money, Standing } from './money-types';

export type Session = Schemas['Session'];
export type SessionStatus = Session['status'];
/** What the agent is doing; told from its screen, its output and its foreground process, and by its budgets. */
export type SessionState = Session['state'];
/** How a session's program is walled in; all null and empty before it was started. */
export type Box = Schemas['Box'];
export type Network = NonNullable<Box['network']>;
/** How well the machine walls sessions in. */
export type IsolationReport = Schemas['IsolationAnswer'];
/** One thing a session asked its proxy or its door for. */
export type Reached = Schemas['Reached'];
/** One attachment of somebody to a session. */
export type Viewer = Schemas['Viewer'];
export type Agent = Schemas['Agent'];
/** A named way to start a session; the machine's shells are profiles too, which nobody can change. */
export type Profile = Schemas['Profile'];
export type ShellChoice = Schemas['Shell'];
export type User = Schemas['User'];

/** What `/api/events` says. */
export interface SessionEvent {
  type: 'created' | 'changed' | 'switched' | 'exited' | 'state' | 'resized' | 'viewers' | 'title' | 'deleted';
  sessionId: string;
  session?: Partial<Session>;
  title?: string;
}

export interface Attention {
  reason: 'needs_input' | 'rate_limited' | 'over_budget' | 'failed';
  sessionId: string;
  session: Session;
}

export interface CostEvent extends Money {
  sessionId: string;
}

export interface BudgetEvent {
  sessionId: string;
  budget: Standing;
}

export interface Attached {
  session: Session;
  cols: number;
  rows: number;
  offset: number;
  replay: 'none' | 'bytes' | 'screen';
  /** This line drives: its window gives the terminal its size. */
  control: boolean;
  mode: 'control' | 'view';
  title?: string;
  viewers?: Viewer[];
  viewerCount?: number;
}

export interface Control {
  driver: Pick<Viewer, 'user' | 'id'> | null;
  you: boolean;
  viewers: Viewer[];
  viewerCount: number;
}

export interface Repaint {
  data: string;
  offset: number;
  cols: number;
  rows: number;
  /** So many lines above the screen were asked for. */
  history?: number;
}

export interface Exit {
  code: number | null;
  signal: number | string | null;
}

export interface Frame {
  type: string;
  sessionId?: string;
  payload?: Record<string, unknown>;
}
