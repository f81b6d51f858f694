/** Gives a session another agent, with the provider and the model that it is to ask. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { explain } from '../api/client';
import { agents, agentsById, refreshAgents, switchAgent } from '../api/sessions';
import type { Session } from '../api/types';
import { held } from '../term/registry';
import { Dialog } from '../ui/dialog';
import { Form, textOf } from '../ui/form';
import { AgentPicker, firstStartable } from './agents';
import { ModelChoice } from './models';

export function Switcher({ session, onClose }: { session: Session; onClose: () => void }): JSX.Element {
  const other = agents.value.find((agent) => agent.available && agent.id !== session.agent);
  const [picked, setPicked] = useState('');
  const [failure, setFailure] = useState('');
  const chosen = picked || (other?.id ?? firstStartable(session.agent));
  const submit = async (form: FormData): Promise<void> => {
    const model = { provider: textOf(form, 'provider'), model: textOf(form, 'model') || textOf(form, 'other-model') };
    await switchAgent(session.id, {
      agent: chosen,
      ...Object.fromEntries(Object.entries(model).filter(([, text]) => text !== '')),
      handoff: form.has('summary') ? 'summary' : 'none',
    });
    held(session.id)?.reattach();
  };
  useEffect(() => void refreshAgents().catch((error: unknown) => setFailure(explain(error))), []);
  return (
    <Dialog title="Switch agent" onClose={onClose} wide>
      <Form verb="Switch" ready={chosen !== ''} submit={submit} onClose={onClose} failure={failure}>
        <AgentPicker chosen={chosen} onChoose={setPicked} />
        {(agentsById.value.get(chosen)?.providers?.length ?? 0) > 0 && <ModelChoice key={chosen} agent={chosen} />}
        <label class="check">
          <input type="checkbox" name="summary" />
          <span>
            Write a hand-off summary
            <small>What was done so far goes into a file in the workspace, for the next agent to read.</small>
          </span>
        </label>
        <p class="muted">
          The session, its workspace and its history stay. The program that runs in it now is ended and the chosen agent
          takes over.
        </p>
      </Form>
    </Dialog>
  );
}
