/** The budgets: how full each is and where it will end; made, raised, changed and removed here. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { mayChange, user } from '../../api/auth';
import { deleteBudget } from '../../api/budgets';
import type { Budget } from '../../api/money-types';
import { byId } from '../../api/sessions';
import { aboutBudget, PERIODS } from '../../budget-text';
import { exact, short } from '../../money';
import { Confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icons';
import { Menu, type MenuItem } from '../../ui/menu';
import { moment } from '../../ui/time';
import { BudgetBar } from '../bar';
import { Raise } from '../limit';
import { BudgetForm } from './budget-form';

type Open = { what: 'new' } | { what: 'edit' | 'raise' | 'delete'; budget: Budget } | null;

interface Props {
  budgets: Budget[];
  isStaff: boolean;
  onChanged: () => Promise<void>;
}

export function Budgets({ budgets, isStaff, onChanged }: Props): JSX.Element {
  const open = useSignal<Open>(null);
  const close = (): void => {
    open.value = null;
  };
  const changed = (): void => {
    close();
    void onChanged();
  };
  const shown = open.value;
  const fullestFirst = budgets.toSorted((one, other) => other.percent - one.percent);
  const wide = fullestFirst.filter(({ sessionId }) => !sessionId);
  const single = fullestFirst.filter(({ sessionId }) => sessionId && byId.value.has(sessionId));
  const rows = (some: Budget[]): JSX.Element => (
    <ul class="budgets">
      {some.map((budget) => (
        <Row key={budget.id} budget={budget} isStaff={isStaff} onOpen={(what) => (open.value = { what, budget })} />
      ))}
    </ul>
  );
  return (
    <section class="card" aria-label="Budgets">
      <header class="card-head">
        <h2>Budgets</h2>
        {mayChange.value && (
          <button type="button" class="button button-small" onClick={() => (open.value = { what: 'new' })}>
            <Icon name="plus" size={15} /> New budget
          </button>
        )}
      </header>
      {wide.length === 0 && (
        <p class="muted">None so far. A budget warns before it is used up, and then refuses calls before money is spent.</p>
      )}
      {rows(wide)}
      {single.length > 0 && (
        <details class="more">
          <summary>
            {single.length === 1 ? '1 budget of a single session' : `${single.length} budgets of single sessions`}
          </summary>
          {rows(single)}
        </details>
      )}
      {shown?.what === 'new' && <BudgetForm isStaff={isStaff} onClose={close} onSaved={changed} />}
      {shown?.what === 'edit' && <BudgetForm budget={shown.budget} isStaff={isStaff} onClose={close} onSaved={changed} />}
      {shown?.what === 'raise' && (
        <Dialog title="Raise the limit" onClose={close}>
          <div class="dialog-text">
            <BudgetBar budget={shown.budget} />
            <Raise budget={shown.budget} onRaised={changed} />
          </div>
        </Dialog>
      )}
      {shown?.what === 'delete' && (
        <Confirm
          title="Delete the budget?"
          verb="Delete"
          action={() => deleteBudget(shown.budget.id).then(onChanged)}
          onClose={close}
        >
          <p>
            <strong>{titleOf(shown.budget)}</strong> holds nothing back any more. What was spent stays in the reports.
          </p>
        </Confirm>
      )}
    </section>
  );
}

const titleOf = (budget: Budget): string => budget.name || aboutBudget(budget);

/** Who may change it: staff, and whoever made it for himself. */
const isChangeable = ({ createdBy, owner }: Budget, isStaff: boolean): boolean =>
  isStaff || (mayChange.value && createdBy === user.value?.username && owner === createdBy);

function Row({
  budget,
  isStaff,
  onOpen,
}: {
  budget: Budget;
  isStaff: boolean;
  onOpen: (what: 'edit' | 'raise' | 'delete') => void;
}): JSX.Element {
  const items: MenuItem[] = [
    { icon: 'up', text: 'Raise…', act: () => onOpen('raise') },
    { icon: 'edit', text: 'Change…', act: () => onOpen('edit') },
    { icon: 'trash', text: 'Delete…', act: () => onOpen('delete'), danger: true },
  ];
  const about = [
    budget.name && aboutBudget(budget),
    PERIODS[budget.period].toLowerCase(),
    budget.action === 'block' ? 'refuses calls' : 'only warns',
  ];
  return (
    <li class={`budget budget-${budget.state}`}>
      <div class="budget-main">
        <span class="part-name">{titleOf(budget)}</span>
        <span class="muted budget-about">
          {about.filter(Boolean).join(' · ')}
          {!isChangeable(budget, isStaff) && ` · set by ${budget.createdBy ?? 'an administrator'}`}
        </span>
      </div>
      <div class="budget-stand">
        <BudgetBar budget={budget} />
        <Outlook budget={budget} />
      </div>
      {isChangeable(budget, isStaff) ? <Menu label={`Actions for ${titleOf(budget)}`} items={items} /> : <span />}
    </li>
  );
}

/** Whose share is fullest, and when the limit will be reached or where the period will end. */
function Outlook({ budget }: { budget: Budget }): JSX.Element | null {
  const { forecast, subjects, subjectCount, percent } = budget;
  const told = [];
  if (subjectCount > 1) {
    told.push(`fullest of ${subjectCount}${subjects[0]?.subjectName ? `: ${subjects[0].subjectName}` : ''}`);
  }
  if (percent < 100 && forecast.usedUpAt) told.push(`used up about ${moment(forecast.usedUpAt)} at this pace`);
  else if (forecast.forecastUsd) told.push(`≈ ${short(forecast.forecastUsd)} at the end`);
  if (told.length === 0) return null;
  return (
    <span
      class="muted budget-outlook"
      title={[forecast.method, forecast.forecastUsd && exact(forecast.forecastUsd)].filter(Boolean).join(': ')}
    >
      {told.join(' · ')}
    </span>
  );
}
