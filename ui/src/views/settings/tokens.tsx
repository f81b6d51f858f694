/** API tokens: what programs come in with; made here, shown once, taken away. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { user } from '../../api/auth';
import { type ApiToken, createToken, revokeToken, type Scope, tokens } from '../../api/people';
import { now } from '../../api/sessions';
import { Confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Field, Form, textOf } from '../../ui/form';
import { Icon } from '../../ui/icons';
import { Once } from '../../ui/once';
import { ago, exactly, moment } from '../../ui/time';
import { Frame, Line } from './frame';
import { useAsked } from './use-list';
import { SCOPES } from './words';

const DAY_S = 24 * 3600;
const LIVES: [string, number][] = [
  ['A day', DAY_S],
  ['30 days', 30 * DAY_S],
  ['90 days', 90 * DAY_S],
  ['A year', 365 * DAY_S],
];
const USUAL_LIFE_S = 90 * DAY_S;

export function TokensPage(): JSX.Element {
  const { found, failure, again, after } = useAsked('API tokens', tokens);
  const making = useSignal(false);
  const ending = useSignal<ApiToken | null>(null);
  const list = found.value;
  const mayMake = user.value?.role !== 'viewer';
  return (
    <Frame
      title="API tokens"
      note={
        <>
          For scripts and other programs, as <code>Authorization: Bearer agt_…</code>
        </>
      }
      failure={failure.value}
      busy={!list && !failure.value}
      tools={
        mayMake && (
          <button type="button" class="button button-primary" onClick={() => (making.value = true)}>
            <Icon name="plus" /> New token
          </button>
        )
      }
    >
      {list?.length === 0 && (
        <div class="empty">
          <span class="empty-mark">
            <Icon name="key" size={32} />
          </span>
          <h2>No tokens</h2>
          <p>
            A token lets a program do what you may, or less.{' '}
            {mayMake ? 'It is shown once, when it is made.' : 'Viewers can’t make any.'}
          </p>
        </div>
      )}
      {list && list.length > 0 && (
        <ul class="rows" aria-label="Tokens">
          {list.map((token) => (
            <Line
              key={token.id}
              name={
                <>
                  {token.name}
                  {token.scopes.map((scope) => (
                    <span key={scope} class={scope === 'admin' ? 'badge badge-warn' : 'badge'}>
                      {SCOPES[scope][0]}
                    </span>
                  ))}
                </>
              }
              about={
                <span title={`Made ${exactly(token.createdAt)}`}>
                  {token.lastUsedAt ? `Last used ${ago(token.lastUsedAt, now.value)}` : 'Never used'} · good until{' '}
                  {moment(token.expiresAt)}
                </span>
              }
            >
              <button type="button" class="button button-small" aria-label={`Revoke ${token.name}`} onClick={() => (ending.value = token)}>
                Revoke
              </button>
            </Line>
          ))}
        </ul>
      )}
      {making.value && <NewToken onMade={again} onClose={() => (making.value = false)} />}
      {ending.value && (
        <Confirm
          title="Revoke token"
          verb="Revoke"
          action={() => after(revokeToken(ending.value!.id))}
          onClose={() => (ending.value = null)}
        >
          <p>
            Programs that come with <strong>{ending.value.name}</strong> are turned away from now on.
          </p>
        </Confirm>
      )}
    </Frame>
  );
}

function NewToken({ onMade, onClose }: { onMade: () => Promise<void>; onClose: () => void }): JSX.Element {
  const secret = useSignal('');
  const offered = (Object.keys(SCOPES) as Scope[]).filter((scope) => scope !== 'admin' || user.value?.role === 'admin');
  const chosen = useSignal<Scope[]>(['read']);
  const choose = (scope: Scope, on: boolean): void => {
    chosen.value = on ? [...chosen.value, scope] : chosen.value.filter((one) => one !== scope);
  };
  const make = async (form: FormData): Promise<void> => {
    const draft = { name: textOf(form, 'name'), scopes: chosen.value, expiresIn: Number(form.get('life')) };
    secret.value = (await createToken(draft)).secret;
    await onMade();
  };
  if (secret.value) {
    return (
      <Dialog title="New token" wide onClose={onClose}>
        <div class="dialog-text">
          <Once label="The token" text={secret.value} note="It is not shown again: copy it now." />
        </div>
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            Done
          </button>
        </footer>
      </Dialog>
    );
  }
  return (
    <Dialog title="New token" wide onClose={onClose}>
      <Form verb="Make the token" ready={chosen.value.length > 0} submit={make} onClose={() => secret.value === '' && onClose()}>
        <Field label="Name">
          <input name="name" required maxLength={100} autocomplete="off" placeholder="What it is for" />
        </Field>
        <fieldset class="scopes">
          <legend>It may</legend>
          {offered.map((scope) => (
            <label key={scope} class="check">
              <input
                type="checkbox"
                checked={chosen.value.includes(scope)}
                onChange={(event) => choose(scope, event.currentTarget.checked)}
              />
              <span>
                {SCOPES[scope][0]}
                <small>{SCOPES[scope][1]}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label="Good for">
          <select name="life">
            {LIVES.map(([name, seconds]) => (
              <option key={seconds} value={seconds} selected={seconds === USUAL_LIFE_S}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      </Form>
    </Dialog>
  );
}
