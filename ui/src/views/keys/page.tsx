/** The page of keys: which providers can be used and by whose key, keys stored and deleted, log-ins by subscription. */
import './keys.css';

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { user } from '../../api/auth';
import { explain } from '../../api/client';
import type { Login, Provider, StoredKey } from '../../api/money-types';
import * as api from '../../api/providers';
import { agents, refreshAgents } from '../../api/sessions';
import { Logins } from './logins';
import { ProviderRow } from './provider';

interface Found {
  providers: Provider[];
  keys: StoredKey[];
  logins: Login[];
}

async function look(): Promise<Found> {
  const [providers, keys, logins] = await Promise.all([api.providers(), api.storedKeys(), api.logins()]);
  if (agents.value.length === 0) await refreshAgents().catch(() => {}); // for the names of log-ins
  return { providers, keys, logins };
}

export function KeysPage(): JSX.Element {
  const [found, setFound] = useState<Found | null>(null);
  const [failure, setFailure] = useState('');
  const again = async (): Promise<void> => {
    try {
      setFound(await look());
      setFailure('');
    } catch (error) {
      setFailure(explain(error));
    }
  };
  useEffect(() => {
    document.title = 'Keys · AGTerm';
    void again();
  }, []);
  const isStaff = user.value?.role === 'admin';
  const usable = found?.providers.filter((provider) => provider.configured) ?? [];
  const others = found?.providers.filter((provider) => !provider.configured) ?? [];
  const row = (provider: Provider): JSX.Element => (
    <ProviderRow
      key={provider.id}
      provider={provider}
      keys={found!.keys.filter((key) => key.provider === provider.id)}
      isStaff={isStaff}
      onChanged={again}
    />
  );
  return (
    <main class="page" aria-busy={!found && !failure}>
      <header class="page-head">
        <div class="page-title">
          <h1>Keys</h1>
          <p class="muted">
            Agents never see a key: AGTerm adds it to their calls. A key that is stored is shown to nobody again.
          </p>
        </div>
      </header>
      {failure && (
        <p class="form-error" role="alert">
          {failure}
        </p>
      )}
      {!found && !failure && <p class="muted">Asking…</p>}
      {usable.length > 0 && (
        <section aria-label="Providers you can use">
          <h2 class="section-title">Providers you can use</h2>
          <ul class="rows">{usable.map(row)}</ul>
        </section>
      )}
      {found && <Logins logins={found.logins} isStaff={isStaff} onChanged={again} />}
      {others.length > 0 && (
        <section aria-label="Providers without a key">
          <h2 class="section-title">Providers without a key</h2>
          <ul class="rows">{others.map(row)}</ul>
        </section>
      )}
    </main>
  );
}
