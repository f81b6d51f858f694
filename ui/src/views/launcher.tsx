/** The dialogs that start a session and that give a session another agent. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { explain } from '../api/client';
import { agents, create, refreshAgents, switchAgent } from '../api/sessions';
import type { Session } from '../api/types';
import { go, sessionPath } from '../router';
import { terminalOf } from '../term/registry';
import { Dialog } from '../ui/dialog';
import { AgentPicker, firstStartable } from './agents';

const LAST_AGENT = 'agterm.lastAgent';

interface FormProps {
  title: string;
  verb: string;
  chosen: string;
  onChoose: (id: string) => void;
  submit: (form: FormData) => Promise<void>;
  onClose: () => void;
  children?: JSX.Element;
}

function AgentForm({ title, verb, chosen, onChoose, submit, onClose, children }: FormProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFailure('');
    try {
      await submit(new FormData(event.currentTarget as HTMLFormElement));
      onClose();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  useEffect(() => void refreshAgents().catch((error: unknown) => setFailure(explain(error))), []);
  return (
    <Dialog title={title} onClose={onClose} wide>
      <form onSubmit={(event) => void onSubmit(event)}>
        <AgentPicker chosen={chosen} onChoose={onChoose} />
        {children}
        {failure && (
          <p class="form-error" role="alert">
            {failure}
          </p>
        )}
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button class="button button-primary" disabled={busy || chosen === ''}>
            {verb}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

export function Launcher({ onClose }: { onClose: () => void }): JSX.Element {
  const [picked, setPicked] = useState('');
  const chosen = picked || firstStartable(localStorage.getItem(LAST_AGENT) ?? undefined);
  const submit = async (form: FormData): Promise<void> => {
    const name = String(form.get('name')).trim();
    const cwd = String(form.get('cwd')).trim();
    const session = await create({ agent: chosen, ...(name && { name }), ...(cwd && { cwd }) });
    localStorage.setItem(LAST_AGENT, chosen);
    go(sessionPath(session.id));
  };
  return (
    <AgentForm title="New session" verb="Start" chosen={chosen} onChoose={setPicked} submit={submit} onClose={onClose}>
      <div class="fields">
        <label class="field">
          <span>
            Name <em>optional</em>
          </span>
          <input name="name" maxLength={120} autocomplete="off" placeholder="What is it for?" />
        </label>
        <label class="field">
          <span>
            Folder <em>optional</em>
          </span>
          <input name="cwd" autocomplete="off" spellcheck={false} class="mono" placeholder="A new, empty workspace" />
        </label>
      </div>
    </AgentForm>
  );
}

export function Switcher({ session, onClose }: { session: Session; onClose: () => void }): JSX.Element {
  const other = agents.value.find((agent) => agent.available && agent.id !== session.agent);
  const [picked, setPicked] = useState('');
  const chosen = picked || (other?.id ?? firstStartable(session.agent));
  const submit = async (): Promise<void> => {
    await switchAgent(session.id, chosen);
    (await terminalOf(session.id)).reattach();
  };
  return (
    <AgentForm
      title="Switch agent"
      verb="Switch"
      chosen={chosen}
      onChoose={setPicked}
      submit={submit}
      onClose={onClose}
    >
      <p class="muted">
        The session, its workspace and its history stay. The program that runs in it now is ended and the chosen agent
        takes over.
      </p>
    </AgentForm>
  );
}

