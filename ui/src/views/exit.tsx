/** Under a terminal whose program has ended: why, and the ways to go on. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { explain } from '../api/client';
import { isOwn } from '../api/sessions';
import type { Exit, Session } from '../api/types';
import type { TerminalView } from '../term/view';
import { Icon } from '../ui/icons';
import { toast } from '../ui/toast';
import { DeleteSession } from './delete';
import { exitText } from './status';
import { startAgain } from './stop';

/** Why nothing runs any more, in one sentence. */
export function endText(session: Session, exit: Exit): string {
  if (session.status === 'lost') return 'The runner lost this process.';
  if (session.endedBy === 'idle') return 'Ended after being idle.';
  if (session.endedBy === 'stop') return 'Stopped.';
  if (session.endedBy === 'memory') return 'Ended: it took more memory than a session may.';
  return `Process exited (${exitText(exit)}).`;
}

export function ExitBar({ view, session }: { view: TerminalView; session: Session }): JSX.Element {
  const deleting = useSignal(false);
  const busy = useSignal(false);
  const lost = session.status === 'lost';
  const again = async (): Promise<void> => {
    busy.value = true;
    await startAgain(session).catch((error: unknown) => toast(explain(error), 'danger'));
    busy.value = false;
    view.terminal.focus();
  };
  return (
    <div class="exitbar" role="status">
      <span>
        {endText(session, view.exit.value ?? { code: null, signal: null })}{' '}
        <span class="muted">{lost ? 'The workspace is kept.' : 'The screen and the workspace are kept.'}</span>
      </span>
      {session.kind !== 'run' && isOwn(session) && (
        <button type="button" class="button" disabled={busy.value} onClick={() => void again()}>
          <Icon name="restart" size={16} /> {lost ? 'Resume in its workspace' : 'Start again'}
        </button>
      )}
      {isOwn(session) && (
        <button type="button" class="button" onClick={() => (deleting.value = true)}>
          <Icon name="trash" size={16} /> Delete
        </button>
      )}
      {deleting.value && <DeleteSession session={session} onClose={() => (deleting.value = false)} />}
    </div>
  );
}
