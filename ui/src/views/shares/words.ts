/** Shares in words: what they allow, how long they last, how often they may be used. */
import type { Share, ShareMode } from '../../api/people';

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** `in 3 h`; in days from two on. */
export function ahead(iso: string, nowMs: number): string {
  const left = (Date.parse(iso) - nowMs) / 1000;
  if (Number.isNaN(left)) return '';
  if (left < MINUTE_S) return 'in less than a minute';
  if (left < HOUR_S) return `in ${Math.round(left / MINUTE_S)} min`;
  if (left < 2 * DAY_S) return `in ${Math.round(left / HOUR_S)} h`;
  return `in ${Math.round(left / DAY_S)} days`;
}

export const MODES: Record<ShareMode, [string, string]> = {
  view: ['Look on', 'They see the terminal, and can’t type.'],
  control: ['Look on and type', 'They can do all that you can do in this terminal.'],
};

export const LIVES: [string, number][] = [
  ['One hour', HOUR_S],
  ['One day', DAY_S],
  ['A week', 7 * DAY_S],
  ['30 days', 30 * DAY_S],
];
export const USUAL_LIFE_S = DAY_S;

export function aboutShare({ user, uses, maxUses, expiresAt, createdBy }: Share, me: string, nowMs: number): string {
  const opened = maxUses === null ? (uses === 1 ? 'opened once' : `opened ${uses} times`) : `opened ${uses} of ${maxUses} times`;
  return [
    ...(user === null ? [uses === 0 && maxUses === null ? 'not opened yet' : opened] : []),
    `ends ${ahead(expiresAt, nowMs)}`,
    ...(createdBy === me ? [] : [`by ${createdBy}`]),
  ].join(' · ');
}
