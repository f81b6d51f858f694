/** One provider: by whose key it is asked, and what can be done about that. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { mayChange } from '../../api/auth';
import { explain } from '../../api/client';
import type { KeyScope, KeySource, Provider, StoredKey } from '../../api/money-types';
import { deleteKey, tryKey } from '../../api/providers';
import { now } from '../../api/sessions';
import { Confirm } from '../../ui/confirm';
import { Menu, type MenuItem } from '../../ui/menu';
import { ago, exactly } from '../../ui/time';
import { toast } from '../../ui/toast';
import { KeyForm } from './key-form';

const SOURCES: Record<KeySource, string> = {
  own: 'Your own key',
  stored: 'A key for everybody',
  file: 'From a file of the server',
  env: 'From the server’s environment',
};

/** By whose key the provider is asked, in a few words. */
export function sourceText({ configured, keySource, needsKey }: Provider): string {
  if (keySource) return SOURCES[keySource];
  return configured && !needsKey ? 'Needs no key' : 'No key';
}

export function storedText(key: StoredKey, nowMs: number): string {
  const whose = key.scope === 'own' ? 'Your key' : 'Key for everybody';
  const by = key.scope === 'all' && key.storedBy ? ` by ${key.storedBy}` : '';
  return `${whose}${key.ending ? ` …${key.ending}` : ''}, stored ${ago(key.storedAt, nowMs)}${by}`;
}

interface Props {
  provider: Provider;
  keys: StoredKey[];
  isStaff: boolean;
  onChanged: () => Promise<void>;
}

export function ProviderRow({ provider, keys, isStaff, onChanged }: Props): JSX.Element {
  const setting = useSignal(false);
  const deleting = useSignal<KeyScope | null>(null);
  const mine = keys.find(({ scope }) => scope === 'own');
  const deletable = keys.filter(({ scope }) => scope === 'own' || isStaff);
  const test = (): void => {
    tryKey(provider.id).then(
      ({ text, isGood }) => toast(`${provider.name}: ${text}`, isGood ? 'info' : 'danger'),
      (error: unknown) => toast(explain(error), 'danger'),
    );
  };
  const changes: MenuItem[] = [
    ...(provider.configured ? [{ icon: 'restart' as const, text: 'Try the key', act: test }] : []),
    ...deletable.map(({ scope }) => ({
      icon: 'trash' as const,
      text: scope === 'own' ? 'Delete my key…' : 'Delete the key for all…',
      act: () => (deleting.value = scope),
      danger: true,
    })),
  ];
  const items = mayChange.value ? changes : [];
  return (
    <li class="row key-row">
      <div class="row-main">
        <span class="row-name">{provider.name}</span>
        <span class="key-about">
          <span class={provider.configured ? 'badge badge-ok' : 'badge'}>{sourceText(provider)}</span>
          {isStaff && !provider.configured && provider.missingEnvVars.length > 0 && (
            <span class="muted">
              or set <span class="mono">{provider.missingEnvVars.join(', ')}</span> for the server
            </span>
          )}
          {keys.map((key) => (
            <span key={key.scope} class="muted" title={exactly(key.storedAt)}>
              {storedText(key, now.value)}
            </span>
          ))}
          {provider.baseUrl && provider.configured && <span class="muted mono">{provider.baseUrl}</span>}
        </span>
        {keys.some((key) => !key.usable) && (
          <span class="key-broken">
            A stored key can’t be opened: the server’s encryption key has changed. Store it anew.
          </span>
        )}
      </div>
      {mayChange.value ? (
        <button
          type="button"
          class="button button-small"
          aria-label={`${mine ? 'Replace' : 'Add'} key of ${provider.name}`}
          onClick={() => (setting.value = true)}
        >
          {mine ? 'Replace key' : 'Add key'}
        </button>
      ) : (
        <span />
      )}
      {items.length > 0 ? <Menu label={`Actions for ${provider.name}`} items={items} /> : <span class="key-gap" />}
      {setting.value && (
        <KeyForm
          provider={provider}
          isStaff={isStaff}
          keys={keys}
          onSaved={onChanged}
          onClose={() => (setting.value = false)}
        />
      )}
      {deleting.value && (
        <Confirm
          title={`Delete the key of ${provider.name}?`}
          verb="Delete"
          action={() => deleteKey(provider.id, deleting.value!).then(onChanged)}
          onClose={() => (deleting.value = null)}
        >
          <p>
            {deleting.value === 'own' ? 'Your calls' : 'Everybody’s calls'} do without it from the next one on. It can’t be
            brought back.
          </p>
        </Confirm>
      )}
    </li>
  );
}
