/** Plays a recording: its screen, the bar to go through it, what it cost meanwhile, and its markers. */
import './player.css';

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

import { explain } from '../api/client';
import { openCast, type Recording } from '../api/recordings';
import { isYesOrNo, oneOf, preference } from '../preferences';
import { Icon } from '../ui/icons';
import { bytesText } from '../ui/sizes';
import { readCast, type Cast } from './cast';
import { Controls, SPEEDS } from './controls';
import { costLine, type CostLine } from './cost-line';
import { usePlayerKeys } from './keys';
import { Markers, marksOf, nextMark } from './markers';
import { Screen } from './screen';
import { Seek } from './seek';
import { timelineOf } from './timeline';

const LONGEST_PAUSE_S = 2;
const ASKED_ABOVE = 64 * 2 ** 20;
const FINE_S = 0.04;

const speed = preference('player.speed', 1, oneOf(...SPEEDS));
const skips = preference('player.skip', true, isYesOrNo);

interface Props {
  recording: Recording;
  /** Seconds into the recording. */
  startAt: number;
}

/** A large recording is only fetched when somebody wants it all the same. */
export function Player({ recording, startAt }: Props): JSX.Element {
  const wanted = useSignal(recording.sizeBytes <= ASKED_ABOVE);
  if (wanted.value) return <Fetched recording={recording} startAt={startAt} />;
  return (
    <div class="player-wait">
      <p>This recording is large: {bytesText(recording.sizeBytes)} are fetched to play it.</p>
      <button type="button" class="button" onClick={() => (wanted.value = true)}>
        <Icon name="play" size={15} /> Play it all the same
      </button>
    </div>
  );
}

function Fetched({ recording, startAt }: Props): JSX.Element {
  const [cast, setCast] = useState<Cast | null>(null);
  const [failure, setFailure] = useState('');
  const bytes = useSignal(0);
  useEffect(() => {
    const leaving = new AbortController();
    setCast(null);
    setFailure('');
    openCast(recording.id)
      .then((answer) => readCast(answer, (come) => (bytes.value = come), leaving.signal))
      .then(
        (read) => !leaving.signal.aborted && setCast(read),
        (error: unknown) => !leaving.signal.aborted && setFailure(explain(error)),
      );
    return () => leaving.abort();
  }, [recording]);
  if (cast && cast.events.length > 0) return <Playing cast={cast} recording={recording} startAt={startAt} />;
  return (
    <div class="player-wait" aria-busy={!failure && !cast}>
      {failure && (
        <p class="form-error" role="alert">
          {failure}
        </p>
      )}
      {cast && <p class="muted">Nothing was printed while this was recorded.</p>}
      {!failure && !cast && <p class="muted">Fetching… {bytes.value > 100_000 && bytesText(bytes.value)}</p>}
    </div>
  );
}

const timesOf = ({ events }: Cast): number[] => events.map(([time]) => time);

function Playing({ cast, recording, startAt }: Props & { cast: Cast }): JSX.Element {
  const duration = Math.max(cast.duration, recording.durationMs / 1000);
  const skip = skips.value;
  const rate = speed.value;
  const timeline = useMemo(
    () => timelineOf(timesOf(cast), duration, skip ? LONGEST_PAUSE_S : null),
    [cast, duration, skip],
  );
  const marks = useMemo(() => marksOf(recording.markers, timeline), [recording, timeline]);
  const position = useSignal(timeline.shown(Math.min(startAt, duration)));
  const isPlaying = useSignal(false);
  const hasPlayed = useSignal(false);
  const cost = useSignal<CostLine | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLElement>(null);
  const screen = useRef<Screen | null>(null);
  const moment = useRef(startAt);

  useEffect(() => {
    costLine(recording, duration).then(
      (line) => (cost.value = line),
      () => {}, // the recording plays without it
    );
  }, [recording, duration]);
  useLayoutEffect(() => {
    position.value = timeline.shown(Math.min(moment.current, duration));
    const made = new Screen(box.current!, {
      cast,
      timeline,
      speed: rate,
      at: position.value,
      isPlaying: isPlaying.value,
      onPlaying: (playing) => {
        isPlaying.value = playing;
        hasPlayed.value ||= playing;
      },
    });
    screen.current = made;
    return () => {
      moment.current = timeline.recorded(made.position ?? position.value);
      made.dispose();
    };
  }, [cast, timeline, rate]);
  useEffect(() => {
    let next = 0;
    const look = (): void => {
      const at = screen.current?.position ?? null;
      if (at !== null && Math.abs(at - position.value) > FINE_S) position.value = Math.min(at, timeline.duration);
      if (isPlaying.value) next = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(next);
  }, [isPlaying.value, timeline]);

  const seek = (to: number): void => {
    position.value = Math.min(Math.max(0, to), timeline.duration);
    screen.current?.seek(position.value);
  };
  const toggle = (): void => {
    if (isPlaying.value) screen.current?.pause();
    else screen.current?.play();
  };
  const fill = (): void => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void stage.current?.requestFullscreen?.().catch(() => {});
  };
  const goToMark = (by: 1 | -1): void => {
    const found = nextMark(marks, position.value, by);
    seek(found ? found.at : by > 0 ? timeline.duration : 0);
  };
  usePlayerKeys({
    toggle,
    fill,
    goToMark,
    moveBy: (seconds) => seek(position.value + seconds),
    moveTo: (share) => seek(share * timeline.duration),
    faster: (by) => (speed.value = SPEEDS[SPEEDS.indexOf(rate) + by] ?? rate),
  });
  const clicked = (): void => {
    if (!getSelection()?.toString()) toggle();
  };
  return (
    <div class={marks.length > 0 ? 'player player-marked' : 'player'}>
      <section class="player-stage" aria-label="Player" ref={stage}>
        <div
          class="player-screen"
          style={{ '--cols': cast.cols, '--rows': cast.rows }}
          role="presentation"
          onClick={clicked}
        >
          <div class="player-box" ref={box} />
          {!hasPlayed.value && (
            <span class="player-start" aria-hidden="true">
              <Icon name="play" size={30} />
            </span>
          )}
        </div>
        <Seek position={position} timeline={timeline} marks={marks} cost={cost.value} onSeek={seek} />
        <Controls
          position={position}
          timeline={timeline}
          startedAt={recording.startedAt}
          cost={cost.value}
          isPlaying={isPlaying.value}
          speed={speed}
          skips={skips}
          hasMarks={marks.length > 0}
          onToggle={toggle}
          onMark={goToMark}
          onFill={fill}
        />
      </section>
      {marks.length > 0 && <Markers marks={marks} all={recording.markerCount} position={position} onSeek={seek} />}
    </div>
  );
}
