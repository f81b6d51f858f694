/** The time a recording is shown in: as it was, or with long pauses cut short. */

export interface Timeline {
  /** Seconds that playing takes at speed 1. */
  duration: number;
  /** Where a moment of the recording stands when it is played. */
  shown: (recorded: number) => number;
  /** Which moment of the recording is played then. */
  recorded: (shown: number) => number;
}

interface Cut {
  /** Of the recording: from when to when nothing is shown. */
  from: number;
  to: number;
  /** Seconds that are left out up to here, this cut included. */
  total: number;
}

/** `times` of everything that happens, ascending; `longestPause` null: nothing is cut. */
export function timelineOf(times: Iterable<number>, duration: number, longestPause: number | null): Timeline {
  const cuts: Cut[] = [];
  let before = 0;
  const pause = (until: number): void => {
    if (longestPause !== null && until - before > longestPause) {
      const from = before + longestPause;
      cuts.push({ from, to: until, total: (cuts.at(-1)?.total ?? 0) + until - from });
    }
    before = Math.max(before, until);
  };
  for (const time of times) pause(time);
  pause(duration);
  /** How many cuts begin, in the recording or as shown, before a time. */
  const countBefore = (time: number, startOf: (cut: Cut) => number): number => {
    let [low, high] = [0, cuts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (startOf(cuts[middle]!) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const shown = (recorded: number): number => {
    const cut = cuts[countBefore(recorded, ({ from }) => from) - 1];
    if (!cut) return recorded;
    return recorded < cut.to ? cut.from - (cut.total - (cut.to - cut.from)) : recorded - cut.total;
  };
  const recorded = (at: number): number => {
    const cut = cuts[countBefore(at, ({ to, total }) => to - total) - 1];
    return cut ? at + cut.total : at;
  };
  return { duration: shown(duration), shown, recorded };
}

/** `2:05`, `1:02:05`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (amount: number): string => String(amount).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** As people write it: `90`, `1:30` and `1m30s` are the same. */
export function secondsOf(text: string | null): number {
  if (!text) return 0;
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?$/.exec(text);
  if (parts) return Number(parts[1] ?? 0) * 3600 + Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0);
  if (/^\d+(:\d\d){1,2}$/.test(text)) return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return 0;
}
