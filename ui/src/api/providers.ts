/** Providers, the keys to them, subscription log-ins, and the models an agent can be started with. */
import { get, post, put, remove, type Schemas } from './client';
import type { AgentModels, KeyScope, Login, Provider, StoredKey } from './money-types';

export async function providers(): Promise<Provider[]> {
  return (await get('/api/providers')).providers;
}

export async function storedKeys(): Promise<StoredKey[]> {
  return (await get('/api/providers/keys')).keys;
}

export type KeyDraft = Schemas['PutKey'];

export async function putKey(draft: KeyDraft): Promise<void> {
  await put('/api/providers/keys', { body: draft });
}

export async function deleteKey(provider: string, scope: KeyScope): Promise<void> {
  await remove('/api/providers/keys', { params: { query: { provider, scope } } });
}

const SAID: Record<Schemas['KeyTrialAnswer']['outcome'], string> = {
  ok: 'The provider takes the key.',
  refused: 'The provider refuses the key.',
  unreachable: 'The provider can’t be reached.',
  unclear: 'The provider’s answer says nothing of the key.',
};

/** What the provider says to the key that the caller's calls go out with, in a sentence. */
export async function tryKey(providerId: string): Promise<{ text: string; isGood: boolean }> {
  const { outcome } = await post('/api/providers/{providerId}/test', { params: { path: { providerId } } });
  return { text: SAID[outcome], isGood: outcome === 'ok' };
}

export async function logins(): Promise<Login[]> {
  return (await get('/api/logins')).logins;
}

export async function takeOverLogin(agentId: string): Promise<void> {
  await post('/api/logins/{agentId}', { params: { path: { agentId } } });
}

export async function deleteLogin(agentId: string): Promise<void> {
  await remove('/api/logins/{agentId}', { params: { path: { agentId } } });
}

export async function modelsOf(agentId: string): Promise<AgentModels> {
  return get('/api/models/agent/{agentId}', { params: { path: { agentId } } });
}
