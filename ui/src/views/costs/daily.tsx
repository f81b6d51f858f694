/** What each day cost: as bars, and as a table for those who want figures. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { stacked, type By, type Range, type StackedPart } from '../../api/costs';
import type { Counts, DaySums, Sums } from '../../api/money-types';
import { approx, count, exact, picoOf, plural, short } from '../../money';
import { Chart, dayText, type Day } from './chart';

type Metric = 'cost' | 'plan' | 'tokens';

const chosen = signal<Metric>('cost');
const splitBy = signal<By | ''>('model');

const SPLITS: [By, string, boolean][] = [
  ['provider', 'By provider', false],
  ['model', 'By model', false],
  ['agent', 'By agent', false],
  ['user', 'By user', true],
];

const tokensOf = (sums: Counts): number =>
  sums.inputTokens + sums.cacheReadTokens + sums.cacheWriteTokens + sums.outputTokens;

/** Dollars of an axis: as few decimals as its steps need. */
export function axisDollars(value: number): string {
  if (value === 0) return '$0';
  if (value >= 1000) return `$${count(value)}`;
  return `$${Number.isInteger(value) ? value : value.toFixed(value >= 0.1 ? 2 : 4).replace(/(\.\d\d)0+$/, '$1')}`;
}

/** The figure of a part's day. */
const FIELDS = { cost: 'costUsd', plan: 'apiEquivalentUsd', tokens: 'tokens' } as const;

/** What the day is made of, in the order of the parts; what they leave of it is all others'. */
export function partsOf(metric: Metric, whole: number, parts: StackedPart[], place: number): number[] {
  const told = parts.map(({ days }) => approx(String(days[place]?.[FIELDS[metric]] ?? 0)));
  const rest = whole - told.reduce((sum, one) => sum + one, 0);
  return [...told, rest > whole * 1e-9 ? rest : 0];
}

/** Asks anew when the days have changed, be it that something was spent on them. */
function useParts(range: Range, by: By | '', days: DaySums[]): StackedPart[] {
  const [found, setFound] = useState<{ key: string; parts: StackedPart[] }>({ key: '', parts: [] });
  const key = `${by} ${JSON.stringify(range)}`;
  useEffect(() => {
    let gone = false;
    if (by) {
      stacked(range, by).then(
        (parts) => !gone && setFound({ key, parts }),
        () => {}, // whole bars then
      );
    }
    return () => {
      gone = true;
    };
  }, [key, days]);
  return by && found.key === key ? found.parts : [];
}

function dayOf(metric: Metric, day: DaySums): Day {
  const when = dayText(day.date, true);
  switch (metric) {
    case 'cost':
      return {
        date: day.date,
        value: approx(day.costUsd),
        text: `${when}: ${short(day.costUsd)}, ${plural(day.requests, 'request')}`,
      };
    case 'plan':
      return {
        date: day.date,
        value: approx(day.apiEquivalent.costUsd),
        text: `${when}: ≈ ${short(day.apiEquivalent.costUsd)}, not billed`,
      };
    case 'tokens':
      return { date: day.date, value: tokensOf(day), text: `${when}: ${plural(tokensOf(day), 'token')}` };
  }
}

interface Props {
  days: DaySums[];
  total: Sums;
  range: Range;
  isStaff: boolean;
}

export function Daily({ days, total, range, isStaff }: Props): JSX.Element {
  const parts = useParts(range, splitBy.value, days);
  const hasPlan = picoOf(total.apiEquivalent.costUsd) !== 0n;
  const metrics: [Metric, string][] = [
    ['cost', 'Dollars'],
    ...(hasPlan ? [['plan', 'By subscription'] as [Metric, string]] : []),
    ['tokens', 'Tokens'],
  ];
  const metric = metrics.some(([name]) => name === chosen.value) ? chosen.value : 'cost';
  const shown = days.map((day, place) => {
    const whole = dayOf(metric, day);
    return parts.length > 0 ? { ...whole, parts: partsOf(metric, whole.value, parts, place) } : whole;
  });
  return (
    <section class="card" aria-label="Days">
      <header class="card-head">
        <h2>Days</h2>
        <select
          class="pick card-pick"
          aria-label="Bars in parts"
          value={splitBy.value}
          onChange={(event) => (splitBy.value = event.currentTarget.value as By | '')}
        >
          <option value="">In all</option>
          {SPLITS.filter(([, , staffOnly]) => isStaff || !staffOnly).map(([by, text]) => (
            <option key={by} value={by} selected={by === splitBy.value}>
              {text}
            </option>
          ))}
        </select>
        <div class="segments" role="group" aria-label="Shown">
          {metrics.map(([name, text]) => (
            <button
              key={name}
              type="button"
              class="segment"
              aria-pressed={metric === name}
              onClick={() => (chosen.value = name)}
            >
              {text}
            </button>
          ))}
        </div>
      </header>
      <Chart
        label={`${metrics.find(([name]) => name === metric)![1]} a day`}
        days={shown}
        axis={metric === 'tokens' ? count : axisDollars}
        tone={metric === 'plan' ? 'plan' : 'billed'}
      />
      {parts.length > 0 && <Legend parts={parts} hasRest={shown.some((day) => (day.parts?.at(-1) ?? 0) > 0)} />}
      <details class="more">
        <summary>As a table</summary>
        <div class="table-scroll">
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Day</th>
                <th scope="col">Dollars</th>
                {hasPlan && <th scope="col">By subscription</th>}
                <th scope="col">Requests</th>
                <th scope="col">Tokens</th>
              </tr>
            </thead>
            <tbody>
              {days.toReversed().map((day) => (
                <tr key={day.date}>
                  <th scope="row">{dayText(day.date, true)}</th>
                  <td>{exact(day.costUsd)}</td>
                  {hasPlan && <td>≈ {exact(day.apiEquivalent.costUsd)}</td>}
                  <td>{day.requests.toLocaleString('en-US')}</td>
                  <td>{tokensOf(day).toLocaleString('en-US')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}

/** Which colour is whose; the last is all others'. */
function Legend({ parts, hasRest }: { parts: StackedPart[]; hasRest: boolean }): JSX.Element {
  return (
    <ul class="legend" aria-label="Parts of the bars">
      {parts.map(({ name }, place) => (
        <li key={name}>
          <span class={`legend-mark part-${place}`} aria-hidden="true" /> {name || 'unknown'}
        </li>
      ))}
      {hasRest && (
        <li>
          <span class={`legend-mark part-${parts.length}`} aria-hidden="true" /> others
        </li>
      )}
    </ul>
  );
}
