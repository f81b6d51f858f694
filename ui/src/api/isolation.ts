/** How well the machine walls sessions in, and what one of them reached. */
import { signal } from '@preact/signals';

import { get } from './client';
import type { IsolationReport, Reached } from './types';

/** Null until the server has said. */
export const isolation = signal<IsolationReport | null>(null);

export async function refreshIsolation(): Promise<void> {
  isolation.value = await get('/api/isolation');
}

/** The newest last. */
export async function reachedBy(sessionId: string): Promise<Reached[]> {
  return (await get('/api/sessions/{sessionId}/network', { params: { path: { sessionId } } })).reached;
}
