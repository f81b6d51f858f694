/** How long ago something was, in words short enough for a list. */

const UNITS: [number, string][] = [
  [60, 's'],
  [60, 'min'],
  [24, 'h'],
  [Number.POSITIVE_INFINITY, 'd'],
];

export function ago(iso: string | null, nowMs: number): string {
  let amount = Math.max(0, (nowMs - Date.parse(iso ?? '')) / 1000);
  if (Number.isNaN(amount)) return '';
  if (amount < 10) return 'just now';
  for (const [size, unit] of UNITS) {
    if (amount < size) return `${Math.floor(amount)} ${unit} ago`;
    amount /= size;
  }
  return '';
}

/** How long something has been so: `5 min`; empty when that is only just. */
export function lasting(iso: string | undefined, nowMs: number): string {
  const words = ago(iso ?? '', nowMs);
  return words.endsWith(' ago') ? words.slice(0, -4) : '';
}

/** The day and the minute, for figures of what is to come. */
export function moment(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.valueOf()) ? '' : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** The full date, for the tooltip. */
export function exactly(iso: string | null): string {
  const date = new Date(iso ?? '');
  return Number.isNaN(date.valueOf()) ? '' : date.toLocaleString();
}
