/** What a session spent while it was recorded: a line that rises with every call of the ledger. */
import { get, type Schemas } from '../api/client';
import type { Recording } from '../api/recordings';
import { picoOf } from '../money';

export type CostEntry = Pick<Schemas['CostEvent'], 'at' | 'basis' | 'costUsd'>;

export interface CostStep {
  /** Seconds into the recording. */
  at: number;
  /** Pico-dollars in all up to then. */
  total: bigint;
}

export interface CostLine {
  basis: 'billed' | 'subscription';
  steps: CostStep[];
  total: bigint;
  /** Only the newest calls are in it. */
  isCut: boolean;
}

const PAGE = 1000;
const MOST_PAGES = 5;
const PICO = 10n ** 12n;

/** Null where nothing was spent. Calls by subscription are told only where none was billed. */
export function lineOf(entries: CostEntry[], startedAt: string, seconds: number, isCut = false): CostLine | null {
  const start = Date.parse(startedAt);
  const within = entries
    .map((entry) => ({ ...entry, at: (Date.parse(entry.at) - start) / 1000 }))
    .filter(({ at, costUsd }) => costUsd !== null && at >= 0 && at <= seconds + 1)
    .toSorted((one, other) => one.at - other.at);
  const basis = within.some((entry) => entry.basis === 'billed') ? 'billed' : 'subscription';
  let total = 0n;
  const steps: CostStep[] = [];
  for (const entry of within) {
    if (entry.basis !== basis) continue;
    total += picoOf(entry.costUsd!);
    steps.push({ at: entry.at, total });
  }
  return steps.length === 0 ? null : { basis, steps, total, isCut };
}

/** Pico-dollars spent up to a second of the recording. */
export function spentAt({ steps }: CostLine, second: number): bigint {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]!.at <= second) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1]?.total ?? 0n;
}

export function dollarsOf(pico: bigint): string {
  const size = pico < 0n ? -pico : pico;
  const decimals = (size % PICO).toString().padStart(12, '0').replace(/0+$/, '').padEnd(2, '0');
  return `${pico < 0n ? '-' : ''}${size / PICO}.${decimals}`;
}

export async function costLine(recording: Recording, seconds: number): Promise<CostLine | null> {
  const end = recording.endedAt ?? new Date().toISOString();
  const asked = {
    sessionId: recording.sessionId,
    startDate: recording.startedAt.slice(0, 10),
    endDate: end.slice(0, 10),
    tz: 'UTC',
    limit: PAGE,
  };
  const entries: CostEntry[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = { ...asked, ...(cursor && { cursor }) };
    const answer: Schemas['CostEventsAnswer'] = await get('/api/costs/events', { params: { query } });
    entries.push(...answer.events);
    cursor = answer.nextCursor;
    const oldest = entries.at(-1);
    if (!cursor || (oldest && oldest.at < recording.startedAt)) return lineOf(entries, recording.startedAt, seconds);
  }
  return lineOf(entries, recording.startedAt, seconds, true);
}
