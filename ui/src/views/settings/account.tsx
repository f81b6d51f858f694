/** One's own account: who one is, the password, where one is logged in, and a link for another device. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { explain } from '../../api/client';
import { type BrowserLogin, endLogin, linkForMe, me, type Me, ownLogins, setPassword } from '../../api/people';
import { now } from '../../api/sessions';
import { Field } from '../../ui/form';
import { Once } from '../../ui/once';
import { ago, exactly } from '../../ui/time';
import { toast } from '../../ui/toast';
import { Frame, Line } from './frame';
import { useAsked } from './use-list';
import { device, ROLES } from './words';

export function AccountPage(): JSX.Element {
  const { found, failure, again, after } = useAsked('Account', async () => ({ who: await me(), logins: await ownLogins() }));
  const all = found.value;
  return (
    <Frame title="Account" note={all ? `You are logged in as ${all.who.username}.` : ' '} failure={failure.value} busy={!all && !failure.value}>
      {all && (
        <>
          <section class="settings-card" aria-label="You">
            <dl class="about-facts">
              <dt>Name</dt>
              <dd>{all.who.username}</dd>
              <dt>Role</dt>
              <dd>
                {ROLES[all.who.role][0]}: {ROLES[all.who.role][1]}
              </dd>
            </dl>
          </section>
          <Password who={all.who} onSet={again} />
          <OtherDevice />
          <section class="settings-card" aria-label="Where you are logged in">
            <h2>Where you are logged in</h2>
            <ul class="rows">
              {all.logins.map((login) => (
                <LoginLine key={login.id} login={login} onEnd={() => void after(endLogin(login.id))} />
              ))}
            </ul>
          </section>
        </>
      )}
    </Frame>
  );
}

function LoginLine({ login, onEnd }: { login: BrowserLogin; onEnd: () => void }): JSX.Element {
  const name = login.kind === 'api' ? 'A program' : device(login.userAgent);
  return (
    <Line
      name={
        <>
          {name} {login.isCurrent && <span class="badge badge-ok">This one</span>}
        </>
      }
      about={
        <span title={login.userAgent}>
          Last used {ago(login.lastUsedAt, now.value)}, since {exactly(login.createdAt)}
        </span>
      }
    >
      {!login.isCurrent && (
        <button type="button" class="button button-small" aria-label={`End: ${name}`} onClick={onEnd}>
          End
        </button>
      )}
    </Line>
  );
}

function Password({ who, onSet }: { who: Me; onSet: () => Promise<void> }): JSX.Element {
  const refusal = useSignal('');
  const busy = useSignal(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const said = new FormData(form);
    refusal.value = '';
    if (said.get('new') !== said.get('again')) {
      refusal.value = 'The two new passwords are not the same.';
      return;
    }
    busy.value = true;
    try {
      await setPassword(String(said.get('new')), who.hasPassword ? String(said.get('current')) : undefined);
      form.reset();
      toast('The password is set. Your other log-ins and tokens have ended.');
      await onSet();
    } catch (error) {
      refusal.value = explain(error);
    }
    busy.value = false;
  };
  return (
    <section class="settings-card" aria-label="Password">
      <h2>{who.hasPassword ? 'Change the password' : 'Set a password'}</h2>
      {!who.hasPassword && <p class="settings-note">You have none yet, and come in by one-time links alone.</p>}
      <form class="password-form" onSubmit={(event) => void submit(event)}>
        <input type="text" name="username" autocomplete="username" value={who.username} readOnly hidden />
        {who.hasPassword && (
          <Field label="Password now">
            <input name="current" type="password" autocomplete="current-password" required />
          </Field>
        )}
        <Field label="New password">
          <input name="new" type="password" autocomplete="new-password" minLength={8} required />
        </Field>
        <Field label="New password again">
          <input name="again" type="password" autocomplete="new-password" required />
        </Field>
        {refusal.value && (
          <p class="form-error" role="alert">
            {refusal.value}
          </p>
        )}
        <div class="password-go">
          <button class="button" disabled={busy.value}>
            {who.hasPassword ? 'Change it' : 'Set it'}
          </button>
        </div>
      </form>
    </section>
  );
}

function OtherDevice(): JSX.Element {
  const link = useSignal('');
  const refusal = useSignal('');
  const make = async (): Promise<void> => {
    try {
      link.value = (await linkForMe()).url;
      refusal.value = '';
    } catch (error) {
      refusal.value = explain(error);
    }
  };
  return (
    <section class="settings-card" aria-label="Another device">
      <h2>Log in on another device</h2>
      <div class="card-line">
        <p class="settings-note">A link that logs you in once, within five minutes: on your phone, say. Whoever opens it is you.</p>
        <button type="button" class="button" onClick={() => void make()}>
          {link.value ? 'Make another' : 'Make a link'}
        </button>
      </div>
      {link.value && <Once label="Log-in link" text={link.value} note="Good once, for five minutes." />}
      {refusal.value && (
        <p class="form-error" role="alert">
          {refusal.value}
        </p>
      )}
    </section>
  );
}
