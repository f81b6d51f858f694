/** Budgets: what warned lately, and raising, making and removing them. */
import { signal } from '@preact/signals';

import { get, patch, post, remove, type Schemas } from './client';
import { learn } from './sessions';
import type { Budget, Standing } from './money-types';
import type { Session } from './types';

/** The newest warning of each session that no other word of the session repeats: of budgets that are not its own. */
export const warnings = signal<ReadonlyMap<string, Standing>>(new Map());

/** Budgets at limits whose warning somebody has put away. */
export const putAway = signal<ReadonlySet<string>>(new Set());

const nameOf = ({ id, limitUsd }: Standing): string => `${id} ${limitUsd}`;

export function warn(sessionId: string, budget: Standing): void {
  warnings.value = new Map(warnings.value).set(sessionId, budget);
}

export function putWarningAway(budget: Standing): void {
  putAway.value = new Set(putAway.value).add(nameOf(budget));
}

/** The budget that the session's people should know of: nearly used up, or used up and only warning. */
export function warningOf(session: Session): Standing | null {
  const own = session.budget && session.budget.percent >= session.budget.softPercent ? session.budget : null;
  const heard = warnings.value.get(session.id);
  const other = heard && heard.id !== session.budget?.id ? heard : null;
  return [own, other].find((budget) => budget && !putAway.value.has(nameOf(budget))) ?? null;
}

/** Gives a budget another limit; `session` is the one it was raised for. */
export async function raise(budget: { id: string }, limitUsd: string, session?: Session): Promise<void> {
  if (session && session.budget?.id === budget.id) await setLimit(session.id, limitUsd);
  else await changeBudget(budget.id, { limitUsd });
  if (!session || warnings.value.get(session.id)?.id !== budget.id) return;
  const left = new Map(warnings.value);
  left.delete(session.id);
  warnings.value = left;
}

/** The session's own budget; null removes it. */
export async function setLimit(sessionId: string, limitUsd: string | null): Promise<void> {
  const budget = limitUsd === null ? null : { limitUsd };
  const { session } = await patch('/api/sessions/{sessionId}', { params: { path: { sessionId } }, body: { budget } });
  learn(session);
}

export type BudgetDraft = Schemas['CreateBudget'];

export async function createBudget(draft: BudgetDraft): Promise<void> {
  await post('/api/costs/budgets', { body: draft });
}

export async function changeBudget(budgetId: string, body: Schemas['PatchBudget']): Promise<void> {
  await patch('/api/costs/budgets/{budgetId}', { params: { path: { budgetId } }, body });
}

export async function deleteBudget(budgetId: string): Promise<void> {
  await remove('/api/costs/budgets/{budgetId}', { params: { path: { budgetId } } });
}

export async function budgetOf(budgetId: string): Promise<Budget> {
  return (await get('/api/costs/budgets/{budgetId}', { params: { path: { budgetId } } })).budget;
}
