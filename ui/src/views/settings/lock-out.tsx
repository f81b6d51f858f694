/** Asks before somebody is locked out or deleted, and whether what runs of theirs is to be stopped with it. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import type { Schemas } from '../../api/client';
import { changePerson, deletePerson, type Person } from '../../api/people';
import { Confirm } from '../../ui/confirm';
import { toast } from '../../ui/toast';

const WORDS = {
  'lock out': ['Lock user out', 'Lock out', 'can’t come in any more, until somebody lets them in again. Their log-ins, tokens and shares end.'],
  delete: ['Delete user', 'Delete', 'can’t come in any more. Where sessions, recordings or costs name them, the name is kept, and they are locked out.'],
  stop: ['Stop sessions', 'Stop', 'is locked out, and what they started runs on: it will be ended. Screens and workspaces stay.'],
} as const;

export type Leaving = keyof typeof WORDS;

interface Props {
  one: Person;
  how: Leaving;
  /** Told what could not be stopped; '' when nothing is left. */
  onDone: (problem: string) => Promise<void>;
  onClose: () => void;
}

export const running = (count: number): string => (count === 1 ? '1 running session' : `${count} running sessions`);

function problemOf(one: Person, left: Schemas['Unstopped'][]): string {
  if (left.length === 0) return '';
  const reasons = [...new Set(left.map(({ message }) => message))].join('; ');
  return `${one.username} is locked out, but ${left.map(({ name }) => name).join(', ')} could not be stopped. ${reasons}.`;
}

export function LockOut({ one, how, onDone, onClose }: Props): JSX.Element {
  const isStopping = useSignal(true);
  const live = one.liveSessions;
  const [title, verb, text] = WORDS[how];
  const act = async (): Promise<void> => {
    const stopSessions = live > 0 && isStopping.value;
    const said = how === 'delete' ? await deletePerson(one.id, stopSessions) : await changePerson(one.id, { isActive: false, stopSessions });
    if ('deleted' in said && !said.deleted) toast(`${one.username} is locked out: what they have spent and done stays on record.`);
    const { stopped, notStopped } = said.sessions ?? { stopped: [], notStopped: [] };
    if (stopped.length > 0) toast(`${running(stopped.length)} of ${one.username} stopped.`);
    await onDone(problemOf(one, notStopped));
  };
  return (
    <Confirm title={title} verb={verb} action={act} onClose={onClose}>
      <p>
        <strong>{one.username}</strong> {text}
      </p>
      {live > 0 && how !== 'stop' && (
        <label class="check">
          <input type="checkbox" checked={isStopping.value} onChange={(event) => (isStopping.value = event.currentTarget.checked)} />
          <span>
            Stop their {running(live)}
            <small>Otherwise they run on, and their agents may go on spending. Screens and workspaces stay either way.</small>
          </span>
        </label>
      )}
    </Confirm>
  );
}
