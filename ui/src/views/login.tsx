/** The log-in: name and password; a one-time link from the terminal does without it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { logIn } from '../api/auth';
import { ApiError, explain } from '../api/client';
import { Brand } from '../ui/icons';

function reason(error: unknown): string {
  if (!(error instanceof ApiError)) return explain(error);
  if (error.status === 401) return 'That name and password don’t match.';
  if (error.status === 429) return 'Too many tries. Wait a minute, then try again.';
  return error.message;
}

/** A used or old one-time link comes back to the page with this word in the query. */
const linkHasExpired = (): boolean => new URLSearchParams(location.search).get('login') === 'expired';

export function LogIn(): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState(
    linkHasExpired() ? 'That log-in link was used already or is too old. Ask the server for a new one.' : '',
  );
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setFailure('');
    try {
      await logIn(String(form.get('username')), String(form.get('password')));
    } catch (error) {
      setFailure(reason(error));
      setBusy(false);
    }
  };
  return (
    <main class="login">
      <form class="login-card" onSubmit={(event) => void submit(event)}>
        <div class="login-brand">
          <Brand size={44} />
          <h1>AGTerm</h1>
          <p>One workspace for all your agents.</p>
        </div>
        <label class="field">
          <span>User name</span>
          <input name="username" autocomplete="username" autocapitalize="none" spellcheck={false} required autofocus />
        </label>
        <label class="field">
          <span>Password</span>
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        {failure && (
          <p class="form-error" role="alert">
            {failure}
          </p>
        )}
        <button class="button button-primary button-block" disabled={busy}>
          {busy ? 'Logging in…' : 'Log in'}
        </button>
        <p class="login-hint">
          No password yet? <code>agterm token</code> on the server prints a link that logs you in once.
        </p>
      </form>
    </main>
  );
}
