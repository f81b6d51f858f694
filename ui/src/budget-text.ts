/** Budgets in words: whose they are, which time they are for, and how they stand. */
import { short } from './money';
import type { Budget, Period, Scope, Standing } from './api/money-types';

const WHOSE: Record<Scope, string> = {
  global: 'for all calls',
  user: 'of this user',
  session: 'of this session',
  agent: 'of this agent',
};
const WHEN: Record<Period, string> = { total: '', day: ' today', week: ' this week', month: ' this month' };

export const PERIODS: Record<Period, string> = { total: 'In all', day: 'Each day', week: 'Each week', month: 'Each month' };
export const ACTIONS = { block: 'Refuse calls', warn: 'Only warn' } as const;

/** `the budget “team” for all calls`. */
export function budgetName({ name, scope }: Pick<Standing, 'name' | 'scope'>): string {
  return `the budget${name ? ` “${name}”` : ''} ${WHOSE[scope]}`;
}

export function spentText({ spentUsd, limitUsd, period }: Pick<Standing, 'spentUsd' | 'limitUsd' | 'period'>): string {
  return `${short(spentUsd)} of ${short(limitUsd)} spent${WHEN[period]}`;
}

/** `80 % of the budget of this session is used: $4.00 of $5.00 spent`. */
export function budgetText(budget: Standing): string {
  const { percent } = budget;
  if (percent >= 100) return `${capital(budgetName(budget))} is used up: ${spentText(budget)}`;
  return `${percent} % of ${budgetName(budget)} is used: ${spentText(budget)}`;
}

/** Why calls are refused: `the budget of this session has too little left`. */
export function heldText(budget: Standing): string {
  return `${budgetName(budget)} ${budget.percent >= 100 ? 'is used up' : 'has too little left'}`;
}

/** `, the next call may need $0.20`; empty where there is nothing left at all. */
export function neededText({ percent }: Pick<Standing, 'percent'>, neededUsd: string): string {
  return percent >= 100 || Number(neededUsd) === 0 ? '' : `, and the next call may cost ${short(neededUsd)}`;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What its calls are, in a few words: `Everybody’s calls`, `Each session of alice`. */
export function aboutBudget({ scope, owner, sessionId, sessionName, agent }: Budget): string {
  const of = owner ? ` of ${owner}` : '';
  switch (scope) {
    case 'global':
      return 'All calls of everybody';
    case 'user':
      return owner ? `All calls${of}` : 'Each user';
    case 'session':
      return sessionId ? `Session ${sessionName || sessionId.slice(0, 8)}` : `Each session${of}`;
    case 'agent':
      return agent ? `Agent ${agent}${owner ? `, calls${of}` : ''}` : `Each agent${of}`;
  }
}
