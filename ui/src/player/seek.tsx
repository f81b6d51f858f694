/** The bar to go through a recording: markers as ticks on it, and below it what was spent up to each moment. */
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';

import { short } from '../money';
import { dollarsOf, spentAt, type CostLine } from './cost-line';
import type { Mark } from './markers';
import { clock, type Timeline } from './timeline';

const WIDTH = 1000;
const HEIGHT = 100;

interface Props {
  position: Signal<number>;
  timeline: Timeline;
  marks: Mark[];
  cost: CostLine | null;
  onSeek: (to: number) => void;
}

export function Seek({ position, timeline, marks, cost, onSeek }: Props): JSX.Element {
  const { duration } = timeline;
  const at = position.value;
  const share = duration > 0 ? Math.min(1, at / duration) : 0;
  const ticks = useMemo(() => ticksOf(marks, duration), [marks, duration]);
  const line = useMemo(() => (cost ? costPath(cost, timeline) : ''), [cost, timeline]);
  return (
    <div class="seek" style={{ '--played': share }}>
      <div class="seek-track">
        <span class="seek-ground" aria-hidden="true" />
        <svg class="seek-ticks" viewBox={`0 0 ${WIDTH} 1`} preserveAspectRatio="none" aria-hidden="true">
          {ticks.map(([kind, path]) => (
            <path key={kind} class={`tick-${kind}`} d={path} />
          ))}
        </svg>
        <input
          type="range"
          aria-label="Position"
          aria-valuetext={`${clock(at)} of ${clock(duration)}`}
          min={0}
          max={duration}
          step={0.01}
          value={at}
          onInput={(event) => onSeek(Number(event.currentTarget.value))}
        />
      </div>
      {cost && (
        <div
          class="seek-cost"
          role="img"
          aria-label={`Cost over the recording: ${short(dollarsOf(cost.total))} in all, ${short(dollarsOf(spentAt(cost, timeline.recorded(at))))} up to here`}
        >
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
            <path class="seek-area" d={`${line} V${HEIGHT} H0 Z`} />
            <path class="seek-line" d={line} />
          </svg>
          <svg class="seek-spent" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
            <path class="seek-area" d={`${line} V${HEIGHT} H0 Z`} />
            <path class="seek-line" d={line} />
          </svg>
          <span class="seek-cursor" aria-hidden="true" />
        </div>
      )}
    </div>
  );
}

/** By kind, as one path each; ticks that would stand on the same place are one. */
export function ticksOf(marks: Mark[], duration: number): [string, string][] {
  const places = new Map<string, Set<number>>();
  for (const { kind, at } of marks) {
    const place = duration > 0 ? Math.round((at / duration) * WIDTH) : 0;
    places.set(kind, (places.get(kind) ?? new Set()).add(place));
  }
  return [...places].map(([kind, xs]) => [kind, [...xs].map((x) => `M${x} 0V1`).join('')]);
}

/** A line in steps, from nothing to all that was spent. */
export function costPath({ steps, total }: CostLine, timeline: Timeline): string {
  const top = Number(total) || 1;
  const parts = ['M0 ', String(HEIGHT)];
  let [lastX, lastY] = [0, HEIGHT];
  for (const step of steps) {
    const x = Math.min(WIDTH, Math.round((timeline.shown(step.at) / (timeline.duration || 1)) * WIDTH * 10) / 10);
    const y = Math.round((1 - (Number(step.total) / top) * 0.94) * HEIGHT * 10) / 10;
    if (x !== lastX) parts.push(`H${x}`);
    if (y !== lastY) parts.push(`V${y}`);
    [lastX, lastY] = [x, y];
  }
  parts.push(`H${WIDTH}`);
  return parts.join('');
}
