/** How much of a subscription's plan is used up, as the CLIs told of it. */
import type { JSX } from 'preact';

import type { Plan } from '../../api/money-types';
import { agentsById } from '../../api/sessions';
import { moment } from '../../ui/time';
import { Bar } from '../bar';

/** `5 hours`, `7 days`. */
export function windowText({ windowMinutes, window }: Pick<Plan, 'windowMinutes' | 'window'>): string {
  if (!windowMinutes) return window;
  const [amount, unit] =
    windowMinutes % 1440 === 0
      ? [windowMinutes / 1440, 'day']
      : windowMinutes % 60 === 0
        ? [windowMinutes / 60, 'hour']
        : [windowMinutes, 'minute'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}

export function Plans({ plans }: { plans: Plan[] }): JSX.Element | null {
  if (plans.length === 0) return null;
  return (
    <section class="card" aria-label="Subscriptions">
      <header class="card-head">
        <h2>Subscriptions</h2>
        <span class="muted">as the CLIs told last</span>
      </header>
      <ul class="budgets">
        {plans.map((plan) => {
          const percent = Math.round(plan.usedPercent ?? 0);
          return (
            <li key={`${plan.agent} ${plan.window}`} class="plan">
              <span class="part-name">
                {agentsById.value.get(plan.agent)?.name ?? plan.agent} <span class="muted">{windowText(plan)}</span>
              </span>
              <div class="budget-bar">
                <Bar percent={percent} softPercent={80} />
                <span>
                  {plan.usedPercent === null ? 'not told' : `${percent} % used`}{' '}
                  {plan.resetsAt && <span class="muted">resets {moment(plan.resetsAt)}</span>}
                </span>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
