/** A session's budget: set, raised by one click, removed; and the banner while it warns or holds the session. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { user } from '../api/auth';
import { budgetOf, putWarningAway, raise, setLimit, warningOf } from '../api/budgets';
import { ApiError, explain } from '../api/client';
import type { Standing } from '../api/money-types';
import type { Session } from '../api/types';
import { budgetText, capital, heldText, neededText, spentText } from '../budget-text';
import { higher, short } from '../money';
import { Banner } from '../ui/banner';
import { Icon } from '../ui/icons';
import { toast } from '../ui/toast';
import { BudgetBar } from './bar';

/** Who can change a budget that the viewer can't; empty when he can himself. */
export function keeperText(createdBy: string | null, me: string): string {
  if (createdBy === me) return '';
  return createdBy
    ? `It was set by ${createdBy}, who can raise it, or an administrator.`
    : 'An administrator can raise it.';
}

/** Null until it is known. */
function useKeeper(id: string): string | null {
  const isStaff = user.value?.role === 'admin';
  const [text, setText] = useState<string | null>(isStaff ? '' : null);
  useEffect(() => {
    if (isStaff) return setText('');
    let gone = false;
    setText(null);
    budgetOf(id).then(
      ({ createdBy }) => !gone && setText(keeperText(createdBy, user.value?.username ?? '')),
      (error: unknown) => !gone && setText(error instanceof ApiError && error.status === 404 ? keeperText(null, '') : ''),
    );
    return () => {
      gone = true;
    };
  }, [id, isStaff]);
  return text;
}

interface RaiseProps {
  budget: Pick<Standing, 'id' | 'limitUsd' | 'spentUsd'>;
  session?: Session | undefined;
  /** What the call needs that was refused. */
  needed?: string | undefined;
  onRaised?: (() => void) | undefined;
}

/** One click raises the limit, to an amount that is suggested or typed; who may not is told who can. */
export function Raise({ budget, session, needed, onRaised }: RaiseProps): JSX.Element | null {
  const keeper = useKeeper(budget.id);
  const typing = useSignal(false);
  const busy = useSignal(false);
  const to = async (limit: string): Promise<void> => {
    busy.value = true;
    try {
      await raise(budget, limit, session);
      typing.value = false;
      toast(`The limit is ${short(limit)} now.`);
      onRaised?.();
    } catch (error) {
      toast(explain(error), 'danger');
    }
    busy.value = false;
  };
  if (keeper === null) return null;
  if (keeper) return <span class="keeper">{keeper}</span>;
  const [first, ...others] = higher(budget.limitUsd, budget.spentUsd, needed);
  if (typing.value) {
    return (
      <Typed
        start={first!}
        verb="Raise"
        busy={busy.value}
        onSubmit={(limit) => void to(limit)}
        onCancel={() => (typing.value = false)}
      />
    );
  }
  return (
    <span class="raise">
      <button
        type="button"
        class="button button-small button-primary"
        disabled={busy.value}
        onClick={() => void to(first!)}
      >
        Raise to {short(first!)}
      </button>
      {others.map((limit) => (
        <button key={limit} type="button" class="button button-small" disabled={busy.value} onClick={() => void to(limit)}>
          {short(limit)}
        </button>
      ))}
      <button type="button" class="button button-small" onClick={() => (typing.value = true)}>
        Other…
      </button>
    </span>
  );
}

interface TypedProps {
  start: string;
  verb: string;
  busy: boolean;
  onSubmit: (limit: string) => void;
  onCancel: () => void;
}

function Typed({ start, verb, busy, onSubmit, onCancel }: TypedProps): JSX.Element {
  const [text, setText] = useState(start);
  const submit = (event: Event): void => {
    event.preventDefault();
    onSubmit(text.trim().replace(/^\$/, ''));
  };
  return (
    <form class="raise" onSubmit={submit}>
      <span class="dollars">
        <input
          aria-label="New limit in dollars"
          inputMode="decimal"
          autocomplete="off"
          autoFocus
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </span>
      <button class="button button-small button-primary" disabled={busy || text.trim() === ''}>
        {verb}
      </button>
      <button type="button" class="button button-small" onClick={onCancel}>
        Cancel
      </button>
    </form>
  );
}

/** The session's own budget, in the panel behind its cost. */
export function Limit({ session }: { session: Session }): JSX.Element {
  const typing = useSignal(false);
  const busy = useSignal(false);
  const { budget } = session;
  const put = async (limit: string | null): Promise<void> => {
    busy.value = true;
    await setLimit(session.id, limit).then(
      () => (typing.value = false),
      (error: unknown) => toast(explain(error), 'danger'),
    );
    busy.value = false;
  };
  if (budget) {
    return (
      <div class="limit">
        <BudgetBar budget={budget} />
        <Raise budget={budget} session={session} />
        <button type="button" class="link" disabled={busy.value} onClick={() => void put(null)}>
          Remove the budget
        </button>
      </div>
    );
  }
  if (typing.value) {
    return (
      <div class="limit">
        <Typed
          start="5.00"
          verb="Set"
          busy={busy.value}
          onSubmit={(limit) => void put(limit)}
          onCancel={() => (typing.value = false)}
        />
      </div>
    );
  }
  return (
    <div class="limit">
      <button type="button" class="button button-small" onClick={() => (typing.value = true)}>
        Set a budget…
      </button>
    </div>
  );
}

/** Over the terminal: the budget that holds its session, or that nearly does. */
export function BudgetBanner({ session, onRaised }: { session: Session; onRaised?: () => void }): JSX.Element | null {
  if (session.status !== 'running') return null;
  const held = session.blockedBy;
  if (held) {
    const { budget, neededUsd } = held;
    return (
      <Banner tone="danger">
        <div class="budget-banner">
          <span>
            {budget ? (
              <>
                <strong>{capital(heldText(budget))}:</strong> {spentText(budget)}
                {neededText(budget, neededUsd)}. Calls are refused.
              </>
            ) : (
              held.message
            )}
          </span>
          {budget && (
            <Raise key={budget.id} budget={budget} session={session} needed={neededUsd} onRaised={onRaised} />
          )}
        </div>
      </Banner>
    );
  }
  const warning = warningOf(session);
  if (!warning) return null;
  return (
    <Banner tone="warning">
      <div class="budget-banner">
        <span>{budgetText(warning)}.</span>
        <Raise key={warning.id} budget={warning} session={session} onRaised={onRaised} />
        <button
          type="button"
          class="icon-button budget-away"
          aria-label="Put the warning away"
          title="Put away"
          onClick={() => putWarningAway(warning)}
        >
          <Icon name="close" size={16} />
        </button>
      </div>
    </Banner>
  );
}
