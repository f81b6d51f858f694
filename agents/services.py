"""What the doors ask of agents: how each one stands on this server, and how a session starts one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from agents import discovery, registry
from agents.declaration import Agent, LaunchContext
from agents.discovery import Found
from core.errors import AgentDisabled, Conflict, InvalidRequest
from providers import catalog, credentials
from providers.credentials import Credential

MODEL_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@+\[\]-]{0,127}")
MAX_ARGUMENTS = 64
MAX_ARGUMENT_CHARACTERS = 8192


class Settings(Protocol):
    """The part of the server's `Config` that agents read."""

    @property
    def home(self) -> Path: ...
    @property
    def agent_path(self) -> tuple[str, ...]: ...
    @property
    def disabled_agents(self) -> tuple[str, ...]: ...
    @property
    def provider_environment(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Launch:
    """A program to start, ready for the runner.

    The marks of `agents.declaration` stand for the session's paths in `argv`, `env` values and `home_files` contents.
    `path_prefix` comes before the session's PATH; `readable` is what its user must be able to read to run it.
    `state_patterns` tell the session's state from its screen (`runner.activity.compile_patterns`).
    `agent_name`, `provider` and `model` are for the session's row: what runs, defaults filled in.
    """

    agent_name: str
    provider: str | None
    model: str | None
    argv: list[str]
    env: dict[str, str]
    home_files: dict[str, str]
    path_prefix: list[str]
    readable: list[str]
    state_patterns: dict[str, list[str]]


def describe_all(config: Settings) -> list[dict[str, Any]]:
    return [describe(agent, config) for agent in registry.all()]


def describe(agent: Agent, config: Settings) -> dict[str, Any]:
    """The agent as the API shows it; never holds a key."""
    found, missing = find(agent, config), missing_variables(agent, config)
    enabled = agent.id not in config.disabled_agents
    description = {
        **_appearance(agent),
        "available": enabled and found is not None and not missing,
        "enabled": enabled,
        "cliExists": found is not None,
        "cliPath": found.path if found else None,
        "version": found.version if found else None,
        "installHint": None if found else install_hint(agent),
        "hasCredentials": not missing,
        "keySource": "env" if agent.provider and not missing else None,
    }
    return description | ({"missingEnvVars": missing} if missing else {})


def _appearance(agent: Agent) -> dict[str, Any]:
    return {
        "id": agent.id,
        "name": agent.name,
        "icon": agent.icon,
        "color": agent.color,
        "welcome": agent.welcome,
        "command": agent.command,
        "provider": agent.provider,
        "defaultModel": agent.default_model,
        "models": list(agent.models or filter(None, [agent.default_model])),
        "capabilities": list(agent.capabilities),
    }


def find(agent: Agent, config: Settings) -> Found | None:
    """The agent's CLI: AGTERM_AGENT_PATH first, then what we installed, then PATH."""
    return discovery.find(agent, _folders(config), config.home)


def shells(config: Settings) -> list[str]:
    """Absolute paths of the shells a session may run."""
    return discovery.shells(_folders(config))


def _folders(config: Settings) -> list[str]:
    return [*config.agent_path, "", *discovery.search_path()]


def missing_variables(agent: Agent, config: Settings) -> list[str]:
    """The environment variables the agent's provider needs and the server was not given."""
    provider = catalog.get(agent.provider) if agent.provider else None
    if provider is None or credentials.find(provider.id, config.provider_environment):
        return []
    return [provider.key_variable]


def install_hint(agent: Agent) -> str:
    if discovery.this_platform() in agent.packages:
        return f"Run: agterm agents install {agent.id}"
    names = " or ".join(agent.executables)
    return f"Put {names} on PATH or in a folder that AGTERM_AGENT_PATH names"


def model_config(agent: Agent, *, provider: str | None, model: str | None) -> dict[str, str | None]:
    """`{provider, model}` that a session of this agent runs with, defaults filled in. Raises `InvalidRequest`."""
    if provider is not None and provider != agent.provider:
        takes = f"only {agent.provider}" if agent.provider else "no provider"
        raise InvalidRequest(f"{agent.name} takes {takes}, not {provider!r}")
    if model is not None:
        _check_model(agent, model)
    return {"provider": agent.provider, "model": model or agent.default_model}


def _check_model(agent: Agent, model: str) -> None:
    if agent.provider is None:
        raise InvalidRequest(f"{agent.name} takes no model")
    if not isinstance(model, str) or not MODEL_PATTERN.fullmatch(model):
        raise InvalidRequest("model must be 1 to 128 letters, digits and _.:/@+[]-, a letter or digit first")
    owner = catalog.owner_of(model)
    if owner and owner.id != agent.provider:
        raise InvalidRequest(f"{model} is a model of {owner.name}; {agent.name} takes models of {agent.provider}")


def prepare_launch(
    agent_id: str,
    *,
    config: Settings,
    model: str | None = None,
    provider: str | None = None,
    cols: int = 80,
    rows: int = 24,
    args: Sequence[str] = (),
    shell: str | None = None,
) -> Launch:
    """How to start the agent. `shell` names one of `shells()` and is for agents that run a shell.

    Raises `AgentNotFound`, `AgentDisabled`, `InvalidRequest` (provider, model, args or shell do not fit the agent) and
    `Conflict` (no CLI or no credential; `details` {agent, installHint, missingEnvVars} say how to mend it).
    """
    agent = registry.get(agent_id)
    if agent.id in config.disabled_agents:
        raise AgentDisabled(f"{agent.name} is disabled on this server", details={"agent": agent.id})
    chosen = model_config(agent, provider=provider, model=model)
    arguments = _checked_arguments(args)
    found = _chosen_shell(agent, shell, config) if shell is not None else find(agent, config)
    if found is None or (agent.needs_node and found.path.endswith(".js") and not found.node):
        raise _no_cli(agent, config, is_node=found is not None)
    context = LaunchContext(
        executable=found.path,
        node=found.node,
        credential=_credential(agent, config),
        model=chosen["model"],
        cols=cols,
        rows=rows,
        args=arguments,
    )
    return _launch(agent, context, found)


def _launch(agent: Agent, context: LaunchContext, found: Found) -> Launch:
    return Launch(
        agent_name=agent.name,
        provider=agent.provider,
        model=context.model,
        argv=agent.argv(context),
        env=agent.environment(context),
        home_files=agent.home_files(context),
        path_prefix=list(found.path_prefix),
        readable=list(found.readable),
        state_patterns={state: list(patterns) for state, patterns in agent.state_patterns.items()},
    )


def _checked_arguments(args: Sequence[str]) -> tuple[str, ...]:
    if isinstance(args, str) or not all(isinstance(a, str) for a in args):
        raise InvalidRequest("args must be a list of strings")
    if len(args) > MAX_ARGUMENTS or any(len(a) > MAX_ARGUMENT_CHARACTERS for a in args):
        raise InvalidRequest(f"args: at most {MAX_ARGUMENTS} of at most {MAX_ARGUMENT_CHARACTERS} characters each")
    if any("\0" in a for a in args):
        raise InvalidRequest("args must not contain NUL characters")
    return tuple(args)


def _chosen_shell(agent: Agent, shell: str, config: Settings) -> Found:
    known = shells(config)
    path = next((s for s in known if shell in (s, Path(s).name)), None)
    if path is None or not set(agent.executables) & {Path(s).name for s in known}:
        raise InvalidRequest("Invalid shell", details={"shells": known})
    return Found(path, readable=(path,))


def _no_cli(agent: Agent, config: Settings, *, is_node: bool) -> Conflict:
    what = "Node.js, which its CLI needs," if is_node else f"the CLI `{agent.command}`"
    hint = install_hint(agent)
    return Conflict(f"{agent.name}: {what} is not on this machine. {hint}", details=_mending(agent, config, hint))


def _credential(agent: Agent, config: Settings) -> Credential | None:
    missing = missing_variables(agent, config)
    if missing:
        message = (
            f"{agent.name} needs {' and '.join(missing)}: set it in the server's environment and restart the server"
        )
        raise Conflict(message, details=_mending(agent, config, None))
    return credentials.find(agent.provider, config.provider_environment) if agent.provider else None


def _mending(agent: Agent, config: Settings, hint: str | None) -> dict[str, Any]:
    return {"agent": agent.id, "installHint": hint, "missingEnvVars": missing_variables(agent, config)}
