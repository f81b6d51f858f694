/** Stores a key: typed once, never shown again. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { KeyScope, Provider, StoredKey } from '../../api/money-types';
import { putKey } from '../../api/providers';
import { Dialog } from '../../ui/dialog';
import { Field, Form, textOf } from '../../ui/form';

interface Props {
  provider: Provider;
  keys: StoredKey[];
  isStaff: boolean;
  onSaved: () => Promise<void>;
  onClose: () => void;
}

export function KeyForm({ provider, keys, isStaff, onSaved, onClose }: Props): JSX.Element {
  const [scope, setScope] = useState<KeyScope>('own');
  const before = keys.find((key) => key.scope === scope);
  const submit = async (form: FormData): Promise<void> => {
    const baseUrl = textOf(form, 'baseUrl');
    await putKey({ provider: provider.id, key: textOf(form, 'key'), scope, ...(baseUrl && { baseUrl }) });
    await onSaved();
  };
  return (
    <Dialog title={`Key of ${provider.name}`} onClose={onClose}>
      <Form verb={before ? 'Replace' : 'Store'} submit={submit} onClose={onClose}>
        <Field label="Key">
          <input
            name="key"
            type="password"
            required
            autoFocus
            minLength={8}
            maxLength={4096}
            autocomplete="new-password"
            spellcheck={false}
            class="mono"
            data-1p-ignore
            data-lpignore="true"
          />
        </Field>
        {provider.keyPage && (
          <p class="muted">
            Keys are made at{' '}
            <a class="link" href={provider.keyPage} target="_blank" rel="noopener noreferrer">
              {new URL(provider.keyPage).host}
            </a>
            .
          </p>
        )}
        {isStaff && (
          <>
            <Field label="For">
              <select value={scope} onChange={(event) => setScope(event.currentTarget.value as KeyScope)}>
                <option value="own">My calls</option>
                <option value="all">Everybody without a key of their own</option>
              </select>
            </Field>
            <Field label="Address" optional>
              <input
                key={scope}
                name="baseUrl"
                type="url"
                class="mono"
                autocomplete="off"
                placeholder={provider.baseUrl ?? 'The provider’s own'}
                defaultValue={before?.baseUrl ?? ''}
              />
            </Field>
          </>
        )}
        {before && <p class="muted">It takes the place of the key that is stored now; the next call goes out with it.</p>}
      </Form>
    </Dialog>
  );
}
