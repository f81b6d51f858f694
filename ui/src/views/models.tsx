/** Chooses the provider and the model that an agent starts with, and says what they cost. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { explain } from '../api/client';
import type { AgentModels, Model, Prices } from '../api/money-types';
import { modelsOf } from '../api/providers';
import { price } from '../money';
import { Field } from '../ui/form';

const OTHER = '+'; // no model's name begins so

const KINDS: [keyof Prices, string][] = [
  ['input', 'in'],
  ['cacheRead', 'cache read'],
  ['cacheWrite', 'cache write'],
  ['output', 'out'],
];

/** `$3 in · $15 out`; empty when no price is known. */
export function shortPrices(prices: Prices | null): string {
  const { input, output } = prices ?? {};
  return [input && `${price(input)} in`, output && `${price(output)} out`].filter(Boolean).join(' · ');
}

/** All of them, in a sentence. */
export function allPrices(prices: Prices | null): string {
  const known = KINDS.flatMap(([kind, word]) => (prices?.[kind] ? [`${price(prices[kind])} ${word}`] : []));
  return known.length > 0
    ? `${known.join(' · ')} for a million tokens`
    : 'No price is known: its cost is shown as unpriced.';
}

function optionText({ name, prices, deprecated }: Model): string {
  return [deprecated ? `${name} (deprecated)` : name, shortPrices(prices)].filter(Boolean).join(' — ');
}

export function ModelChoice({ agent }: { agent: string }): JSX.Element | null {
  const [found, setFound] = useState<AgentModels | null>(null);
  const [failure, setFailure] = useState('');
  const [picked, setPicked] = useState('');
  const [model, setModel] = useState('');
  useEffect(() => {
    let gone = false;
    modelsOf(agent).then(
      (models) => !gone && setFound(models),
      (error: unknown) => !gone && setFailure(explain(error)),
    );
    return () => {
      gone = true;
    };
  }, [agent]);
  if (failure) return <p class="form-error">{failure}</p>;
  const provider = picked || (found?.provider ?? '');
  const models = found?.models.filter((one) => one.provider === provider) ?? [];
  const usual = provider === found?.provider ? models.find(({ id }) => id === found?.defaultModel) : undefined;
  const chosen = models.find(({ id }) => id === model) ?? (model === '' ? usual : undefined);
  return (
    <div class="model-choice">
      <div class="fields">
        <Field label="Provider">
          <select
            name="provider"
            value={picked}
            onChange={(event) => {
              setPicked(event.currentTarget.value);
              setModel('');
            }}
          >
            {(found?.providers ?? []).map(({ id, name, configured }) => (
              <option key={id} value={id === found?.provider ? '' : id} disabled={!configured}>
                {configured ? name : `${name} (no key)`}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Model">
          <select
            name={model === OTHER ? undefined : 'model'}
            value={model}
            onChange={(event) => setModel(event.currentTarget.value)}
          >
            <option value="">{usual ? `${usual.name} (default)` : 'The default'}</option>
            {models.map((one) => (
              <option key={one.id} value={one.id}>
                {optionText(one)}
              </option>
            ))}
            <option value={OTHER}>Another one…</option>
          </select>
        </Field>
      </div>
      {model === OTHER && (
        <Field label="Name of the model">
          <input name="other-model" class="mono" required maxLength={128} autocomplete="off" spellcheck={false} />
        </Field>
      )}
      {chosen && <p class="muted model-prices">{allPrices(chosen.prices)}</p>}
    </div>
  );
}
