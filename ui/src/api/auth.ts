/** Who is using the page: `undefined` until the server has said, `null` when nobody is logged in. */
import { computed, signal } from '@preact/signals';

import { ApiError, get, post, whenLogInIsNeeded } from './client';
import type { User } from './types';

export const user = signal<User | null | undefined>(undefined);

/** A viewer changes nothing: what would be refused is not offered. */
export const mayChange = computed(() => user.value?.role !== 'viewer');

whenLogInIsNeeded(() => {
  user.value = null;
});

/** Asks the server who we are; keeps asking while it can't be reached. */
export async function load(retryMs = 1000): Promise<void> {
  try {
    user.value = (await get('/api/auth/me')).user;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      user.value = null;
      return;
    }
    setTimeout(() => void load(Math.min(retryMs * 2, 5000)), retryMs);
  }
}

export async function logIn(username: string, password: string): Promise<void> {
  user.value = (await post('/api/auth/login', { body: { username, password, browser: true } })).user;
}

export async function logOut(): Promise<void> {
  await post('/api/auth/logout');
  user.value = null;
}
