/** The reports of costs, and word that there is something new in them. */
import { signal } from '@preact/signals';

import { get, type Schemas, urlOf } from './client';
import type { Budget, Dashboard, Plan } from './money-types';

/** Counts what the event stream says of costs; whoever shows sums looks anew when it moves. */
export const costsHeard = signal(0);

export interface Range {
  startDate: string;
  endDate: string;
  /** Empty: the server's own. */
  tz: string;
}

const asked = ({ tz, ...days }: Range): Range | Omit<Range, 'tz'> => (tz ? { tz, ...days } : days);

export async function dashboard(range: Range): Promise<Dashboard> {
  return get('/api/costs/dashboard', { params: { query: asked(range) } });
}

export async function budgets(): Promise<Budget[]> {
  return (await get('/api/costs/budgets', { params: { query: { limit: 1000 } } })).budgets;
}

export type By = Schemas['StackedAnswer']['by'];

/** A part's days are those of the range, in order. */
export type StackedPart = Schemas['StackedPart'];

export async function stacked(range: Range, by: By): Promise<StackedPart[]> {
  return (await get('/api/costs/stacked', { params: { query: { ...asked(range), by } } })).parts;
}

/** How a session spends: its newest calls, and its pace. */
/** What a pace is reckoned from. */
export type Spent = Pick<Schemas['CostEvent'], 'at' | 'basis' | 'costUsd'>;
export type SessionSpending = Schemas['CostSessionAnswer'];

export async function spendingOf(sessionId: string): Promise<SessionSpending> {
  return get('/api/costs/sessions/{sessionId}', { params: { path: { sessionId } } });
}

export async function plans(): Promise<Plan[]> {
  return (await get('/api/costs/plans')).plans;
}

export const exportPath = (range: Range, format: 'csv' | 'json'): string =>
  urlOf('get', '/api/costs/export', { query: { ...asked(range), format } });
