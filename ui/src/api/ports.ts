/** The ports on which a session's programs listen. */
import { get, type Schemas } from './client';

export type Port = Schemas['ListeningPort'];

export async function ports(sessionId: string): Promise<Port[]> {
  const found = (await get('/api/sessions/{sessionId}/ports', { params: { path: { sessionId } } })).ports;
  return found.toSorted((one, other) => one.port - other.port);
}

/** The port that the session spoke of last, if any. */
export async function spokenOf(sessionId: string): Promise<number | null> {
  return (await get('/api/sessions/{sessionId}/detect-port', { params: { path: { sessionId } } })).port ?? null;
}
