/** Named ways to start a session, and the machine's shells. */
import { signal } from '@preact/signals';

import { get, post, put, remove, type Schemas } from './client';
import type { Profile, ShellChoice } from './types';

export const profiles = signal<Profile[] | null>(null);
export const shells = signal<ShellChoice[]>([]);

export type ProfileDraft = Schemas['WriteProfile'];

const of = (profileId: string): { params: { path: { profileId: string } } } => ({ params: { path: { profileId } } });

export async function refreshProfiles(): Promise<void> {
  const reply = await get('/api/profiles');
  profiles.value = reply.profiles;
}

export async function refreshShells(): Promise<void> {
  const reply = await get('/api/shells');
  shells.value = reply.shells;
}

/** Makes a profile, or replaces the one of this id. */
export async function saveProfile(draft: ProfileDraft, id?: string): Promise<void> {
  await (id ? put('/api/profiles/{profileId}', { ...of(id), body: draft }) : post('/api/profiles', { body: draft }));
  await refreshProfiles();
}

export async function deleteProfile(id: string): Promise<void> {
  await remove('/api/profiles/{profileId}', of(id));
  await refreshProfiles();
}

/** Says what a session starts from when nothing is named; `wanted` false takes it back. */
export async function setDefaultProfile(id: string, wanted: boolean): Promise<void> {
  const one = '/api/profiles/{profileId}/default';
  await (wanted ? post(one, of(id)) : remove(one, of(id)));
  await refreshProfiles();
}
