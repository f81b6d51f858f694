/** The page of costs: sums, a bar a day, by whom and what for, budgets, and what a subscription has left. */
import '../../styles/cards.css';
import './costs.css';

import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { user } from '../../api/auth';
import { explain } from '../../api/client';
import * as api from '../../api/costs';
import type { Range } from '../../api/costs';
import type { Budget, Dashboard, Plan } from '../../api/money-types';
import { now } from '../../api/sessions';
import { Icon } from '../../ui/icons';
import { Budgets } from './budgets';
import { Daily } from './daily';
import { Breakdown, TopSessions, Unpriced } from './parts';
import { Plans } from './plans';
import { ownZone, PRESETS, rangeOf, todayIn, type Preset } from './range';
import { Tiles } from './tiles';

const REST_MS = 4000; // between two looks, however much is spent meanwhile

const preset = signal<Preset>('30');
const zone = signal('');
const custom = signal({ startDate: '', endDate: '' });
const serverZone = signal('UTC'); // until the server has said

interface Found {
  range: Range;
  dashboard: Dashboard;
  budgets: Budget[];
  plans: Plan[];
}

async function look(range: Range): Promise<Found> {
  const [dashboard, budgets, plans] = await Promise.all([api.dashboard(range), api.budgets(), api.plans()]);
  return { range, dashboard, budgets, plans };
}

/** Looks when the range changes, when asked to, and some time after the server has told of new costs. */
function useFound(range: Range): { found: Found | null; failure: string; busy: boolean; again: () => Promise<void> } {
  const [found, setFound] = useState<Found | null>(null);
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const wanted = useRef(0);
  const looked = useRef(0);
  const due = useRef(0);
  const again = async (): Promise<void> => {
    const mine = ++wanted.current;
    setBusy(true);
    looked.current = Date.now();
    clearTimeout(due.current);
    due.current = 0;
    try {
      const answer = await look(range);
      if (mine !== wanted.current) return;
      if (!range.tz) serverZone.value = answer.dashboard.range.tz;
      setFound(answer);
      setFailure('');
    } catch (error) {
      if (mine !== wanted.current) return;
      setFailure(explain(error));
    }
    setBusy(false);
  };
  const key = JSON.stringify(range);
  const heard = api.costsHeard.value;
  const first = useRef(heard); // what was heard before the page was opened is in its first look
  const latest = useRef(again); // of the range that is chosen when the time has come
  latest.current = again;
  useEffect(() => void again(), [key]);
  useEffect(() => {
    if (heard === first.current || due.current) return;
    due.current = window.setTimeout(() => void latest.current(), Math.max(300, looked.current + REST_MS - Date.now()));
  }, [heard]);
  useEffect(
    () => () => {
      wanted.current = -1;
      clearTimeout(due.current);
    },
    [],
  );
  return { found, failure, busy, again };
}

export function CostsPage(): JSX.Element {
  document.title = 'Costs · AGTerm';
  const range = rangeOf(preset.value, zone.value, todayIn(zone.value || serverZone.value, now.value), custom.value);
  const { found, failure, busy, again } = useFound(range);
  const isStaff = user.value?.role === 'admin';
  return (
    <main class="page costs" aria-busy={busy}>
      <header class="page-head">
        <div class="page-title">
          <h1>Costs</h1>
          <p class="muted">{isStaff ? 'What everybody’s sessions cost' : 'What your sessions cost'}</p>
        </div>
        <a class="button button-small" href={api.exportPath(range, 'csv')} download>
          <Icon name="download" size={15} /> CSV
        </a>
        <a class="button button-small" href={api.exportPath(range, 'json')} download>
          <Icon name="download" size={15} /> JSON
        </a>
      </header>
      <RangePicker range={range} />
      {failure && (
        <p class="form-error" role="alert">
          {failure}
        </p>
      )}
      {!found && !failure && <p class="muted">Adding up…</p>}
      {found && <Report {...found} isStaff={isStaff} onChanged={again} />}
    </main>
  );
}

function Report({
  range,
  dashboard,
  budgets,
  plans,
  isStaff,
  onChanged,
}: Found & { isStaff: boolean; onChanged: () => Promise<void> }): JSX.Element {
  return (
    <>
      <Tiles dashboard={dashboard} />
      <Unpriced unpriced={dashboard.total.unpriced} isStaff={isStaff} />
      <Daily days={dashboard.byDay} total={dashboard.total} range={range} isStaff={isStaff} />
      <div class="cards">
        <Breakdown
          title="By model"
          parts={dashboard.byModel}
          nameOf={({ model, provider }) => [model || 'unknown', provider]}
        />
        <Breakdown title="By provider" parts={dashboard.byProvider} nameOf={({ provider }) => [provider]} />
        <Breakdown title="By agent" parts={dashboard.byAgent} nameOf={({ agent }) => [agent]} />
        {isStaff && <Breakdown title="By user" parts={dashboard.byUser} nameOf={({ user: name }) => [name ?? 'deleted']} />}
      </div>
      <TopSessions found={dashboard.topSessions} all={dashboard.total.sessions} withOwner={isStaff} />
      <Budgets budgets={budgets} isStaff={isStaff} onChanged={onChanged} />
      <Plans plans={plans} />
    </>
  );
}

function RangePicker({ range }: { range: Range }): JSX.Element {
  const choose = (wanted: Preset): void => {
    if (wanted === 'custom') custom.value = { startDate: range.startDate, endDate: range.endDate };
    preset.value = wanted;
  };
  const move = (end: 'startDate' | 'endDate', date: string): void => {
    if (!date) return;
    const moved = { ...custom.value, [end]: date };
    if (moved.startDate > moved.endDate) moved[end === 'startDate' ? 'endDate' : 'startDate'] = date;
    custom.value = moved;
  };
  const own = ownZone();
  return (
    <div class="range">
      <div class="segments" role="group" aria-label="Days">
        {PRESETS.map(([name, text]) => (
          <button
            key={name}
            type="button"
            class="segment"
            aria-pressed={preset.value === name}
            onClick={() => choose(name)}
          >
            {text}
          </button>
        ))}
      </div>
      {preset.value === 'custom' && (
        <span class="range-days">
          <input
            type="date"
            aria-label="First day"
            value={range.startDate}
            onChange={(event) => move('startDate', event.currentTarget.value)}
          />
          –
          <input
            type="date"
            aria-label="Last day"
            value={range.endDate}
            onChange={(event) => move('endDate', event.currentTarget.value)}
          />
        </span>
      )}
      <select
        aria-label="Time zone of the days"
        value={zone.value}
        onChange={(event) => (zone.value = event.currentTarget.value)}
      >
        <option value="">{serverZone.value} (server)</option>
        {own !== serverZone.value && <option value={own}>{own} (here)</option>}
        {![own, serverZone.value].includes('UTC') && <option value="UTC">UTC</option>}
      </select>
    </div>
  );
}
