/** The frame around every page: the top bar, and the banner that says when the server or the runner is away. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { logOut, user } from '../api/auth';
import { explain } from '../api/client';
import { poll, trouble, troubleText } from '../api/sessions';
import { follow, route } from '../router';
import { forgetAll } from '../term/registry';
import { Banner } from '../ui/banner';
import { Brand, Icon } from '../ui/icons';
import { toast } from '../ui/toast';
import { SessionList } from './list';
import { TerminalPage } from './terminal';

function leave(): void {
  logOut().then(forgetAll, (error: unknown) => toast(explain(error), 'danger'));
}

function TopBar(): JSX.Element {
  return (
    <header class="topbar">
      <a href="/" class="brand" onClick={follow}>
        <Brand size={26} /> AGTerm
      </a>
      <span class="topbar-user">{user.value?.username}</span>
      <button type="button" class="icon-button" aria-label="Log out" title="Log out" onClick={leave}>
        <Icon name="logout" />
      </button>
    </header>
  );
}

function Trouble(): JSX.Element | null {
  switch (trouble.value) {
    case 'runner-down':
      return (
        <Banner tone="warning" busy>
          The runner is down: sessions can’t be reached or started. Trying again…
        </Banner>
      );
    case 'unreachable':
      // An open terminal says so itself.
      if (route.value.page === 'session') return null;
      return (
        <Banner tone="warning" busy>
          The server can’t be reached. Trying again…
        </Banner>
      );
    case 'failing':
      return <Banner tone="danger">{troubleText.value}</Banner>;
    case 'none':
      return null;
  }
}

export function Shell(): JSX.Element {
  useEffect(() => poll(), []);
  const here = route.value;
  return (
    <div class={`shell shell-${here.page}`}>
      <TopBar />
      <Trouble />
      {here.page === 'session' ? <TerminalPage id={here.id} /> : <SessionList />}
    </div>
  );
}
