/** What the costs are made of: by model and the like, the dearest sessions, and what has no price. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import type { Dashboard, Part, SessionSums, Sums } from '../../api/money-types';
import { byId } from '../../api/sessions';
import { approx, count, exact, picoOf, plural, short } from '../../money';
import { follow, sessionPath } from '../../router';
import { Icon } from '../../ui/icons';

const FIRST = 6;

interface Props<P extends Part> {
  title: string;
  parts: P[];
  /** The name, and what stands small behind it. */
  nameOf: (part: P) => string[];
}

export function Breakdown<P extends Part>({ title, parts, nameOf }: Props<P>): JSX.Element {
  const all = useSignal(false);
  const shown = all.value ? parts : parts.slice(0, FIRST);
  return (
    <section class="card" aria-label={title}>
      <header class="card-head">
        <h2>{title}</h2>
      </header>
      {parts.length === 0 && <p class="muted">Nothing yet.</p>}
      <ul class="parts">
        {shown.map((part) => {
          const [name, behind] = nameOf(part);
          return (
            <li key={`${name} ${behind ?? ''}`} title={`${exact(part.costUsd)} for ${plural(part.requests, 'request')}`}>
              <span class="part-name">
                {name} {behind && <span class="muted">{behind}</span>}
              </span>
              <Money sums={part} />
              <span class="part-bar" style={{ width: `${part.sharePercent}%` }} aria-hidden="true" />
            </li>
          );
        })}
      </ul>
      {parts.length > FIRST && (
        <button type="button" class="link" onClick={() => (all.value = !all.value)}>
          {all.value ? 'Fewer' : `All ${parts.length}`}
        </button>
      )}
    </section>
  );
}

/** The figures of a row: dollars, what a subscription bore, and that something has no price. */
function Money({ sums }: { sums: Sums }): JSX.Element {
  const { costUsd, apiEquivalent, unpriced } = sums;
  const hasPlan = picoOf(apiEquivalent.costUsd) !== 0n;
  const hasBilled = picoOf(costUsd) !== 0n;
  return (
    <span class="cost" title={hasPlan ? `≈ ${exact(apiEquivalent.costUsd)} by subscription, not billed` : undefined}>
      {(hasBilled || (!hasPlan && unpriced.requests === 0)) && <span class="cost-billed">{short(costUsd)}</span>}
      {hasPlan && <span class="cost-plan">≈ {short(apiEquivalent.costUsd)} plan</span>}
      {unpriced.requests > 0 && <span class="cost-unpriced">unpriced</span>}
    </span>
  );
}

const requestsOf = (sums: Sums): string => plural(sums.requests + sums.apiEquivalent.requests, 'request');

export function TopSessions({
  found,
  all,
  withOwner,
}: {
  found: SessionSums[];
  all: number;
  withOwner: boolean;
}): JSX.Element | null {
  if (found.length === 0) return null;
  const most = Math.max(...found.map(({ costUsd }) => approx(costUsd)));
  return (
    <section class="card" aria-label="Sessions">
      <header class="card-head">
        <h2>Sessions</h2>
        {all > found.length && (
          <span class="muted">
            the {found.length} dearest of {count(all)}
          </span>
        )}
      </header>
      <ul class="parts">
        {found.map((session) => (
          <li key={session.sessionId}>
            <span class="part-name">
              {byId.value.has(session.sessionId) ? (
                <a class="part-link" href={sessionPath(session.sessionId)} onClick={follow}>
                  {session.name || session.sessionId.slice(0, 8)}
                </a>
              ) : (
                <span title="This session is deleted">{session.name || session.sessionId.slice(0, 8)}</span>
              )}{' '}
              <span class="muted">
                {[session.agent, withOwner && session.owner, requestsOf(session)].filter(Boolean).join(' · ')}
              </span>
            </span>
            <Money sums={session} />
            {most > 0 && (
              <span class="part-bar" style={{ width: `${(approx(session.costUsd) / most) * 100}%` }} aria-hidden="true" />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Unpriced({ unpriced, isStaff }: { unpriced: Dashboard['unpriced']; isStaff: boolean }): JSX.Element | null {
  if (unpriced.requests === 0) return null;
  const { models } = unpriced;
  return (
    <div class="notice" role="note">
      <Icon name="warning" size={17} />
      <div>
        <strong>
          {plural(unpriced.requests, 'request')} with {plural(unpriced.tokens, 'token')}{' '}
          {unpriced.requests === 1 ? 'has' : 'have'} no known price
        </strong>{' '}
        and {unpriced.requests === 1 ? 'is' : 'are'} in no sum of dollars{models.length > 0 && ': '}
        {models.map((model, place) => (
          <span key={model}>
            {place > 0 && ', '}
            <code>{model || 'unknown'}</code>
          </span>
        ))}
        .{' '}
        {isStaff ? (
          <>
            To price them, write their prices into the file that <code>AGTERM_PRICES_FILE</code> names, or fetch newer ones
            with <code>agterm prices refresh</code>; then run <code>agterm reprice</code>.
          </>
        ) : (
          'An administrator can price them later.'
        )}
      </div>
    </div>
  );
}
