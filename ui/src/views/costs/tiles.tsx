/** The sums on top: what was spent, what a subscription bore, how fast it goes, and where the month will end. */
import type { JSX } from 'preact';

import type { Dashboard } from '../../api/money-types';
import { count, exact, picoOf, plural, short } from '../../money';
import { moment } from '../../ui/time';

export function Tiles({ dashboard }: { dashboard: Dashboard }): JSX.Element {
  const { total, burnRatePerHour, burnRatePerHour24h, forecast } = dashboard;
  const { apiEquivalent } = total;
  const tokens = total.inputTokens + total.cacheReadTokens + total.cacheWriteTokens + total.outputTokens;
  const hasPlan = apiEquivalent.requests > 0 || picoOf(apiEquivalent.costUsd) !== 0n;
  return (
    <ul class="tiles">
      <Tile
        name="Spent"
        value={short(total.costUsd)}
        title={exact(total.costUsd)}
        note={`${plural(total.requests, 'request')}, ${count(tokens)} tokens, ${plural(total.sessions, 'session')}`}
      />
      {hasPlan && (
        <Tile
          name="By subscription"
          value={`≈ ${short(apiEquivalent.costUsd)}`}
          title={`${exact(apiEquivalent.costUsd)} is what the provider’s API would have cost; it is not billed`}
          note={`${plural(apiEquivalent.requests, 'request')}, not billed`}
        />
      )}
      <Tile
        name="Burn rate"
        value={`${short(burnRatePerHour)}/h`}
        title={`${exact(burnRatePerHour)} in the last hour`}
        note={`${short(burnRatePerHour24h)}/h over the last day`}
      />
      {forecast.forecastUsd && (
        <Tile
          name="This month"
          value={`≈ ${short(forecast.forecastUsd)}`}
          title={`${forecast.method}. The month ends ${moment(forecast.periodEnd ?? '')}`}
          note={`forecast; ${short(forecast.spentUsd)} so far`}
        />
      )}
    </ul>
  );
}

function Tile({ name, value, title, note }: { name: string; value: string; title: string; note: string }): JSX.Element {
  return (
    <li class="figure" title={title}>
      <span class="figure-name">{name}</span>
      <span class="figure-value">{value}</span>
      <span class="figure-note">{note}</span>
    </li>
  );
}
