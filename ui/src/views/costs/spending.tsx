/** How fast a session spends: its pace, and a bar for each stretch of the time its newest calls cover. */
import './spending.css';

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { spendingOf, type SessionSpending, type Spent } from '../../api/costs';
import { now } from '../../api/sessions';
import type { Session } from '../../api/types';
import { approx, exact, short } from '../../money';
import { lasting } from '../../ui/time';

const BARS = 40;
const LEAST_MS = 10 * 60_000;
const MOST_MS = 24 * 3_600_000;
const REST_MS = 3000; // between two looks, however fast it spends

export interface Stretch {
  sinceMs: number;
  /** Dollars in each of equal parts, up to now. */
  bars: number[];
}

/** Null where nothing was billed within a day. */
export function stretchOf(events: Spent[], nowMs: number): Stretch | null {
  const billed = events.filter(({ basis, costUsd }) => basis === 'billed' && costUsd !== null);
  const times = billed.map(({ at }) => Date.parse(at)).filter((at) => at > nowMs - MOST_MS);
  if (times.length === 0) return null;
  const sinceMs = Math.min(nowMs - LEAST_MS, ...times);
  const bars = Array.from({ length: BARS }, () => 0);
  for (const { at, costUsd } of billed) {
    const place = Math.floor(((Date.parse(at) - sinceMs) / (nowMs - sinceMs)) * BARS);
    if (place >= 0) bars[Math.min(BARS - 1, place)]! += approx(costUsd!);
  }
  return { sinceMs, bars };
}

export function Spending({ session }: { session: Session }): JSX.Element | null {
  const found = useSpending(session);
  const stretch = found && stretchOf(found.events, Math.max(now.value, Date.now()));
  if (!found || !stretch) return null;
  const most = Math.max(...stretch.bars);
  const since = lasting(new Date(stretch.sinceMs).toISOString(), Date.now());
  return (
    <div class="spending">
      <p class="spending-pace" title={`${exact(found.burnRatePerHour)} in the last hour`}>
        <strong>{short(found.burnRatePerHour)}</strong> an hour{' '}
        <span class="muted">{short(found.burnRatePerHour24h)} over the last day</span>
      </p>
      <svg
        class="spending-bars"
        viewBox={`0 0 ${BARS * 4} 32`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`What it spent within the last ${since}`}
      >
        {stretch.bars.map((dollars, place) => {
          const height = dollars > 0 ? Math.max(1.5, (dollars / most) * 32) : 0.75;
          return <rect key={place} x={place * 4} y={32 - height} width={3} height={height} class={dollars > 0 ? 'spent' : ''} />;
        })}
      </svg>
      <p class="spending-span muted">
        <span>{since} ago</span>
        <span>now</span>
      </p>
    </div>
  );
}

/** Looks when it is opened, and some time after the session has spent something. */
function useSpending({ id, cost }: Session): SessionSpending | null {
  const [found, setFound] = useState<SessionSpending | null>(null);
  const looked = useRef(0);
  useEffect(() => {
    let gone = false;
    const look = (): void => {
      looked.current = Date.now();
      spendingOf(id).then(
        (spending) => !gone && setFound(spending),
        () => {}, // the sums stand below all the same
      );
    };
    const timer = window.setTimeout(look, Math.max(0, looked.current + REST_MS - Date.now()));
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [id, cost?.costUsd]);
  return found;
}
