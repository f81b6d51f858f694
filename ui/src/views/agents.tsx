/** Chooses an agent: all of them are shown; one that can't be started says what is missing and how to mend it. */
import type { JSX } from 'preact';

import { agents } from '../api/sessions';
import type { Agent } from '../api/types';
import { follow, KEYS } from '../router';
import { AgentTile, Icon } from '../ui/icons';
import { toast } from '../ui/toast';

/** Why an agent can't be started, in one sentence; empty when it can. */
export function obstacle(agent: Agent): string {
  if (agent.available) return '';
  if (agent.enabled === false) return 'Switched off by the administrator.';
  if (!agent.cliExists) return agent.installHint || `The command ${agent.command ?? agent.id} is not installed.`;
  if (agent.missingEnvVars?.length) return `Missing: ${agent.missingEnvVars.join(', ')}`;
  return agent.installHint || 'Not available.';
}

/** All it needs is a key. */
const lacksKey = (agent: Agent): boolean =>
  agent.enabled !== false && agent.cliExists && !agent.available && (agent.missingEnvVars?.length ?? 0) > 0;

/** The command that a hint tells to run; null when it tells something else. */
export const commandIn = (hint: string): string | null => /^Run: (.+)$/.exec(hint)?.[1] ?? null;

/** What one starts with: a subscription instead of a key, logged in to in the terminal. */
const byLogin = (agent: Agent): boolean => lacksKey(agent) && agent.canLogIn === true;

interface Props {
  chosen: string;
  onChoose: (id: string) => void;
  /** The agent that is started without a key, to be logged in; absent where that makes no sense. */
  logIn?: { of: string; onWant: (id: string) => void };
}

export function AgentPicker({ chosen, onChoose, logIn }: Props): JSX.Element {
  return (
    <fieldset class="agents">
      <legend>Agent</legend>
      {agents.value.toSorted((a, b) => Number(b.available) - Number(a.available)).map((agent) => {
        const logsIn = logIn?.of === agent.id;
        const why = logsIn ? '' : obstacle(agent);
        return (
          <div key={agent.id} class={why ? 'agent agent-off' : 'agent'}>
            <label class="agent-label">
              <input
                type="radio"
                name="agent"
                value={agent.id}
                checked={chosen === agent.id}
                disabled={why !== ''}
                onChange={() => onChoose(agent.id)}
              />
              <AgentTile id={agent.icon ?? agent.id} name={agent.name} color={agent.color} />
              <span class="agent-text">
                <span class="agent-name">{agent.name}</span>
                <span class="agent-note">{logsIn ? 'You log in in its terminal.' : <Note agent={agent} why={why} />}</span>
              </span>
            </label>
            {why && <Ways agent={agent} onLogIn={logIn && byLogin(agent) ? () => logIn.onWant(agent.id) : undefined} />}
          </div>
        );
      })}
      {agents.value.length === 0 && <p class="muted">Asking the server which agents it has…</p>}
    </fieldset>
  );
}

function Note({ agent, why }: { agent: Agent; why: string }): JSX.Element {
  const command = commandIn(why);
  if (!command) return <>{why || agent.version || agent.command || ''}</>;
  return (
    <>
      Not installed. Run <code>{command}</code>
    </>
  );
}

/** What can be done about an agent that can't be started. */
function Ways({ agent, onLogIn }: { agent: Agent; onLogIn?: (() => void) | undefined }): JSX.Element | null {
  const command = commandIn(obstacle(agent));
  const copy = (): void => {
    const written = navigator.clipboard?.writeText(command ?? '') ?? Promise.reject(new Error());
    written.then(
      () => toast('Copied'),
      () => toast('The browser did not let us copy.'),
    );
  };
  if (command) {
    return (
      <button type="button" class="icon-button agent-way" aria-label={`Copy: ${command}`} title="Copy the command" onClick={copy}>
        <Icon name="copy" size={16} />
      </button>
    );
  }
  if (!lacksKey(agent)) return null;
  return (
    <span class="agent-ways">
      <a class="link" href={KEYS} onClick={follow}>
        Add a key
      </a>
      {onLogIn && (
        <button type="button" class="link" onClick={onLogIn}>
          Log in
        </button>
      )}
    </span>
  );
}

/** The agent to offer first: the one asked for if it can be started, else the first that can. */
export function firstStartable(wanted?: string): string {
  const list = agents.value.filter((agent) => agent.available);
  return (list.find((agent) => agent.id === wanted) ?? list[0])?.id ?? '';
}
