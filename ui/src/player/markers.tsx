/** The markers of a recording, as a list to jump by; the one that was passed last is marked. */
import './markers.css';

import { useComputed, useSignal, type Signal } from '@preact/signals';
import type { JSX } from 'preact';

import type { Marker, MarkerKind } from '../api/recordings';
import { clock, type Timeline } from './timeline';

export interface Mark extends Marker {
  /** Shown seconds. */
  at: number;
  place: number;
}

const KINDS: Record<MarkerKind, string> = {
  prompt: 'Prompts',
  command: 'Commands',
  state: 'States',
  cost: 'Costs',
  budget: 'Budgets',
  exit: 'Exits',
  agent: 'Agents',
  mark: 'Marks',
};
const SOON_S = 0.05;

export function marksOf(markers: Marker[], timeline: Timeline): Mark[] {
  return markers
    .toSorted((one, other) => one.atMs - other.atMs)
    .map((marker, place) => ({ ...marker, place, at: Math.min(timeline.shown(marker.atMs / 1000), timeline.duration) }));
}

/** The marker after or before a moment; one that was passed within the last second counts as here. */
export function nextMark(marks: Mark[], at: number, by: 1 | -1): Mark | undefined {
  return by > 0 ? marks.find((mark) => mark.at > at + SOON_S) : marks.findLast((mark) => mark.at < at - 1);
}

/** Without the kind before it, where the colour and the filter tell that. */
export const labelOf = ({ label, kind }: Pick<Marker, 'label' | 'kind'>): string =>
  label.replace(new RegExp(`^${kind}: `), '') || KINDS[kind] || kind;

interface Props {
  marks: Mark[];
  /** How many the recording has in all; only the first of very many are told. */
  all: number;
  position: Signal<number>;
  onSeek: (to: number) => void;
}

export function Markers({ marks, all, position, onSeek }: Props): JSX.Element {
  const kind = useSignal<MarkerKind | null>(null);
  const kinds = [...new Set(marks.map((mark) => mark.kind))];
  const shown = kind.value ? marks.filter((mark) => mark.kind === kind.value) : marks;
  const current = useComputed(() => marks.findLast((mark) => mark.at <= position.value + SOON_S)?.place ?? -1).value;
  return (
    <nav class="markers" aria-label="Markers">
      <header class="markers-head">
        <h2>Markers</h2>
        <span class="muted">{all > marks.length ? `the first ${marks.length} of ${all}` : marks.length}</span>
      </header>
      {kinds.length > 1 && (
        <div class="markers-kinds" role="group" aria-label="Kinds">
          {kinds.map((name) => (
            <button
              key={name}
              type="button"
              class="tag"
              aria-pressed={kind.value === name}
              onClick={() => (kind.value = kind.value === name ? null : name)}
            >
              {KINDS[name] ?? name}
            </button>
          ))}
        </div>
      )}
      <ol class="markers-list">
        {shown.map((mark) => (
          <li key={mark.place}>
            <button
              type="button"
              class={`marker marker-${mark.kind}`}
              aria-current={mark.place === current ? 'step' : undefined}
              onClick={() => onSeek(mark.at)}
            >
              <span class="marker-time">{clock(mark.at)}</span>
              <span class="marker-label">{labelOf(mark)}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
