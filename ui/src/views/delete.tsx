/** Asks before a session is deleted, saying what goes with it. */
import type { JSX } from 'preact';

import { destroy } from '../api/sessions';
import type { Session } from '../api/types';
import { go, route } from '../router';
import { forget } from '../term/registry';
import { Confirm } from '../ui/confirm';

export function DeleteSession({ session, onClose }: { session: Session; onClose: () => void }): JSX.Element {
  const action = async (): Promise<void> => {
    await destroy(session.id);
    const here = route.value;
    if (here.page === 'session' && here.id === session.id) go('/');
    forget(session.id);
  };
  return (
    <Confirm title="Delete session" verb="Delete" action={action} onClose={onClose}>
      <p>
        <strong>{session.name}</strong> and everything that runs in it will be ended. A workspace that AGTerm made for it
        is removed with its files; a folder you chose yourself is left as it is.
      </p>
      <p class="path" title={session.workspaceDir}>
        {session.workspaceDir}
      </p>
    </Confirm>
  );
}
