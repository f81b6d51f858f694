/** Shares a session's terminal: a link is made, a user is let in, and what is shared can be taken back. */
import './dialog.css';

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { user } from '../../api/auth';
import { explain } from '../../api/client';
import { type NewShare, share, type Share, type ShareDraft, type ShareMode, sharesOf, takeBack } from '../../api/people';
import { now } from '../../api/sessions';
import type { Session } from '../../api/types';
import { Dialog } from '../../ui/dialog';
import { Field, textOf } from '../../ui/form';
import { Icon } from '../../ui/icons';
import { Once } from '../../ui/once';
import { exactly } from '../../ui/time';
import { aboutShare, LIVES, MODES, USUAL_LIFE_S } from './words';

export function ShareSession({ session, onClose }: { session: Session; onClose: () => void }): JSX.Element {
  const found = useSignal<Share[] | null>(null);
  const made = useSignal<NewShare | null>(null);
  const failure = useSignal('');
  const look = async (): Promise<void> => {
    try {
      found.value = await sharesOf(session.id);
    } catch (error) {
      failure.value = explain(error);
    }
  };
  useEffect(() => void look(), []);
  const revoke = async (id: string): Promise<void> => {
    try {
      await takeBack(session.id, id);
      if (made.value?.id === id) made.value = null;
      failure.value = '';
    } catch (error) {
      failure.value = explain(error);
    }
    await look();
  };
  return (
    <Dialog title={`Share ${session.name}`} wide onClose={onClose}>
      <div class="share">
        {made.value?.url ? (
          <Once label="Link to send" text={made.value.url} note="It is not shown again. Send it to whom you trust: it needs no log-in." />
        ) : null}
        <NewShareForm
          session={session}
          onMade={(one) => {
            made.value = one;
            void look();
          }}
        />
        {failure.value && (
          <p class="form-error" role="alert">
            {failure.value}
          </p>
        )}
        <Shares list={found.value} onRevoke={revoke} />
      </div>
    </Dialog>
  );
}

function NewShareForm({ session, onMade }: { session: Session; onMade: (made: NewShare) => void }): JSX.Element {
  const withUser = useSignal(false);
  const mode = useSignal<ShareMode>('view');
  const busy = useSignal(false);
  const refusal = useSignal('');
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const element = event.currentTarget as HTMLFormElement;
    const form = new FormData(element);
    const uses = Number(textOf(form, 'uses'));
    const draft: ShareDraft = {
      mode: mode.value,
      expiresIn: Number(form.get('life')),
      ...(withUser.value ? { user: textOf(form, 'user') } : uses > 0 && { maxUses: uses }),
    };
    busy.value = true;
    refusal.value = '';
    try {
      onMade(await share(session.id, draft));
      if (withUser.value) element.reset();
    } catch (error) {
      refusal.value = explain(error);
    }
    busy.value = false;
  };
  const wrongUser = refusal.value.startsWith('user: ') ? refusal.value.slice('user: '.length) : undefined;
  return (
    <form onSubmit={(event) => void submit(event)}>
      <div class="segments" role="group" aria-label="Share with">
        <button type="button" class="segment" aria-pressed={!withUser.value} onClick={() => (withUser.value = false)}>
          Whoever has a link
        </button>
        <button type="button" class="segment" aria-pressed={withUser.value} onClick={() => (withUser.value = true)}>
          A user of this server
        </button>
      </div>
      {withUser.value && (
        <Field label="User name" wrong={wrongUser && `${wrongUser[0]?.toUpperCase()}${wrongUser.slice(1)}`}>
          <input name="user" required maxLength={150} autocomplete="off" autocapitalize="none" spellcheck={false} />
        </Field>
      )}
      <fieldset class="share-modes">
        <legend>They may</legend>
        {(Object.keys(MODES) as ShareMode[]).map((one) => (
          <label key={one} class="share-mode">
            <input type="radio" name="mode" value={one} checked={mode.value === one} onChange={() => (mode.value = one)} />
            <Icon name={one === 'view' ? 'eye' : 'edit'} size={17} />
            <span>
              {MODES[one][0]}
              <small>{MODES[one][1]}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <div class="fields">
        <Field label="For how long">
          <select name="life">
            {LIVES.map(([name, seconds]) => (
              <option key={seconds} value={seconds} selected={seconds === USUAL_LIFE_S}>
                {name}
              </option>
            ))}
          </select>
        </Field>
        {!withUser.value && (
          <Field label="How many may open it" optional>
            <input name="uses" type="number" min={1} max={1_000_000} step={1} placeholder="Any number" />
          </Field>
        )}
      </div>
      {refusal.value && wrongUser === undefined && (
        <p class="form-error" role="alert">
          {refusal.value}
        </p>
      )}
      <div class="share-make">
        <button class="button button-primary" disabled={busy.value}>
          <Icon name="share" size={16} /> {withUser.value ? 'Share' : 'Make a link'}
        </button>
      </div>
    </form>
  );
}

function Shares({ list, onRevoke }: { list: Share[] | null; onRevoke: (id: string) => Promise<void> }): JSX.Element | null {
  if (!list || list.length === 0) return null;
  return (
    <section aria-label="Shared now">
      <h3 class="share-heading">Shared now</h3>
      <ul class="share-rows">
        {list.map((one) => {
          const who = one.user ?? 'Whoever has the link';
          return (
            <li key={one.id} class="share-row">
              <Icon name={one.mode === 'view' ? 'eye' : 'edit'} size={17} />
              <div class="share-text">
                <strong>{who}</strong>
                <small title={exactly(one.expiresAt)}>
                  {MODES[one.mode][0].toLowerCase()} · {aboutShare(one, user.value?.username ?? '', now.value)}
                </small>
              </div>
              <button
                type="button"
                class="button button-small"
                aria-label={`Take back: ${who}, ${MODES[one.mode][0].toLowerCase()}`}
                onClick={() => void onRevoke(one.id)}
              >
                Take back
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
