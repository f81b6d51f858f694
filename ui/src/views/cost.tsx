/** What a session has cost, beside its name and, for the one on screen, with what it is made of. */
import type { FunctionComponent, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { Cost, Counts } from '../api/money-types';
import { isOwn } from '../api/sessions';
import type { Session } from '../api/types';
import { count, exact, picoOf, plural, short } from '../money';
import { Popover } from '../ui/popover';
import { Bar } from './bar';
import { Limit } from './limit';

const NOT_BILLED = 'What the provider’s API would have cost. It went by a subscription and is not billed.';

const isSome = (dollars: string): boolean => picoOf(dollars) !== 0n;

/** What there is to tell of a cost, the short way and in full. */
export interface CostWords {
  billed: string;
  plan: string;
  unpriced: string;
  title: string;
}

/** Nothing at all while nothing was asked of a provider. */
export function costWords(cost: Cost | undefined): CostWords | null {
  if (!cost) return null;
  const { costUsd, apiEquivalentUsd, unpricedRequests, requests } = cost;
  const hasPlan = isSome(apiEquivalentUsd);
  if (!hasPlan && !isSome(costUsd) && requests === 0 && unpricedRequests === 0) return null;
  const billed = isSome(costUsd) || (!hasPlan && unpricedRequests === 0) ? short(costUsd) : '';
  const titles = [
    billed && `${exact(costUsd)} for ${plural(requests, 'request')}`,
    hasPlan && `≈ ${exact(apiEquivalentUsd)}: ${NOT_BILLED}`,
    unpricedRequests > 0 &&
      `${plural(unpricedRequests, 'request')} of a model without a known price, not counted in dollars`,
  ];
  return {
    billed,
    plan: hasPlan ? `≈ ${short(apiEquivalentUsd)} plan` : '',
    unpriced: unpricedRequests > 0 ? 'unpriced' : '',
    title: titles.filter(Boolean).join('\n'),
  };
}

function briefly(words: CostWords): CostWords {
  const figure = words.billed || words.plan;
  return { ...words, plan: words.billed ? '' : words.plan, unpriced: words.unpriced && (figure ? '?' : words.unpriced) };
}

function Figures({ words }: { words: CostWords }): JSX.Element {
  return (
    <>
      {words.billed && <span class="cost-billed">{words.billed}</span>}
      {words.plan && <span class="cost-plan">{words.plan}</span>}
      {words.unpriced && <span class="cost-unpriced">{words.unpriced}</span>}
    </>
  );
}

/** `brief`: where there is little room, one figure and at most a mark. */
export function CostText({ session, brief = false }: { session: Session; brief?: boolean }): JSX.Element | null {
  const found = costWords(session.cost);
  if (!found) return null;
  const words = brief ? briefly(found) : found;
  return (
    <span class="cost" title={words.title}>
      <span class="visually-hidden">Cost </span>
      <Figures words={words} />
    </span>
  );
}

function toneOf({ budget, blockedBy }: Session): string {
  if (blockedBy) return 'badge-danger';
  return budget && budget.percent >= budget.softPercent ? 'badge-warn' : '';
}

/** The cost in the head of a session's page; behind it tokens, the budget and a way to set one. */
export function CostBadge({ session, onClosed }: { session: Session; onClosed?: () => void }): JSX.Element | null {
  const { cost, budget } = session;
  if (!cost) return null;
  const words = costWords(cost) ?? { billed: '$0', plan: '', unpriced: '', title: 'Nothing was asked of a provider yet' };
  return (
    <Popover
      label="Cost"
      said={[words.billed, words.plan, words.unpriced, budget && `${budget.percent} % of its budget`]
        .filter(Boolean)
        .join(', ')}
      title={words.title}
      tone={`cost-badge ${toneOf(session)}`}
      button={
        <>
          <Figures words={words} />
          {budget && <Bar percent={budget.percent} softPercent={budget.softPercent} />}
        </>
      }
      onClosed={onClosed}
    >
      <Pace session={session} />
      <Facts cost={cost} />
      {isOwn(session) && <Limit session={session} />}
    </Popover>
  );
}

/** How fast it spends; the code for it comes when somebody wants to see it. */
function Pace({ session }: { session: Session }): JSX.Element | null {
  const [Spending, show] = useState<FunctionComponent<{ session: Session }> | null>(null);
  useEffect(() => {
    void import('./costs/spending').then((module) => show(() => module.Spending)).catch(() => {});
  }, []);
  return Spending && <Spending session={session} />;
}

const CLASSES: [string, keyof Counts, string][] = [
  ['Input tokens', 'inputTokens', 'Without what came from the cache'],
  ['Cache read', 'cacheReadTokens', ''],
  ['Cache write', 'cacheWriteTokens', ''],
  ['Output tokens', 'outputTokens', 'Reasoning included'],
  ['of it reasoning', 'reasoningTokens', ''],
];

const whole = (amount: number): string => amount.toLocaleString('en-US');

function Facts({ cost }: { cost: Cost }): JSX.Element {
  const { costUsd, apiEquivalentUsd, apiEquivalentRequests, apiEquivalentTokens, requests, unpricedRequests } = cost;
  const plan = `${NOT_BILLED}: ${whole(apiEquivalentRequests)} requests, ${whole(apiEquivalentTokens)} tokens`;
  return (
    <dl class="facts">
      <Fact name="Cost" value={exact(costUsd)} />
      {isSome(apiEquivalentUsd) && (
        <Fact name="By subscription" value={`≈ ${exact(apiEquivalentUsd)}`} title={plan} />
      )}
      <Fact name="Requests" value={whole(requests)} />
      {unpricedRequests > 0 && (
        <Fact name="of it unpriced" value={whole(unpricedRequests)} title="No price is known for the model" />
      )}
      {CLASSES.map(([name, field, title]) => {
        const tokens = cost[field] as number;
        return (
          <Fact key={field} name={name} value={count(tokens)} title={[whole(tokens), title].filter(Boolean).join('. ')} />
        );
      })}
    </dl>
  );
}

export function Fact({ name, value, title }: { name: string; value: string; title?: string }): JSX.Element {
  return (
    <div class={name.startsWith('of it') ? 'fact-part' : undefined} title={title}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
