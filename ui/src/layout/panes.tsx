/** The panes, the lines between them that are dragged, and where a dragged tab may be dropped. */
import { useSignal } from '@preact/signals';
import type { CSSProperties, JSX } from 'preact';

import { isPhone } from '../ui/media';
import { PaneBody } from './body';
import { places, type Box, type Line } from './places';
import { arrange, focusPane, layout, looked } from './store';
import { dragged, TabStrip } from './tabs';
import { allTabs, key, move, resize, splitOff, topOf, type Edge, type Pane, type Tab } from './tree';

const percent = (part: number): string => `${(part * 100).toFixed(3)}%`;
const styleOf = ({ left, top, width, height }: Box): CSSProperties => ({
  left: percent(left),
  top: percent(top),
  width: percent(width),
  height: percent(height),
});

export function Panes(): JSX.Element {
  if (isPhone.value) return <OnePane />;
  const { root, focus } = layout.value;
  const { panes, lines } = places(root);
  return (
    <div class="panes">
      {panes.map(({ pane, box }) => (
        <PaneView key={`pane-${pane.id}`} pane={pane} box={box} isFocused={pane.id === focus} isOnly={panes.length === 1} />
      ))}
      {lines.map((line) => (
        <Divider key={`line-${line.split.id}-${line.at}`} line={line} />
      ))}
    </div>
  );
}

/** On a phone all tabs are in one strip, which the head shows, and one of them is on screen. */
function OnePane(): JSX.Element {
  const top = looked.value;
  return (
    <div class="panes">
      <section class="workpane">{top && <Bodies tabs={allTabs(layout.value)} top={top} isFocused />}</section>
    </div>
  );
}

function PaneView(props: { pane: Pane; box: Box; isFocused: boolean; isOnly: boolean }): JSX.Element {
  const { pane, box, isFocused, isOnly } = props;
  const top = topOf(pane);
  return (
    <section
      class={isFocused && !isOnly ? 'workpane workpane-focused' : 'workpane'}
      style={styleOf(box)}
      data-pane={pane.id}
      onFocusIn={() => focusPane(pane.id)}
      onPointerDown={() => focusPane(pane.id)}
    >
      <TabStrip tabs={pane.tabs} top={top} pane={pane} isFocused={isFocused} />
      {top && <Bodies tabs={pane.tabs} top={top} isFocused={isFocused} />}
      {dragged.value && <DropZone pane={pane} tab={dragged.value} />}
    </section>
  );
}

/** What was opened once stays as it is behind the others (an editor, a page), but for terminals, which keep themselves. */
function Bodies({ tabs, top, isFocused }: { tabs: Tab[]; top: Tab; isFocused: boolean }): JSX.Element {
  const opened = useSignal<ReadonlySet<string>>(new Set());
  if (!opened.peek().has(key(top))) opened.value = new Set(opened.peek()).add(key(top));
  const shown = tabs.filter((tab) => tab === top || (tab.view !== 'terminal' && opened.value.has(key(tab))));
  return (
    <>
      {shown.map((tab) => (
        <PaneBody key={key(tab)} tab={tab} isTop={tab === top} isFocused={isFocused && tab === top} />
      ))}
    </>
  );
}

const STEP = 0.02;

function Divider({ line }: { line: Line }): JSX.Element {
  const { split, at, direction, box, along } = line;
  const isRow = direction === 'row';
  const moveBy = (by: number): void => {
    layout.value = resize(layout.value, split.id, at, by);
  };
  const drag = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget as HTMLElement;
    const whole = handle.parentElement?.getBoundingClientRect();
    if (!whole) return;
    let last = isRow ? event.clientX : event.clientY;
    const length = (isRow ? whole.width : whole.height) * along;
    const follow = (next: PointerEvent): void => {
      const now = isRow ? next.clientX : next.clientY;
      moveBy((now - last) / length);
      last = now;
    };
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener('pointermove', follow);
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', follow), { once: true });
  };
  const keys = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: isRow ? -STEP : 0, ArrowRight: isRow ? STEP : 0, ArrowUp: isRow ? 0 : -STEP, ArrowDown: isRow ? 0 : STEP }[event.key];
    if (!by) return;
    event.preventDefault();
    moveBy(by);
  };
  const [before = 0, after = 0] = [split.shares[at], split.shares[at + 1]];
  return (
    <div
      class={`divider divider-${direction}`}
      style={styleOf(box)}
      role="separator"
      tabIndex={0}
      aria-orientation={isRow ? 'vertical' : 'horizontal'}
      aria-label="Resize the panes"
      aria-valuenow={Math.round((100 * before) / (before + after))}
      onPointerDown={drag}
      onKeyDown={keys}
      onDblClick={() => moveBy((after - before) / 2)}
    />
  );
}

function edgeAt(event: DragEvent): Edge | 'middle' {
  const { left, top, width, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
  const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
  const near: [Edge, number][] = [['left', x], ['right', 1 - x], ['up', y], ['down', 1 - y]];
  const [edge, distance] = near.reduce((one, other) => (other[1] < one[1] ? other : one));
  return distance < 0.25 ? edge : 'middle';
}

function DropZone({ pane, tab }: { pane: Pane; tab: Tab }): JSX.Element {
  const edge = useSignal<Edge | 'middle' | null>(null);
  const over = (event: DragEvent): void => {
    event.preventDefault();
    edge.value = edgeAt(event);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    dragged.value = null;
    const where = edgeAt(event);
    arrange(where === 'middle' ? move(layout.value, tab, pane.id) : splitOff(layout.value, tab, pane.id, where));
  };
  return (
    <div class="dropzone" onDragOver={over} onDragLeave={() => (edge.value = null)} onDrop={drop}>
      {edge.value && <div class={`dropzone-mark dropzone-${edge.value}`} />}
    </div>
  );
}
