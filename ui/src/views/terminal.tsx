/** A terminal with what belongs around it: who drives, what is wrong with the line, finding, questions, a phone's keys. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { Popup } from '../layout/popup';
import { pasteText } from '../term/clipboard';
import type { TerminalView } from '../term/view';
import { Icon } from '../ui/icons';
import { toast } from '../ui/toast';
import { ControlBar } from './control';
import { FindBar } from './find';
import { KeyBar } from './keybar';
import { LineTrouble } from './line';
import { Questions } from './questions';

interface Props {
  view: TerminalView;
  /** The key bar is this one's: only one terminal has the phone's keyboard. */
  hasKeys?: boolean;
  /** What stands under the screen. */
  children?: ComponentChildren;
}

export function TerminalStage({ view, hasKeys = true, children }: Props): JSX.Element {
  const menu = useSignal<{ x: number; y: number } | null>(null);
  const openMenu = (event: MouseEvent): void => {
    if (event.shiftKey) return; // the browser's own
    event.preventDefault();
    if (view.terminal.modes.mouseTrackingMode === 'none') menu.value = { x: event.clientX, y: event.clientY };
  };
  return (
    <div class="stage">
      <ControlBar view={view} />
      <div class="pane" onContextMenu={openMenu}>
        <Screen key={view.id} view={view} />
        <LineTrouble view={view} />
        {view.moreHistory.value && (
          <button type="button" class="button button-small history" onClick={() => view.loadHistory()}>
            <Icon name="history" size={16} /> Load more history
          </button>
        )}
        {view.finding.value && <FindBar view={view} />}
        {view.sending.value > 0 && (
          <p class="sending" role="status">
            <span class="spinner" aria-hidden="true" /> Putting {view.sending.value === 1 ? 'a file' : `${view.sending.value} files`} into
            the workspace…
          </p>
        )}
      </div>
      {children}
      {hasKeys && !view.viewOnly.value && <KeyBar view={view} />}
      <Questions view={view} />
      {menu.value && <ScreenMenu view={view} at={menu.value} onClose={() => (menu.value = null)} />}
    </div>
  );
}

function Screen({ view }: { view: TerminalView }): JSX.Element {
  const container = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (container.current) view.show(container.current);
    return () => view.hide();
  }, [view]);
  return <div ref={container} class={view.driving.value ? 'screen' : 'screen screen-watching'} />;
}

export async function copySelection(view: TerminalView | null): Promise<void> {
  toast((await view?.copy()) ? 'Copied' : 'The browser did not let us copy.');
  view?.focus();
}

export async function pasteInto(view: TerminalView): Promise<void> {
  const text = await pasteText();
  if (text === null) toast('The browser does not give the clipboard away here: press Ctrl+Shift+V in the terminal.');
  else view.paste(text);
  view.focus();
}

function ScreenMenu({ view, at, onClose }: { view: TerminalView; at: { x: number; y: number }; onClose: () => void }): JSX.Element {
  const { terminal } = view;
  const closed = (): void => {
    onClose();
    view.focus();
  };
  return (
    <Popup
      label="Terminal"
      at={at}
      onClose={closed}
      entries={[
        { icon: 'copy', text: 'Copy', keys: 'Ctrl+Shift+C', isOff: !view.selected.value, act: () => void copySelection(view) },
        { icon: 'paste', text: 'Paste', keys: 'Ctrl+Shift+V', isOff: view.viewOnly.value, act: () => void pasteInto(view) },
        { icon: 'upload', text: 'Send files…', isOff: view.viewOnly.value || view.isGuest, act: () => chooseFiles(view) },
        { icon: 'search', text: 'Find', keys: 'Ctrl+Shift+F', act: () => void view.find() },
        { icon: 'file', text: 'Select all', act: () => terminal.selectAll() },
        { icon: 'down', text: 'To the end', act: () => terminal.scrollToBottom() },
      ]}
    />
  );
}

/** Files for the workspace, by the browser's own dialog: where nothing can be dropped. */
export function chooseFiles(view: TerminalView): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.addEventListener('change', () => void view.send([...(input.files ?? [])]));
  input.click();
}
