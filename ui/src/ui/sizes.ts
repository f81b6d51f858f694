/** How large a file is, in a few characters. */

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `950 B`, `12.3 KB`, `4 MB`. */
export function bytesText(bytes: number): string {
  let [size, unit] = [Math.max(0, bytes), 0];
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 99.95 ? Math.round(size) : +size.toFixed(1)} ${UNITS[unit]}`;
}
