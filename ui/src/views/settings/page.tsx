/** The settings: their sections, and the one that is open. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { user } from '../../api/auth';
import { follow, SETTINGS } from '../../router';
import { Lazy } from '../../ui/lazy';
import './settings.css';

type Load = () => Promise<() => JSX.Element>;
interface Section {
  id: string;
  name: string;
  load: Load;
  forStaff?: boolean;
}

const SECTIONS: Section[] = [
  { id: 'account', name: 'Account', load: () => import('./account').then(({ AccountPage }) => AccountPage) },
  { id: 'keys', name: 'Keys', load: () => import('../keys/page').then(({ KeysPage }) => KeysPage) },
  { id: 'tokens', name: 'API tokens', load: () => import('./tokens').then(({ TokensPage }) => TokensPage) },
  { id: 'appearance', name: 'Appearance', load: () => import('./appearance').then(({ AppearancePage }) => AppearancePage) },
  {
    id: 'notifications',
    name: 'Notifications',
    load: () => import('./notifications').then(({ NotificationsPage }) => NotificationsPage),
  },
  { id: 'people', name: 'People', load: () => import('./users').then(({ UsersPage }) => UsersPage), forStaff: true },
  { id: 'audit', name: 'Audit', load: () => import('./audit').then(({ AuditPage }) => AuditPage), forStaff: true },
  { id: 'about', name: 'About', load: () => import('./about').then(({ AboutPage }) => AboutPage) },
];

export function SettingsPage({ section }: { section: string }): JSX.Element {
  const nav = useRef<HTMLElement>(null);
  const offered = SECTIONS.filter(({ forStaff }) => !forStaff || user.value?.role === 'admin');
  const { id, load } = offered.find((one) => one.id === section) ?? offered[0]!;
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [id]);
  return (
    <>
      <nav ref={nav} class="settings-nav" aria-label="Settings">
        {offered.map((one) => (
          <a key={one.id} href={`${SETTINGS}/${one.id}`} aria-current={one.id === id ? 'page' : undefined} onClick={follow}>
            {one.name}
          </a>
        ))}
      </nav>
      <Lazy key={id} load={load} />
    </>
  );
}
