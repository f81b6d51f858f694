/** The screen of a recording: asciinema-player, started anew where speed or pauses change, which it can't do by itself. */
import { create, type Player, type RecordingEvent } from 'asciinema-player';
import 'asciinema-player/dist/bundle/asciinema-player.css';

import type { Cast } from './cast';
import type { Timeline } from './timeline';

interface Options {
  cast: Cast;
  timeline: Timeline;
  speed: number;
  /** Shown seconds at which it stands. */
  at: number;
  isPlaying: boolean;
  onPlaying: (isPlaying: boolean) => void;
}

export class Screen {
  private readonly player: Player;
  private gone = false;
  private wanted: number | null = null;
  private isSeeking = false;

  constructor(container: HTMLElement, { cast, timeline, speed, at, isPlaying, onPlaying }: Options) {
    const told = (playing: boolean) => (): void => {
      if (!this.gone) onPlaying(playing);
    };
    this.player = create({ data: '', parser: () => ({ ...cast, events: shownEvents(cast, timeline) }) }, container, {
      speed,
      controls: false,
      fit: 'both',
      cursorMode: 'steady',
      theme: 'agterm',
      terminalFontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
      terminalLineHeight: 1.2,
    });
    this.player.addEventListener('playing', told(true));
    this.player.addEventListener('pause', told(false));
    this.player.addEventListener('ended', told(false));
    this.seek(at);
    if (isPlaying) this.play();
  }

  /** In shown seconds; null while it is on the way to another place. */
  get position(): number | null {
    return this.isSeeking ? null : this.player.getCurrentTime();
  }

  play(): void {
    void this.player.play().catch(() => {});
  }

  pause(): void {
    void this.player.pause().catch(() => {});
  }

  /** Of many places asked for while it is on its way, as by dragging, only the newest is gone to. */
  seek(to: number): void {
    this.wanted = to;
    if (!this.isSeeking) void this.goOn();
  }

  private async goOn(): Promise<void> {
    this.isSeeking = true;
    while (this.wanted !== null && !this.gone) {
      const to = this.wanted;
      this.wanted = null;
      await this.player.seek(to).catch(() => {});
    }
    this.isSeeking = false;
  }

  dispose(): void {
    this.gone = true;
    this.player.dispose();
  }
}

/** In milliseconds, as the player reckons within. */
function* shownEvents({ events }: Cast, timeline: Timeline): Iterable<RecordingEvent> {
  for (const [time, code, data] of events) yield [timeline.shown(time) * 1000, code, data];
  yield [timeline.duration * 1000, 'o', '']; // so that it lasts as long as the recording
}
