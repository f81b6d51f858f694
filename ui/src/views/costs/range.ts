/** Which days the costs are shown for, counted in a time zone. */
import type { Range } from '../../api/costs';

export type Preset = 'today' | '7' | '30' | '90' | 'month' | 'custom';

export const PRESETS: [Preset, string][] = [
  ['today', 'Today'],
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['month', 'This month'],
  ['custom', 'Custom'],
];

/** The day it is in a zone, such as `2026-01-31`. */
export function todayIn(zone: string, nowMs: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    nowMs,
  );
}

export function daysBefore(day: string, count: number): string {
  return new Date(Date.parse(day) - count * 86_400_000).toISOString().slice(0, 10);
}

/** `today`: as the zone `tz` has it. */
export function rangeOf(preset: Preset, tz: string, today: string, custom: { startDate: string; endDate: string }): Range {
  switch (preset) {
    case 'custom':
      return { ...custom, tz };
    case 'today':
      return { startDate: today, endDate: today, tz };
    case 'month':
      return { startDate: `${today.slice(0, 8)}01`, endDate: today, tz };
    default:
      return { startDate: daysBefore(today, Number(preset) - 1), endDate: today, tz };
  }
}

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}
