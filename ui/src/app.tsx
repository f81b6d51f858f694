/** The whole page: nothing until we know who is looking, then the log-in or the workspace. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { user } from './api/auth';
import { forgetAll } from './term/registry';
import { Toasts } from './ui/toast';
import { LogIn } from './views/login';
import { Shell } from './views/shell';

export function App(): JSX.Element {
  const who = user.value;
  useEffect(() => {
    if (who !== null) return;
    document.title = 'Log in · AGTerm';
    forgetAll(); // the next user must not see the last one's screens
  }, [who]);
  return (
    <>
      {who === undefined && <p class="boot">Connecting…</p>}
      {who === null && <LogIn />}
      {who && <Shell />}
      <Toasts />
    </>
  );
}
