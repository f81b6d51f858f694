/** One session's page: its terminal, what can be done to it, and what is wrong with the line when something is. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { agentsById, byId, create, sessions, switchAgent } from '../api/sessions';
import { explain } from '../api/client';
import type { Session } from '../api/types';
import { follow, go, sessionPath } from '../router';
import { terminalOf } from '../term/registry';
import type { TerminalView } from '../term/view';
import { AgentTile, Icon } from '../ui/icons';
import { toast } from '../ui/toast';
import { DeleteSession } from './delete';
import { FindBar } from './find';
import { KeyBar } from './keybar';
import { Switcher } from './launcher';
import { LineTrouble } from './line';
import { Rail } from './rail';
import { Isolation, Status, exitText } from './status';

export function TerminalPage({ id }: { id: string }): JSX.Element {
  const view = useTerminal(id);
  const session = byId.value.get(id);
  document.title = `${view?.title.value || session?.name || 'Terminal'} · AGTerm`;
  return (
    <div class="workbench">
      <Rail current={id} />
      <main class="stage">
        {session ? <Head session={session} view={view} /> : <UnknownHead id={id} />}
        <div class="pane">
          {view && <Screen key={id} view={view} />}
          {view && <LineTrouble view={view} />}
          {view?.finding.value && <FindBar view={view} />}
        </div>
        {view?.exit.value && session && <ExitBar view={view} session={session} />}
        {view && <KeyBar view={view} />}
      </main>
    </div>
  );
}

function useTerminal(id: string): TerminalView | null {
  const [view, setView] = useState<TerminalView | null>(null);
  useEffect(() => {
    let gone = false;
    setView(null);
    terminalOf(id).then(
      (terminal) => !gone && setView(terminal),
      (error: unknown) => toast(explain(error), 'danger'),
    );
    return () => {
      gone = true;
    };
  }, [id]);
  return view?.id === id ? view : null;
}

function Screen({ view }: { view: TerminalView }): JSX.Element {
  const container = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (container.current) view.show(container.current);
    return () => view.hide();
  }, [view]);
  return <div ref={container} class={view.driving.value ? 'screen' : 'screen screen-watching'} />;
}

function Head({ session, view }: { session: Session; view: TerminalView | null }): JSX.Element {
  const agent = agentsById.value.get(session.agent);
  const dialog = useSignal<'switch' | 'delete' | null>(null);
  const close = (): void => {
    dialog.value = null;
    view?.terminal.focus();
  };
  const copy = async (): Promise<void> => {
    toast((await view?.copy()) ? 'Copied' : 'The browser did not let us copy.');
    view?.terminal.focus();
  };
  return (
    <header class="stage-head">
      <a href="/" class="icon-button stage-back" aria-label="All sessions" onClick={follow}>
        <Icon name="back" />
      </a>
      <AgentTile small id={agent?.icon ?? session.agent} name={agent?.name} color={agent?.color} />
      <div class="stage-title">
        <h1>{session.name}</h1>
        <p title={session.workspaceDir}>{view?.title.value || agent?.name || session.agent}</p>
      </div>
      <div class="stage-badges">
        <Status session={session} />
        <Isolation session={session} />
      </div>
      <div class="stage-tools">
        <button
          type="button"
          class="icon-button"
          aria-label="Copy selection"
          title="Copy selection (Ctrl+Shift+C)"
          disabled={!view?.selected.value}
          onClick={() => void copy()}
        >
          <Icon name="copy" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Find"
          title="Find (Ctrl+Shift+F)"
          disabled={!view}
          onClick={() => void view?.find()}
        >
          <Icon name="search" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Switch agent"
          title="Switch agent"
          onClick={() => (dialog.value = 'switch')}
        >
          <Icon name="swap" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Delete session"
          title="Delete session"
          onClick={() => (dialog.value = 'delete')}
        >
          <Icon name="trash" />
        </button>
      </div>
      {dialog.value === 'switch' && <Switcher session={session} onClose={close} />}
      {dialog.value === 'delete' && <DeleteSession session={session} onClose={close} />}
    </header>
  );
}

function UnknownHead({ id }: { id: string }): JSX.Element {
  return (
    <header class="stage-head">
      <a href="/" class="icon-button stage-back" aria-label="All sessions" onClick={follow}>
        <Icon name="back" />
      </a>
      <div class="stage-title">
        <h1>{sessions.value ? 'Unknown session' : 'Session'}</h1>
        <p class="mono">{id}</p>
      </div>
    </header>
  );
}

function ExitBar({ view, session }: { view: TerminalView; session: Session }): JSX.Element {
  const exit = view.exit.value ?? { code: null, signal: null };
  const deleting = useSignal(false);
  const busy = useSignal(false);
  const lost = session.status === 'lost';
  const again = async (): Promise<void> => {
    busy.value = true;
    try {
      if (lost) {
        const { id } = await create({ agent: session.agent, name: session.name }); // the runner has forgotten the old one
        go(sessionPath(id));
      } else {
        await switchAgent(session.id, session.agent); // the documented call that gives a session a fresh program
        view.reattach();
        view.terminal.focus();
      }
    } catch (error) {
      toast(explain(error), 'danger');
    }
    busy.value = false;
  };
  return (
    <div class="exitbar" role="status">
      <span>
        {lost ? 'The runner lost this process.' : `Process exited (${exitText(exit)}).`}{' '}
        <span class="muted">The screen and the workspace are kept.</span>
      </span>
      <button type="button" class="button" disabled={busy.value} onClick={() => void again()}>
        <Icon name="restart" size={16} /> {lost ? 'Start a new one' : 'Start again'}
      </button>
      <button type="button" class="button" onClick={() => (deleting.value = true)}>
        <Icon name="trash" size={16} /> Delete
      </button>
      {deleting.value && <DeleteSession session={session} onClose={() => (deleting.value = false)} />}
    </div>
  );
}
