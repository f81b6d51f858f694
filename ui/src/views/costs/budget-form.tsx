/** The form of a budget: whose calls count, for which time, how much, and what happens at the limit. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { user } from '../../api/auth';
import { changeBudget, createBudget, type BudgetDraft } from '../../api/budgets';
import type { Budget, Period } from '../../api/money-types';
import { agents, refreshAgents } from '../../api/sessions';
import { ACTIONS, PERIODS } from '../../budget-text';
import { Dialog } from '../../ui/dialog';
import { Field, Form, textOf } from '../../ui/form';
import { ownZone } from './range';

type Kind = 'mine' | 'each-session' | 'global' | 'each-user' | 'one-user' | 'agent';

const KINDS: [Kind, string, boolean][] = [
  ['mine', 'All my calls', false],
  ['each-session', 'Each session of mine', false],
  ['agent', 'One agent', false],
  ['global', 'All calls of everybody', true],
  ['each-user', 'Each user', true],
  ['one-user', 'One user', true],
];

/** What is sent for a new budget; `everybody`: an agent's budget is not for the caller's own calls alone. */
export function budgetDraft(form: FormData, kind: Kind, me: string, zone: string): BudgetDraft {
  const period = textOf(form, 'period') as Period;
  const everybody = form.has('everybody');
  const whose: Record<Kind, Pick<BudgetDraft, 'scope' | 'owner' | 'agent'>> = {
    mine: { scope: 'user', owner: me },
    'each-session': { scope: 'session', owner: me },
    agent: { scope: 'agent', agent: textOf(form, 'agent'), owner: everybody ? null : me },
    global: { scope: 'global' },
    'each-user': { scope: 'user', owner: null },
    'one-user': { scope: 'user', owner: textOf(form, 'owner') },
  };
  return { ...whose[kind], ...figuresOf(form), period, ...(period !== 'total' && zone && { timeZone: zone }) };
}

function figuresOf(form: FormData): Pick<BudgetDraft, 'name' | 'limitUsd' | 'softPercent' | 'action'> {
  return {
    name: textOf(form, 'name'),
    limitUsd: textOf(form, 'limit').replace(/^\$/, ''),
    softPercent: Number(textOf(form, 'soft')),
    action: textOf(form, 'action') as Budget['action'],
  };
}

interface Props {
  budget?: Budget;
  isStaff: boolean;
  onClose: () => void;
  onSaved: () => void;
}

export function BudgetForm({ budget, isStaff, onClose, onSaved }: Props): JSX.Element {
  const [kind, setKind] = useState<Kind>(isStaff ? 'global' : 'mine');
  const [zone, setZone] = useState('');
  const submit = async (form: FormData): Promise<void> => {
    if (budget) await changeBudget(budget.id, figuresOf(form));
    else await createBudget(budgetDraft(form, kind, user.value?.username ?? '', zone));
    onSaved();
  };
  useEffect(() => void (agents.value.length === 0 && refreshAgents().catch(() => {})), []);
  return (
    <Dialog title={budget ? 'Change the budget' : 'New budget'} onClose={onClose} wide>
      <Form verb={budget ? 'Save' : 'Create'} submit={submit} onClose={onClose}>
        {!budget && (
          <div class="fields">
            <Field label="For">
              <select value={kind} onChange={(event) => setKind(event.currentTarget.value as Kind)}>
                {KINDS.filter(([, , staffOnly]) => isStaff || !staffOnly).map(([name, text]) => (
                  <option key={name} value={name}>
                    {text}
                  </option>
                ))}
              </select>
            </Field>
            {kind === 'one-user' && (
              <Field label="User">
                <input name="owner" required maxLength={150} autocomplete="off" spellcheck={false} />
              </Field>
            )}
            {kind === 'agent' && (
              <Field label="Agent">
                <select name="agent">
                  {agents.value.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </select>
              </Field>
            )}
            <Period zone={zone} onZone={setZone} />
          </div>
        )}
        {!budget && kind === 'agent' && isStaff && (
          <label class="check">
            <input type="checkbox" name="everybody" defaultChecked />
            <span>Everybody’s calls, not only mine</span>
          </label>
        )}
        <div class="fields">
          <Field label="Limit in dollars">
            <input
              name="limit"
              required
              inputMode="decimal"
              autocomplete="off"
              placeholder="25.00"
              defaultValue={budget?.limitUsd}
            />
          </Field>
          <Field label="Warn at percent">
            <input name="soft" required type="number" min={1} max={100} defaultValue={String(budget?.softPercent ?? 80)} />
          </Field>
          <Field label="At the limit">
            <select name="action" defaultValue={budget?.action ?? 'block'}>
              {Object.entries(ACTIONS).map(([name, text]) => (
                <option key={name} value={name} selected={name === (budget?.action ?? 'block')}>
                  {text}
                </option>
              ))}
            </select>
          </Field>
          <Field label="Name" optional>
            <input name="name" maxLength={200} autocomplete="off" defaultValue={budget?.name} />
          </Field>
        </div>
      </Form>
    </Dialog>
  );
}

function Period({ zone, onZone }: { zone: string; onZone: (zone: string) => void }): JSX.Element {
  const [period, setPeriod] = useState<Period>('month');
  const own = ownZone();
  return (
    <>
      <Field label="Period">
        <select name="period" value={period} onChange={(event) => setPeriod(event.currentTarget.value as Period)}>
          {(Object.keys(PERIODS) as Period[]).map((name) => (
            <option key={name} value={name}>
              {PERIODS[name]}
            </option>
          ))}
        </select>
      </Field>
      {period !== 'total' && (
        <Field label="It begins at midnight in">
          <select value={zone} onChange={(event) => onZone(event.currentTarget.value)}>
            <option value="">the server’s time zone</option>
            {own !== 'UTC' && <option value={own}>{own}</option>}
            <option value="UTC">UTC</option>
          </select>
        </Field>
      )}
    </>
  );
}
