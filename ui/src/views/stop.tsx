/** Asks before what runs in a session is ended, for now or to be started again. */
import type { JSX } from 'preact';

import { restart, stop } from '../api/sessions';
import type { Session } from '../api/types';
import { held } from '../term/registry';
import { Confirm } from '../ui/confirm';

interface Props {
  session: Session;
  onClose: () => void;
}

export function StopSession({ session, onClose }: Props): JSX.Element {
  return (
    <Confirm title="Stop session" verb="Stop" action={() => stop(session.id)} onClose={onClose}>
      <p>
        Everything that runs in <strong>{session.name}</strong> will be ended. The session, its screen and its workspace
        stay, and it can be started again.
      </p>
    </Confirm>
  );
}

/** Starts the session's program again; a terminal that shows it learns of it. */
export async function startAgain(session: Session): Promise<void> {
  await restart(session.id);
  held(session.id)?.reattach();
}

export function RestartSession({ session, onClose }: Props): JSX.Element {
  return (
    <Confirm title="Restart session" verb="Restart" action={() => startAgain(session)} onClose={onClose}>
      <p>
        Everything that runs in <strong>{session.name}</strong> will be ended and its program started again in the same
        workspace. An agent that can goes on with its last conversation.
      </p>
    </Confirm>
  );
}
