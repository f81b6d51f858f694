/** The frame around every page: the top bar, and the banner that says when the server or the runner is away. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { Bell } from '../attention/bell';
import { logOut, user } from '../api/auth';
import { explain } from '../api/client';
import { refreshIsolation } from '../api/isolation';
import { follow as followServer } from '../api/live';
import { trouble, troubleText } from '../api/sessions';
import { Workbench } from '../layout/workbench';
import { CommandsButton } from '../palette/button';
import { Overlays } from '../palette/host';
import { COSTS, follow, RECORDINGS, route, SEARCH, SETTINGS } from '../router';
import { forgetAll } from '../term/registry';
import { Banner } from '../ui/banner';
import { Brand, Icon, type IconName } from '../ui/icons';
import { Lazy } from '../ui/lazy';
import { isNarrow } from '../ui/media';
import { toast } from '../ui/toast';
import { Exposed } from './isolation';
import { SessionList } from './list';

function leave(): void {
  logOut().then(forgetAll, (error: unknown) => toast(explain(error), 'danger'));
}

const PAGES: [string, string, IconName, string][] = [
  ['/', 'Sessions', 'terminal', 'list'],
  [COSTS, 'Costs', 'chart', 'costs'],
  [RECORDINGS, 'Recordings', 'play', 'recordings'],
  [SEARCH, 'Search', 'search', 'search'],
  [SETTINGS, 'Settings', 'sliders', 'settings'],
];

const costs = (): Promise<() => JSX.Element> => import('./costs/page').then(({ CostsPage }) => CostsPage);
const search = (): Promise<() => JSX.Element> => import('./search/page').then(({ SearchPage }) => SearchPage);
const recordings = (): Promise<() => JSX.Element> =>
  import('./recordings/page').then(({ RecordingsPage }) => RecordingsPage);
const recording = (id: string) => (): Promise<() => JSX.Element> =>
  import('./recordings/recording').then(
    ({ RecordingPage }) =>
      () =>
        <RecordingPage id={id} />,
  );
const settings = (section: string) => (): Promise<() => JSX.Element> =>
  import('./settings/page').then(
    ({ SettingsPage }) =>
      () =>
        <SettingsPage section={section} />,
  );

function TopBar(): JSX.Element {
  const here = route.value.page;
  return (
    <header class="topbar">
      <a href="/" class="brand" onClick={follow}>
        <Brand size={26} /> <span class="brand-name">AGTerm</span>
      </a>
      <nav class="pages" aria-label="Pages">
        {PAGES.map(([path, name, icon, page]) => (
          <a key={path} href={path} class="pages-link" aria-current={here === page ? 'page' : undefined} onClick={follow}>
            <Icon name={icon} size={17} /> <span>{name}</span>
          </a>
        ))}
      </nav>
      <CommandsButton />
      <Bell />
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

function watched(): string | null {
  const here = route.value;
  return here.page === 'session' && !document.hidden ? here.id : null;
}

export function Shell(): JSX.Element {
  useEffect(() => followServer({ watched }), []);
  const here = route.value;
  const well = trouble.value === 'none';
  useEffect(() => {
    if (well) void refreshIsolation().catch(() => {}); // a runner that is down is told of already
  }, [well]);
  return (
    <div class={`shell shell-${here.page}`}>
      {!(here.page === 'session' && isNarrow.value) && <TopBar /> /* a phone has no room for both heads */}
      <Trouble />
      <Exposed />
      {here.page === 'session' && <Workbench />}
      {here.page === 'list' && <SessionList />}
      {here.page === 'costs' && <Lazy key="costs" load={costs} />}
      {here.page === 'recordings' && <Lazy key="recordings" load={recordings} />}
      {here.page === 'recording' && <Lazy key={here.id} load={recording(here.id)} />}
      {here.page === 'search' && <Lazy key="search" load={search} />}
      {here.page === 'settings' && <Lazy key={here.section} load={settings(here.section)} />}
      <Overlays />
    </div>
  );
}
