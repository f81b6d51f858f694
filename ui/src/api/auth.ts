/** Who is using the page: `undefined` until the server has said, `null` when nobody is logged in. */
import { signal } from '@preact/signals';

import { ApiError, get, post, whenLogInIsNeeded } from './client';
import type { User } from './types';

export const user = signal<User | null | undefined>(undefined);

type Reply = User | { user: User };
const userOf = (reply: Reply): User => ('user' in reply ? reply.user : reply);

whenLogInIsNeeded(() => {
  user.value = null;
});

/** Asks the server who we are; keeps asking while it can't be reached. */
export async function load(retryMs = 1000): Promise<void> {
  try {
    user.value = userOf(await get<Reply>('/auth/me'));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      user.value = null;
      return;
    }
    setTimeout(() => void load(Math.min(retryMs * 2, 5000)), retryMs);
  }
}

export async function logIn(username: string, password: string): Promise<void> {
  const reply = await post<{ user?: User }>('/auth/login', { username, password, browser: true });
  user.value = reply.user ?? userOf(await get<Reply>('/auth/me'));
}

export async function logOut(): Promise<void> {
  await post('/auth/logout');
  user.value = null;
}
