/** The tabs of a pane: clicked, closed with the middle button or Delete, dragged to another place, and their menu. */
import { signal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { agentsById, byId } from '../api/sessions';
import type { View } from '../router';
import { held } from '../term/registry';
import { AgentTile, Icon, type IconName } from '../ui/icons';
import { Status } from '../views/status';
import { Popup, type Entry } from './popup';
import { arrange, layout, moveToNextPane, show, shut, shutOthers } from './store';
import { allTabs, key, move, panes, splitOff, type Pane, type Tab } from './tree';

export const VIEW_NAMES: Record<View, string> = { terminal: 'Terminal', files: 'Files', changes: 'Changes', preview: 'Preview' };
export const VIEW_ICONS: Record<View, IconName> = { terminal: 'terminal', files: 'folder', changes: 'diff', preview: 'globe' };

/** The tab that is being dragged. */
export const dragged = signal<Tab | null>(null);
const DRAGGED = 'application/x-agterm-tab';

export const tabId = (tab: Tab): string => `tab-${key(tab).replace('/', '-')}`;
export const panelId = (tab: Tab): string => `panel-${key(tab).replace('/', '-')}`;

interface Props {
  tabs: Tab[];
  top: Tab | undefined;
  /** Where the tabs are dropped; none on a phone, where nothing is dragged. */
  pane?: Pane;
  isFocused: boolean;
}

export function TabStrip({ tabs, top, pane, isFocused }: Props): JSX.Element {
  const strip = useRef<HTMLDivElement>(null);
  const menu = useSignal<{ tab: Tab; x: number; y: number } | null>(null);
  const before = useSignal<number | null>(null);
  useEffect(() => {
    strip.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [top && key(top), tabs.length]);
  const walk = (event: KeyboardEvent): void => {
    const all = [...(strip.current?.querySelectorAll<HTMLElement>('[role=tab]') ?? [])];
    const at = all.indexOf(event.target as HTMLElement);
    const tab = tabs[at];
    if (at < 0 || !tab) return;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) all.at(to % all.length)?.focus();
    else if (event.key === 'Delete') shut(tab);
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const { left, bottom } = all[at]!.getBoundingClientRect();
      menu.value = { tab, x: left, y: bottom };
    } else return;
    event.preventDefault();
  };
  const over = (event: DragEvent): void => {
    if (!dragged.value || !pane) return;
    event.preventDefault();
    const all = [...(strip.current?.querySelectorAll('[role=tab]') ?? [])];
    const next = all.findIndex((one) => {
      const { left, width } = one.getBoundingClientRect();
      return event.clientX < left + width / 2;
    });
    before.value = next < 0 ? all.length : next;
  };
  const drop = (event: DragEvent): void => {
    const tab = dragged.value;
    const at = before.value;
    before.value = null;
    if (!tab || !pane || at === null) return;
    event.preventDefault();
    dragged.value = null;
    arrange(move(layout.value, tab, pane.id, at));
  };
  return (
    <div
      ref={strip}
      class={isFocused ? 'tabs tabs-focused' : 'tabs'}
      role="tablist"
      aria-label="Open tabs"
      onKeyDown={walk}
      onDragOver={over}
      onDragLeave={() => (before.value = null)}
      onDrop={drop}
    >
      {tabs.map((tab, at) => (
        <TabButton
          key={key(tab)}
          tab={tab}
          isTop={tab === top}
          isMarked={before.value === at}
          onMenu={(x, y) => (menu.value = { tab, x, y })}
        />
      ))}
      {menu.value && (
        <Popup label="Tab" at={menu.value} entries={entriesOf(menu.value.tab)} onClose={() => (menu.value = null)} />
      )}
    </div>
  );
}

function entriesOf(tab: Tab): Entry[] {
  const pane = panes(layout.value.root).find((one) => one.tabs.includes(tab));
  const isAlone = pane?.tabs.length === 1;
  const split = (edge: 'right' | 'down') => (): void => {
    if (pane) arrange(splitOff(layout.value, tab, pane.id, edge));
  };
  return [
    { icon: 'split', text: 'Move to the right', isOff: isAlone, act: split('right') },
    { icon: 'splitdown', text: 'Move below', isOff: isAlone, act: split('down') },
    { icon: 'swap', text: 'Move to the next pane', isOff: panes(layout.value.root).length < 2, act: () => moveToNextPane(tab) },
    { icon: 'close', text: 'Close', keys: 'Delete', act: () => shut(tab) },
    { icon: 'close', text: 'Close the others', isOff: allTabs(layout.value).length < 2, act: () => shutOthers(tab) },
  ];
}

function TabButton(props: { tab: Tab; isTop: boolean; isMarked: boolean; onMenu: (x: number, y: number) => void }): JSX.Element {
  const { tab, isTop, isMarked, onMenu } = props;
  const session = byId.value.get(tab.session);
  const agent = session && agentsById.value.get(session.agent);
  const name = session?.name ?? 'Session';
  const rang = tab.view === 'terminal' && held(tab.session)?.rang.value;
  const says = tab.view === 'terminal' ? name : `${name}: ${VIEW_NAMES[tab.view]}`;
  return (
    <button
      type="button"
      role="tab"
      id={tabId(tab)}
      class={`tab${isMarked ? ' tab-marked' : ''}`}
      aria-selected={isTop}
      aria-controls={isTop ? panelId(tab) : undefined}
      tabIndex={isTop ? 0 : -1}
      title={says}
      draggable
      onClick={() => show(tab)}
      onAuxClick={(event) => event.button === 1 && shut(tab)}
      onMouseDown={(event) => event.button === 1 && event.preventDefault()}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(event.clientX, event.clientY);
      }}
      onDragStart={(event) => {
        event.dataTransfer?.setData(DRAGGED, key(tab));
        if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
        setTimeout(() => (dragged.value = tab)); // what covers the panes must not be there when the browser takes the picture
      }}
      onDragEnd={() => (dragged.value = null)}
    >
      {tab.view === 'terminal' ? (
        <AgentTile small id={agent?.icon ?? session?.agent ?? '?'} name={agent?.name} color={agent?.color} />
      ) : (
        <Icon name={VIEW_ICONS[tab.view]} size={15} />
      )}
      <span class="tab-name">
        {name}
        {tab.view !== 'terminal' && <span class="visually-hidden">: {VIEW_NAMES[tab.view]}</span>}
      </span>
      {tab.view === 'terminal' && session && !rang && <Status session={session} words={false} />}
      {rang && (
        <span class="tab-bell">
          <Icon name="bell" size={14} />
          <span class="visually-hidden">has rung</span>
        </span>
      )}
      <span
        class="tab-close"
        aria-hidden="true"
        title="Close"
        onClick={(event) => {
          event.stopPropagation();
          shut(tab);
        }}
      >
        <Icon name="close" size={13} />
      </span>
    </button>
  );
}
