/** What a tab shows: its session's terminal, or one of the other views, whose code is fetched when it is first opened. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

import { explain } from '../api/client';
import { byId, isOwn } from '../api/sessions';
import type { View } from '../router';
import { terminalOf } from '../term/registry';
import type { TerminalView } from '../term/view';
import { Lazy } from '../ui/lazy';
import { toast } from '../ui/toast';
import { ExitBar } from '../views/exit';
import { BudgetBanner } from '../views/limit';
import { TerminalStage } from '../views/terminal';
import { panelId, tabId } from './tabs';
import type { Tab } from './tree';

type Made = () => JSX.Element;

const OTHERS: Record<Exclude<View, 'terminal'>, (id: string) => Promise<Made>> = {
  files: (id) => import('../views/files/page').then(({ FilesView }) => () => <FilesView id={id} />),
  changes: (id) => import('../views/changes/page').then(({ ChangesView }) => () => <ChangesView id={id} />),
  preview: (id) => import('../views/preview/page').then(({ PreviewView }) => () => <PreviewView id={id} />),
};

export function PaneBody({ tab, isTop, isFocused }: { tab: Tab; isTop: boolean; isFocused: boolean }): JSX.Element {
  const { session, view } = tab;
  return (
    <div class={`panel panel-${view}`} role="tabpanel" id={panelId(tab)} aria-labelledby={tabId(tab)} hidden={!isTop}>
      {view === 'terminal' ? <Terminal id={session} isFocused={isFocused} /> : <Lazy load={() => OTHERS[view](session)} />}
    </div>
  );
}

/** The terminal of a session as soon as its code is there. */
export function useTerminal(id: string | undefined): TerminalView | null {
  const [view, setView] = useState<TerminalView | null>(null);
  useEffect(() => {
    let gone = false;
    setView(null);
    if (!id) return undefined;
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

function Terminal({ id, isFocused }: { id: string; isFocused: boolean }): JSX.Element {
  const view = useTerminal(id);
  const session = byId.value.get(id);
  useLayoutEffect(() => {
    if (view && isFocused) view.focus(); // at once: what is typed next is for this one
  }, [view, isFocused]);
  return (
    <>
      {session && isOwn(session) && <BudgetBanner session={session} onRaised={() => view?.focus()} />}
      {view && (
        <TerminalStage view={view} hasKeys={isFocused}>
          {view.exit.value && session && <ExitBar view={view} session={session} />}
        </TerminalStage>
      )}
    </>
  );
}
