/** The row below the screen: play, markers, the time, what was spent so far, speed, pauses and full screen. */
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';

import { exact, short } from '../money';
import { Icon } from '../ui/icons';
import { dollarsOf, spentAt, type CostLine } from './cost-line';
import { KEYS_TEXT } from './keys';
import { clock, type Timeline } from './timeline';

export const SPEEDS = [0.5, 1, 1.5, 2, 4, 8, 16];

interface Props {
  position: Signal<number>;
  timeline: Timeline;
  startedAt: string;
  cost: CostLine | null;
  isPlaying: boolean;
  speed: Signal<number>;
  skips: Signal<boolean>;
  hasMarks: boolean;
  onToggle: () => void;
  onMark: (by: 1 | -1) => void;
  onFill: () => void;
}

export function Controls(props: Props): JSX.Element {
  const { position, timeline, startedAt, cost, isPlaying, speed, skips, hasMarks, onToggle, onMark, onFill } = props;
  return (
    <div class="player-controls" title={KEYS_TEXT}>
      <div class="player-buttons">
        {hasMarks && (
          <button type="button" class="icon-button" aria-label="Previous marker" onClick={() => onMark(-1)}>
            <Icon name="before" />
          </button>
        )}
        <button type="button" class="player-play" aria-label={isPlaying ? 'Pause' : 'Play'} onClick={onToggle}>
          <Icon name={isPlaying ? 'pause' : 'play'} />
        </button>
        {hasMarks && (
          <button type="button" class="icon-button" aria-label="Next marker" onClick={() => onMark(1)}>
            <Icon name="after" />
          </button>
        )}
      </div>
      <Time position={position} timeline={timeline} startedAt={startedAt} />
      {cost && <Spent position={position} timeline={timeline} cost={cost} />}
      <div class="player-wishes">
        <label class="check">
          <input
            type="checkbox"
            checked={skips.value}
            onChange={(event) => (skips.value = event.currentTarget.checked)}
          />
          <span>Skip pauses</span>
        </label>
        <select
          aria-label="Speed"
          value={String(speed.value)}
          onChange={(event) => (speed.value = Number(event.currentTarget.value))}
        >
          {SPEEDS.map((rate) => (
            <option key={rate} value={String(rate)} selected={rate === speed.value}>
              {rate}×
            </option>
          ))}
        </select>
        <button type="button" class="icon-button player-fill" aria-label="Full screen" onClick={onFill}>
          <Icon name="fill" />
        </button>
      </div>
    </div>
  );
}

function Time({ position, timeline, startedAt }: Pick<Props, 'position' | 'timeline' | 'startedAt'>): JSX.Element {
  const at = Math.floor(position.value);
  const then = new Date(Date.parse(startedAt) + timeline.recorded(at) * 1000);
  return (
    <span class="player-time" title={then.toLocaleString()}>
      {clock(at)} <span class="muted">/ {clock(timeline.duration)}</span>
    </span>
  );
}

function Spent({ position, timeline, cost }: Pick<Props, 'position' | 'timeline'> & { cost: CostLine }): JSX.Element {
  const spent = dollarsOf(spentAt(cost, timeline.recorded(position.value)));
  const all = dollarsOf(cost.total);
  const isPlan = cost.basis === 'subscription';
  const about = [
    `${exact(spent)} of the ${exact(all)} that were spent during this recording`,
    isPlan && 'by subscription, which is not billed',
    cost.isCut && 'only the newest calls are counted',
  ];
  return (
    <span class="player-spent" title={about.filter(Boolean).join('; ')}>
      {isPlan && '≈ '}
      {short(spent)} <span class="muted">of {short(all)}</span>
    </span>
  );
}
