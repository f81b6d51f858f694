/** The head over the panes: which session is looked at, its views, how it is doing and what can be done with it. */
import type { JSX } from 'preact';

import { Bell } from '../attention/bell';
import { agentsById, byId, isOwn, sessions } from '../api/sessions';
import type { Session } from '../api/types';
import { follow, sessionPath, VIEWS } from '../router';
import { hasFingers, isNarrow, isPhone } from '../ui/media';
import type { TerminalView } from '../term/view';
import { AgentTile, Icon } from '../ui/icons';
import { SessionMenu } from '../views/actions';
import { Watchers } from '../views/control';
import { CostBadge } from '../views/cost';
import { Isolation } from '../views/isolation';
import { RecordButton } from '../views/recordings/button';
import { Status } from '../views/status';
import { copySelection } from '../views/terminal';
import { useTerminal } from './body';
import { layout, splitLooked } from './store';
import { TabStrip, VIEW_ICONS, VIEW_NAMES } from './tabs';
import { allTabs, type Tab } from './tree';

export function Head({ tab }: { tab: Tab }): JSX.Element {
  const session = byId.value.get(tab.session);
  const view = useTerminal(tab.view === 'terminal' ? tab.session : undefined);
  document.title = `${view?.title.value || session?.name || 'Terminal'} · AGTerm`;
  return (
    <>
      <header class="stage-head">
        <a href="/" class="icon-button stage-back" aria-label="All sessions" onClick={follow}>
          <Icon name="back" />
        </a>
        {session ? <Known session={session} view={view} tab={tab} /> : <Unknown id={tab.session} />}
      </header>
      {isPhone.value && <PhoneTabs tab={tab} hasViews={session !== undefined && isOwn(session)} />}
    </>
  );
}

function Known({ session, view, tab }: { session: Session; view: TerminalView | null; tab: Tab }): JSX.Element {
  const agent = agentsById.value.get(session.agent);
  const focus = (): void => view?.focus();
  const branch = session.git?.branch;
  return (
    <>
      <AgentTile small id={agent?.icon ?? session.agent} name={agent?.name} color={agent?.color} />
      <div class="stage-title">
        <h1 title={session.name}>{session.name}</h1>
        <p title={session.workspaceDir}>
          {isPhone.value && branch && <Icon name="branch" size={12} />}
          {(isPhone.value && branch) || view?.title.value || agent?.name || session.agent}
        </p>
      </div>
      {!isPhone.value && isOwn(session) && <Views tab={tab} />}
      <div class="stage-badges">
        <Watchers view={view} />
        <Status session={session} />
        {branch && !isPhone.value && (
          <a
            class="badge badge-branch"
            href={sessionPath(session.id, 'changes')}
            title={`Branch ${branch}${session.git?.formatted ? `\n${session.git.formatted}` : ''}`}
            onClick={follow}
          >
            <Icon name="branch" size={13} />
            <span class="visually-hidden">Branch </span>
            <span class="badge-branch-name">{branch}</span>
          </a>
        )}
        <CostBadge session={session} onClosed={focus} />
        <Isolation session={session} onClosed={focus} />
      </div>
      <div class="stage-tools">
        {!hasFingers.value && (
          <button
            type="button"
            class="icon-button"
            hidden={tab.view !== 'terminal'}
            aria-label="Copy selection"
            title="Copy selection (Ctrl+Shift+C)"
            disabled={!view?.selected.value}
            onClick={() => void copySelection(view)}
          >
            <Icon name="copy" />
          </button>
        )}
        {(tab.view === 'terminal' || !isPhone.value) && (
          <button
            type="button"
            class="icon-button"
            hidden={tab.view !== 'terminal'}
            aria-label="Find"
            title="Find (Ctrl+Shift+F)"
            disabled={!view}
            onClick={() => void view?.find()}
          >
            <Icon name="search" />
          </button>
        )}
        {!isPhone.value && (
          <button
            type="button"
            class="icon-button"
            aria-label="Split right"
            title="Split right (Ctrl+Shift+E)"
            onClick={() => splitLooked('right')}
          >
            <Icon name="split" />
          </button>
        )}
        {!isPhone.value && <RecordButton session={session} onDone={focus} />}
        {isNarrow.value && <Bell />}
        {isOwn(session) && <SessionMenu session={session} onClosed={focus} />}
      </div>
    </>
  );
}

function Views({ tab }: { tab: Tab }): JSX.Element {
  return (
    <nav class="views" aria-label="Views of the session">
      {VIEWS.map((view) => (
        <a
          key={view}
          class="views-link"
          href={sessionPath(tab.session, view)}
          title={VIEW_NAMES[view]}
          aria-current={view === tab.view ? 'page' : undefined}
          onClick={follow}
        >
          <Icon name={VIEW_ICONS[view]} size={16} /> <span>{VIEW_NAMES[view]}</span>
        </a>
      ))}
    </nav>
  );
}

/** One line on a phone: the views of this session, and the tabs beside them when there are others. */
function PhoneTabs({ tab, hasViews }: { tab: Tab; hasViews: boolean }): JSX.Element | null {
  const tabs = allTabs(layout.value);
  if (!hasViews && tabs.length < 2) return null;
  return (
    <div class="phone-tabs">
      {hasViews && <Views tab={tab} />}
      {tabs.length > 1 && <TabStrip tabs={tabs} top={tabs.find((one) => one === tab)} isFocused />}
    </div>
  );
}

function Unknown({ id }: { id: string }): JSX.Element {
  return (
    <div class="stage-title">
      <h1>{sessions.value ? 'Unknown session' : 'Session'}</h1>
      <p class="mono">{id}</p>
    </div>
  );
}
