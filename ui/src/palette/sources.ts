/** Commands that come from what the page knows: sessions, what can be done to the one on screen, agents, profiles, themes. */
import { held, markSeen, queue } from '../attention/queue';
import { mayChange } from '../api/auth';
import { profiles } from '../api/profiles';
import { agents, agentsById, byId, isOwn, listed } from '../api/sessions';
import type { Session } from '../api/types';
import { theme, THEMES } from '../preferences';
import { go, route, sessionPath, VIEWS } from '../router';
import type { IconName } from '../ui/icons';
import { statusText } from '../views/status';
import { type Action, open } from './overlay';
import { type Command, source } from './registry';

function sessionCommand(session: Session): Command {
  const agent = agentsById.value.get(session.agent)?.name ?? session.agent;
  const isHeld = held.value.some((waiting) => waiting.session.id === session.id);
  return {
    id: `session.${session.id}`,
    title: session.name,
    group: isHeld ? 'Needs you' : 'Sessions',
    hint: `${agent} · ${statusText(session)}`,
    words: [session.workspaceDir, session.git?.branch, ...(session.tags ?? [])].filter(Boolean).join(' '),
    icon: isHeld ? 'bell' : 'terminal',
    run: () => go(sessionPath(session.id)),
  };
}

source('sessions', () => (listed.value ?? []).map(sessionCommand));

const VIEW_ICONS: Record<(typeof VIEWS)[number], IconName> = {
  terminal: 'terminal',
  files: 'folder',
  changes: 'diff',
  preview: 'globe',
};

/** The actions that make sense for a session as it is now. */
export function actionsOf(session: Session): [Action, string, IconName][] {
  const isLive = session.status === 'running' || session.status === 'starting';
  const isRun = session.kind === 'run';
  return [
    ['edit', 'Rename, colour and tags…', 'edit'],
    ['share', 'Share…', 'share'],
    ...(session.status === 'lost' || isRun ? [] : [['switch', 'Switch agent…', 'swap'] as [Action, string, IconName]]),
    ...(isLive && !isRun ? [['restart', 'Restart…', 'restart'] as [Action, string, IconName]] : []),
    ...(isLive ? [['stop', 'Stop…', 'stop'] as [Action, string, IconName]] : []),
    ['delete', 'Delete…', 'trash'],
  ];
}

source('this session', () => {
  const here = route.value;
  const session = here.page === 'session' ? byId.value.get(here.id) : undefined;
  if (!session || here.page !== 'session') return [];
  if (!isOwn(session)) return [];
  const of = { group: 'This session', hint: session.name };
  const views = VIEWS.filter((view) => view !== here.view).map((view) => ({
    ...of,
    id: `view.${view}`,
    title: `Show ${view}`,
    icon: VIEW_ICONS[view],
    run: () => go(sessionPath(session.id, view)),
  }));
  const actions = actionsOf(session).map(([what, title, icon]) => ({
    ...of,
    id: `action.${what}`,
    title,
    icon,
    run: () => open({ kind: 'action', what, id: session.id }),
  }));
  return [...views, ...actions];
});

source('new', () => (mayChange.value ? starts() : []));

const starts = (): Command[] => [
  ...agents.value
    .filter((agent) => agent.available)
    .map(({ id, name }) => ({
      id: `new.agent.${id}`,
      title: `New session with ${name}`,
      group: 'New',
      icon: 'plus' as const,
      words: 'start launch',
      run: () => open({ kind: 'launch', agent: id }),
    })),
  ...(profiles.value ?? [])
    .filter((profile) => profile.isCustom || profile.isDefault)
    .map(({ id, name }) => ({
      id: `new.profile.${id}`,
      title: `New session from ${name}`,
      group: 'New',
      hint: 'Profile',
      icon: 'bookmark' as const,
      words: 'start launch',
      run: () => open({ kind: 'launch', profile: id }),
    })),
];

source('themes', () =>
  THEMES.filter((name) => name !== theme.value).map((name) => ({
    id: `theme.${name}`,
    title: name === 'system' ? 'Theme: as the system' : `Theme: ${name}`,
    group: 'Appearance',
    icon: 'sliders' as const,
    words: 'dark light contrast colours',
    run: () => {
      theme.value = name;
    },
  })),
);

source('seen', () =>
  queue.value.length > held.value.length
    ? [
        {
          id: 'attention.seen',
          title: 'Mark all as seen',
          group: 'Needs you',
          icon: 'check' as const,
          run: () => markSeen(queue.value.map(({ session }) => session.id)),
        },
      ]
    : [],
);
