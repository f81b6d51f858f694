/** The arithmetic of charts: round figures for the axis, and where bars stand. */

/** Round steps up to a figure not below the greatest one, and not much above it: `0, 0.5, 1`. */
export function ticks(most: number): number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0, 1];
  const choices = [3, 4, 5].map((wanted) => stepsTo(most, most / wanted));
  return choices.reduce((best, other) => (other.at(-1)! < best.at(-1)! ? other : best));
}

function stepsTo(most: number, rough: number): number[] {
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? 10 * power;
  const steps = Math.ceil(most / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, place) => +(place * step).toPrecision(12));
}

/** A length in the chart: nothing below zero, nothing over the top, and what is there at all is seen. */
export function lengthOf(value: number, top: number, room: number): number {
  if (!(value > 0) || !(top > 0)) return 0;
  return Math.min(room, Math.max(1.5, (value / top) * room));
}

/** Where each part of a bar begins, and how long it is; parts below zero take no room. */
export function stackOf(parts: number[], length: number): { from: number; size: number }[] {
  const sizes = parts.map((part) => Math.max(0, part));
  const all = sizes.reduce((sum, size) => sum + size, 0) || 1;
  let from = 0;
  return sizes.map((part) => {
    const placed = { from, size: (part / all) * length };
    from += placed.size;
    return placed;
  });
}

/** Which of so many days are named below the axis, so that names don't meet: the last, and evenly back from it. */
export function named(count: number, room: number, each = 64): Set<number> {
  const stride = Math.max(1, Math.ceil((count * each) / Math.max(each, room)));
  return new Set(Array.from({ length: Math.ceil(count / stride) }, (_, place) => count - 1 - place * stride));
}

const MOST_BARS = 366;

/** Days in groups, so that a chart of many years stays readable; each group is named by its first day. */
export function grouped<T>(days: T[], most = MOST_BARS): T[][] {
  const size = Math.ceil(days.length / most);
  return Array.from({ length: Math.ceil(days.length / size) }, (_, place) => days.slice(place * size, (place + 1) * size));
}
