/** Says quietly who drives a terminal that several have open, and lets a watcher take over. */
import type { JSX } from 'preact';

import { user } from '../api/auth';
import type { Viewer } from '../api/types';
import type { TerminalView } from '../term/view';
import { Icon } from '../ui/icons';

/** A guest is not told who the others are. */
const nameOf = (viewer: Pick<Viewer, 'user'>): string => viewer.user ?? 'Somebody';

/** `alice drives · 2 watching`, as somebody called `me` reads it. */
export function controlText(driver: Pick<Viewer, 'user'> | null, me: string, watching: number): string {
  const who = driver === null ? 'Nobody drives' : driver.user === me ? 'Your other window drives' : `${nameOf(driver)} drives`;
  return watching > 0 ? `${who} · ${watching} watching` : who;
}

function names(viewers: Viewer[]): string {
  return viewers.map((viewer) => nameOf(viewer) + (viewer.mode === 'view' ? ' (only watches)' : '')).join('\n');
}

export function ControlBar({ view }: { view: TerminalView }): JSX.Element | null {
  const watchers = Math.max(0, view.viewerCount.value - (view.driver.value ? 1 : 0));
  if (view.link.value !== 'live' || view.exit.value || (view.driving.value && !view.viewOnly.value)) return null;
  if (view.viewOnly.value) return view.isGuest ? null : <OnlyLooking view={view} />; // a guest's page says it in its head
  return (
    <div class="controlbar" role="status">
      <Icon name="eye" size={16} />
      <span class="controlbar-text" title={names(view.viewers.value)}>
        {controlText(view.driver.value, user.value?.username ?? '', watchers)}
      </span>
      <button type="button" class="button button-small" onClick={() => view.take()}>
        Take control
      </button>
    </div>
  );
}

/** For somebody who was let in to look, and no more. */
function OnlyLooking({ view }: { view: TerminalView }): JSX.Element {
  const driver = view.driver.value;
  return (
    <div class="controlbar" role="status">
      <span class="badge badge-warn">
        <Icon name="eye" size={13} /> View only
      </span>
      <span class="controlbar-text" title={names(view.viewers.value)}>
        {driver ? `${nameOf(driver)} drives.` : 'Nobody drives.'} Nothing you type reaches the program.
      </span>
    </div>
  );
}

/** For the one who drives: how many watch. */
export function Watchers({ view }: { view: TerminalView | null }): JSX.Element | null {
  const count = view && view.driving.value && view.link.value === 'live' ? view.viewerCount.value - 1 : 0;
  if (!view || count < 1) return null;
  return (
    <span class="badge" title={names(view.viewers.value.filter((viewer) => !viewer.drives))}>
      <Icon name="eye" size={13} />
      {count} <span class="badge-text">watching</span>
    </span>
  );
}
