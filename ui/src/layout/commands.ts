/** What can be done to tabs, panes and the terminal in front, by name and by key. */
import { byId, isOwn } from '../api/sessions';
import type { Command } from '../palette/registry';
import { VIEWS } from '../router';
import { zoom } from '../term/looks';
import { held } from '../term/registry';
import { isPhone } from '../ui/media';
import { chooseFiles } from '../views/terminal';
import { layout, looked, moveToNextPane, show, shutLooked, splitLooked, step, stepPane } from './store';
import { VIEW_ICONS, VIEW_NAMES } from './tabs';
import { allTabs, focused, panes } from './tree';

const terminal = () => (looked.value?.view === 'terminal' ? held(looked.value.session) : undefined);
const hasTerminal = (): boolean => terminal() !== undefined;
const hasPanes = (): boolean => !isPhone.value && panes(layout.value.root).length > 1;
const tabs = () => (isPhone.value ? allTabs(layout.value) : focused(layout.value).tabs);
const hasTabs = (): boolean => tabs().length > 1;

const hasViews = (id: string): boolean => {
  const session = byId.value.get(id);
  return session !== undefined && isOwn(session);
};

export const COMMANDS: Command[] = [
  ...VIEWS.map((view) => ({
    id: `view.${view}`,
    title: `Show ${VIEW_NAMES[view].toLowerCase()}`,
    group: 'Session',
    icon: VIEW_ICONS[view],
    when: () => looked.value !== undefined && looked.value.view !== view && hasViews(looked.value.session),
    run: () => looked.value && show({ session: looked.value.session, view }),
  })),
  { id: 'tab.close', title: 'Close the tab', group: 'Tabs and panes', keys: 'Ctrl+Shift+X', icon: 'close', hint: 'the session goes on', when: () => looked.value !== undefined, run: shutLooked },
  { id: 'tab.next', title: 'Next tab', group: 'Tabs and panes', keys: 'Ctrl+Shift+BracketRight', when: hasTabs, run: () => step(1, tabs()) },
  { id: 'tab.previous', title: 'Previous tab', group: 'Tabs and panes', keys: 'Ctrl+Shift+BracketLeft', when: hasTabs, run: () => step(-1, tabs()) },
  { id: 'tab.move', title: 'Move the tab to the next pane', group: 'Tabs and panes', when: hasPanes, run: () => looked.value && moveToNextPane(looked.value) },
  { id: 'pane.right', title: 'Split right', group: 'Tabs and panes', keys: 'Ctrl+Shift+E', icon: 'split', when: () => !isPhone.value && looked.value !== undefined, run: () => splitLooked('right') },
  { id: 'pane.down', title: 'Split down', group: 'Tabs and panes', keys: 'Ctrl+Shift+O', icon: 'splitdown', when: () => !isPhone.value && looked.value !== undefined, run: () => splitLooked('down') },
  { id: 'pane.next', title: 'Next pane', group: 'Tabs and panes', keys: ['Ctrl+Shift+ArrowRight', 'Ctrl+Shift+ArrowDown'], when: hasPanes, run: () => stepPane(1) },
  { id: 'pane.previous', title: 'Previous pane', group: 'Tabs and panes', keys: ['Ctrl+Shift+ArrowLeft', 'Ctrl+Shift+ArrowUp'], when: hasPanes, run: () => stepPane(-1) },
  { id: 'terminal.find', title: 'Find in the terminal', group: 'Terminal', keys: 'Ctrl+Shift+F', icon: 'search', when: hasTerminal, run: () => void terminal()?.find() },
  { id: 'terminal.files', title: 'Send files to the session…', group: 'Terminal', icon: 'upload', words: 'upload picture image', when: hasTerminal, run: () => { const view = terminal(); if (view) chooseFiles(view); } },
  { id: 'terminal.larger', title: 'Larger letters', group: 'Terminal', hint: 'Ctrl+Plus in a terminal', words: 'zoom font', when: hasTerminal, run: () => zoom(1) },
  { id: 'terminal.smaller', title: 'Smaller letters', group: 'Terminal', hint: 'Ctrl+Minus in a terminal', words: 'zoom font', when: hasTerminal, run: () => zoom(-1) },
  { id: 'terminal.usual', title: 'Letters of the usual size', group: 'Terminal', hint: 'Ctrl+0 in a terminal', words: 'zoom font reset', when: hasTerminal, run: () => zoom(0) },
];
