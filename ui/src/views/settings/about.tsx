/** What this server is, and the doors for administrators and programs. */
import type { JSX } from 'preact';

import { user } from '../../api/auth';
import { Icon, type IconName } from '../../ui/icons';
import { Frame } from './frame';
import { useAsked } from './use-list';

const DOORS: [string, string, string, IconName, boolean][] = [
  ['/api/docs', 'The API', 'Everything this page does, for programs: tried out in the browser.', 'command', false],
  ['/admin/', 'Admin site', 'Sessions, budgets, keys and isolation of the whole server.', 'sliders', true],
];

interface Health {
  version: string;
  uptime: number;
}

/** `3 d 4 h`: the two largest units. */
export function upFor(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : 'Less than a minute';
}

/** Bare: health has no envelope. */
async function health(): Promise<Health> {
  const answer = await fetch('/api/health');
  return (await answer.json()) as Health;
}

export function AboutPage(): JSX.Element {
  const { found, failure } = useAsked('About', health);
  const isStaff = user.value?.role === 'admin';
  return (
    <Frame title="About" note="One workspace for all your agents." failure={failure.value}>
      <section class="settings-card" aria-label="This server">
        <dl class="about-facts">
          <dt>Version</dt>
          <dd>AGTerm {found.value?.version ?? '…'}</dd>
          <dt>Running for</dt>
          <dd>{found.value ? upFor(found.value.uptime) : '…'}</dd>
          <dt>Address</dt>
          <dd>{location.origin}</dd>
        </dl>
      </section>
      <ul class="rows" aria-label="Elsewhere">
        {DOORS.filter(([, , , , forStaff]) => isStaff || !forStaff).map(([path, name, note, icon]) => (
          <li key={path} class="person">
            <Icon name={icon} />
            <div class="person-text">
              <a class="person-name" href={path} target="_blank" rel="noopener">
                {name} <Icon name="external" size={14} />
              </a>
              <span class="person-about">{note}</span>
            </div>
          </li>
        ))}
      </ul>
    </Frame>
  );
}
