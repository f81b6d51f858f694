/** Chooses an agent: all of them are shown; one that can't be started says what is missing. */
import type { JSX } from 'preact';

import { agents } from '../api/sessions';
import type { Agent } from '../api/types';
import { AgentTile } from '../ui/icons';

/** Why an agent can't be started, in one sentence; empty when it can. */
export function obstacle(agent: Agent): string {
  if (agent.available) return '';
  if (agent.enabled === false) return 'Switched off by the administrator.';
  if (!agent.cliExists) return agent.installHint || `The command ${agent.command ?? agent.id} is not installed.`;
  if (agent.missingEnvVars?.length) return `Missing: ${agent.missingEnvVars.join(', ')}`;
  return agent.installHint || 'Not available.';
}

interface Props {
  chosen: string;
  onChoose: (id: string) => void;
}

export function AgentPicker({ chosen, onChoose }: Props): JSX.Element {
  return (
    <fieldset class="agents">
      <legend>Agent</legend>
      {agents.value.map((agent) => {
        const why = obstacle(agent);
        return (
          <label key={agent.id} class={why ? 'agent agent-off' : 'agent'}>
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
              <span class="agent-note">{why || agent.version || agent.command || ''}</span>
            </span>
          </label>
        );
      })}
      {agents.value.length === 0 && <p class="muted">Asking the server which agents it has…</p>}
    </fieldset>
  );
}

/** The agent to offer first: the one asked for if it can be started, else the first that can. */
export function firstStartable(wanted?: string): string {
  const list = agents.value.filter((agent) => agent.available);
  return (list.find((agent) => agent.id === wanted) ?? list[0])?.id ?? '';
}
