/** Money as people read it: exact decimal dollars of the wire, made short, and what must be told beside them. */

const PICO = 10n ** 12n;
const CENT = 10n ** 10n;

/** Whole pico-dollars of exact decimal dollars; nothing for what is no amount. */
export function picoOf(dollars: string): bigint {
  const found = /^(-?)(\d+)(?:\.(\d{1,12})\d*)?$/.exec(dollars.trim());
  if (!found) return 0n;
  const [, sign, whole, rest = ''] = found;
  const amount = BigInt(whole!) * PICO + BigInt(rest.padEnd(12, '0'));
  return sign ? -amount : amount;
}

/** `$0.42`, `$1,234.50`; what is less than a cent but not nothing is `<$0.01`. */
export function short(dollars: string): string {
  const pico = picoOf(dollars);
  const size = pico < 0n ? -pico : pico;
  const minus = pico < 0n ? '−' : '';
  if (size === 0n) return '$0';
  if (size < CENT) return pico < 0n ? '>−$0.01' : '<$0.01';
  const cents = (size + CENT / 2n) / CENT;
  const whole = (cents / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return `${minus}$${whole}.${(cents % 100n).toString().padStart(2, '0')}`;
}

/** All decimals there are: `$0.012345`. */
export function exact(dollars: string): string {
  return dollars.startsWith('-') ? `−$${dollars.slice(1)}` : `$${dollars}`;
}

/** For charts, where a pixel is enough. */
export const approx = (dollars: string): number => Number(dollars) || 0;

const STEPS: [number, string][] = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** `950`, `12.3k`, `4.1M`. */
export function count(amount: number): string {
  for (const [step, unit] of STEPS) {
    if (amount >= step * 0.9995) {
      const scaled = amount / step;
      return `${scaled >= 99.95 ? Math.round(scaled) : +scaled.toFixed(1)}${unit}`;
    }
  }
  return String(amount);
}

export const plural = (amount: number, word: string): string => `${count(amount)} ${word}${amount === 1 ? '' : 's'}`;

/** A price for a million tokens: `3.00` as `$3`, `0.5` as `$0.50`. */
export function price(perMillion: string): string {
  const [whole, decimals = ''] = perMillion.split('.');
  const told = decimals.replace(/0+$/, '');
  return told ? `$${whole}.${told.padEnd(2, '0')}` : `$${whole}`;
}

const upToCent = (pico: bigint): bigint => ((pico + CENT - 1n) / CENT) * CENT;

function plain(pico: bigint): string {
  const cents = pico / CENT;
  return `${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`;
}

/** New limits to offer, each above what is spent: twice as much, and five dollars more. */
export function higher(limit: string, spent: string, needed = '0'): string[] {
  const [old, gone] = [picoOf(limit), picoOf(spent) + picoOf(needed)];
  const base = gone > old ? gone : old;
  const doubled = upToCent(old * 2n > gone ? old * 2n : gone + old);
  const more = upToCent(base + 5n * PICO);
  return [...new Set([doubled, more])].map(plain);
}
