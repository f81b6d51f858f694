/** How full a budget is, as a bar. */
import type { JSX } from 'preact';

import type { Standing } from '../api/money-types';
import { spentText } from '../budget-text';
import { exact } from '../money';

/** The mark stands where the budget begins to warn. */
export function Bar({ percent, softPercent }: { percent: number; softPercent: number }): JSX.Element {
  const tone = percent >= 100 ? 'bar-full' : percent >= softPercent ? 'bar-soft' : '';
  return (
    <span class={`bar ${tone}`} aria-hidden="true">
      <span class="bar-fill" style={{ width: `${Math.min(100, Math.max(0, percent))}%` }} />
      {softPercent < 100 && <span class="bar-mark" style={{ left: `${softPercent}%` }} />}
    </span>
  );
}

export function BudgetBar({
  budget,
}: {
  budget: Pick<Standing, 'percent' | 'softPercent' | 'spentUsd' | 'limitUsd' | 'period'>;
}): JSX.Element {
  return (
    <div class="budget-bar" title={`${exact(budget.spentUsd)} of ${exact(budget.limitUsd)}`}>
      <Bar percent={budget.percent} softPercent={budget.softPercent} />
      <span>
        {spentText(budget)} <span class="muted">{budget.percent} %</span>
      </span>
    </div>
  );
}
