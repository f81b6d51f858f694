"""What the doors ask of agents: how each one stands on this server, and how a session starts one."""

import os
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from agents import discovery, environment, own_program, registry
from agents.declaration import AT, DOOR, Agent, LaunchContext, Resume, Submit
from agents.discovery import Found
from agents.headless import FLAGS, Ask, Headless
from agents.headless import declaration as headless_runs
from core.errors import AgentDisabled, AgentNotFound, Conflict, InvalidRequest
from providers import catalog, credentials
from providers.catalog import Provider
from providers.credentials import Credential

Held = Mapping[str, Credential]  # the credentials of whoever asks, by provider
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
    def run_policy(self) -> tuple[str, ...]: ...
    @property
    def provider_environment(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Launch:
    """A program to start, ready for the runner.

    The marks of `agents.declaration` stand for the session's paths in `argv`, `env` values and `home_files` contents.
    `path_prefix` comes before the session's PATH; `readable` is what its user must be able to read to run it.
    `resume` says how to go on with the last conversation instead, where the CLI can; `submit` how to send a prompt.
    `state_patterns` tell the session's state from its screen (`runner.activity.compile_patterns`).
    `by_subscription`: it asks its provider itself, logged in as its user, and not by way of our door.
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
    by_subscription: bool = False
    resume: Resume | None = None
    submit: Submit = field(default_factory=Submit)


def opening(launch: Launch, text: str) -> dict[str, Any]:
    """What the runner sends once the program of `launch` is ready (`runner.protocol.Opening`)."""
    return {"text": text, **sending(launch.submit)}


def sending(submit: Submit) -> dict[str, Any]:
    """How the runner sends a text to an agent of that recipe: `{paste, submit, pause_ms}`."""
    return {"paste": "auto" if submit.paste else "never", "submit": submit.keys, "pause_ms": submit.pause_ms}


def recipe(agent_id: str | None) -> Submit:
    """How a prompt is sent to that agent; to one that we don't know, as to most."""
    try:
        return registry.get(agent_id or "").submit
    except AgentNotFound:
        return Submit()


def describe_all(config: Settings, held: Held | None = None, logged_in: Collection[str] = ()) -> list[dict[str, Any]]:
    return [describe(agent, config, held, logged_in) for agent in registry.all()]


def describe(
    agent: Agent, config: Settings, held: Held | None = None, logged_in: Collection[str] = ()
) -> dict[str, Any]:
    """The agent as the API shows it to whoever holds these credentials; never holds a key.

    `held`: `credentials.held_by` the caller; None: those of the server's environment alone. `logged_in`: the agents
    that he is logged in with by subscription (`agents.logins.agents_of`).
    """
    held = _held(config, held)
    has_login = agent.login is not None and agent.id in logged_in
    found, missing = find(agent, config), [] if has_login else missing_variables(agent, config, held)
    enabled = agent.id not in config.disabled_agents
    used = held.get(_provider_of(agent, held) or "")
    description = {
        **_appearance(agent),
        "configuredProviders": [provider.id for provider in providers_of(agent) if provider.id in held],
        "available": enabled and found is not None and not missing,
        "enabled": enabled,
        "cliExists": found is not None,
        "cliPath": found.path if found else None,
        "version": found.version if found else None,
        "installHint": None if found else install_hint(agent, config),
        "hasCredentials": not missing,
        "keySource": used.source if used and not missing else "subscription" if has_login else None,
        "canLogIn": agent.login is not None,
        "headless": agent.headless and _headless(agent.headless),
    }
    return description | ({"missingEnvVars": missing} if missing else {})


def _headless(headless: Headless) -> dict[str, Any]:
    return {"flags": [flag for flag in FLAGS if flag in headless.flags], "takesAnswers": headless.takes_answers}


def _held(config: Settings, held: Held | None) -> Held:
    return credentials.in_environment(config.provider_environment) if held is None else held


def _appearance(agent: Agent) -> dict[str, Any]:
    return {
        "id": agent.id,
        "name": agent.name,
        "icon": agent.icon,
        "color": agent.color,
        "welcome": agent.welcome,
        "command": agent.command,
        "provider": agent.provider,
        "providers": [provider.id for provider in providers_of(agent)],
        "defaultModel": agent.default_model,
        "models": list(agent.models or filter(None, [agent.default_model])),
        "capabilities": list(agent.capabilities),
    }


def find(agent: Agent, config: Settings) -> Found | None:
    """The agent's CLI: AGTERM_AGENT_PATH first, then what we installed, then PATH; our own is with the server."""
    if agent.is_ours:
        return own_program.find(agent.executables[0], config.home)
    return discovery.find(agent, _folders(config), config.home)


def shells(config: Settings) -> list[str]:
    """Absolute paths of the shells a session may run."""
    return discovery.shells(_folders(config))


def _folders(config: Settings) -> list[str]:
    return [*config.agent_path, "", *discovery.search_path()]


# --- providers and models --------------------------------------------------------------------------------------------


def needs_provider(agent: Agent) -> bool:
    """Whether the agent is of no use where no provider can be reached."""
    return agent.provider is not None


def providers_of(agent: Agent) -> list[Provider]:
    """The providers that the agent can ask: those it was made for, then all that speak as it does."""
    made_for = [provider for provider in map(catalog.get, agent.providers) if provider]
    spoken = set(agent.dialects)
    return [*made_for, *(p for p in catalog.all() if p not in made_for and spoken.intersection(p.dialects))]


def default_model(agent: Agent, provider_id: str) -> str | None:
    """What the agent asks of that provider when nobody names a model; None: nobody knows."""
    if provider_id == agent.provider:
        return agent.default_model
    provider = catalog.get(provider_id)
    return agent.default_models.get(provider_id) or (provider.models[0] if provider and provider.models else None)


def missing_variables(agent: Agent, config: Settings, held: Held | None = None) -> list[str]:
    """The variables the agent's first provider needs and the server was not given; none where another will do."""
    held = _held(config, held)
    if agent.provider is None or _provider_of(agent, held) in held:
        return []
    provider = catalog.get(agent.provider)
    return _wanting(provider, config) if provider else ["AGTERM_PROVIDERS_FILE"]


def _wanting(provider: Provider, config: Settings) -> list[str]:
    return credentials.missing_variables(provider, config.provider_environment) or [provider.key_variable]


def _provider_of(agent: Agent, held: Held) -> str | None:
    """The provider that is asked when nobody names one: the first with a credential and a model to ask for."""
    able = (
        p.id for p in providers_of(agent) if p.id in held and (p.id == agent.provider or default_model(agent, p.id))
    )
    return next(able, agent.provider)


def model_config(
    agent: Agent, *, provider: str | None, model: str | None, held: Held | None = None
) -> dict[str, str | None]:
    """`{provider, model}` that a session of this agent runs with, defaults filled in. Raises `InvalidRequest`."""
    if agent.provider is None:
        if provider is not None:
            raise InvalidRequest(f"{agent.name} takes no provider, not {provider!r}")
        if model is not None:
            raise InvalidRequest(f"{agent.name} takes no model")
        return {"provider": None, "model": None}
    takes = [each.id for each in providers_of(agent)]
    if provider is not None and provider not in takes:
        raise InvalidRequest(f"{agent.name} takes only {', '.join(takes)} as its provider, not {provider!r}")
    if model is not None:
        _check_model(model)
    chosen = provider or _owner_among(takes, model) or _provider_of(agent, held or {}) or agent.provider
    if model is not None:
        _check_owner(agent, chosen, model)
    usual = default_model(agent, chosen)
    if model is None and usual is None and chosen != agent.provider:
        raise InvalidRequest(f"{agent.name} with {chosen} needs a model: name one")
    return {"provider": chosen, "model": model or usual}


def _check_model(model: str) -> None:
    if not isinstance(model, str) or not MODEL_PATTERN.fullmatch(model):
        raise InvalidRequest("model must be 1 to 128 letters, digits and _.:/@+[]-, a letter or digit first")


def _owner_among(provider_ids: Sequence[str], model: str | None) -> str | None:
    owner = catalog.owner_of(model) if model else None
    return owner.id if owner and owner.id in provider_ids else None


def _check_owner(agent: Agent, provider_id: str, model: str) -> None:
    """A provider that makes models of its own has no others; one that only serves them may call them as it likes."""
    owner, chosen = catalog.owner_of(model), catalog.get(provider_id)
    if owner and chosen and owner != chosen and chosen.model_prefixes:
        raise InvalidRequest(f"{model} is a model of {owner.name}; {agent.name} takes models of {provider_id}")


# --- starting one ----------------------------------------------------------------------------------------------------


def install_hint(agent: Agent, config: Settings) -> str:
    if agent.is_ours:
        return own_program.obstacle(agent.executables[0], config.home) or ""
    if discovery.this_platform() in agent.packages:
        return f"Run: agterm agents install {agent.id}"
    names = " or ".join(agent.executables)
    return f"Put {names} on PATH or in a folder that AGTERM_AGENT_PATH names"


def prepare_launch(
    agent_id: str,
    *,
    config: Settings,
    key: str = "",
    model: str | None = None,
    provider: str | None = None,
    cols: int = 80,
    rows: int = 24,
    args: Sequence[str] = (),
    shell: str | None = None,
    env: Mapping[str, str] | None = None,
    held: Held | None = None,
    login: Mapping[str, str] | None = None,
    own_folder: bool = True,
    ask: Ask | None = None,
) -> Launch:
    """How to start the agent. `shell` names one of `shells()` and is for agents that run a shell.

    `key` is what the session's door takes instead of the provider's own key, which stays here. `env` holds further
    variables (`check_environment`); those that the agent's own recipe sets win over them. `held`: the credentials of
    the session's owner (`credentials.held_by`); None: those of the server's environment alone. `login`: the files of a
    log-in by subscription that takes the place of a key; empty when it is to be made in the session. `own_folder`: the
    workspace is one that we made; what stands in another may be anybody's, and a log-in is worth stealing. `ask`: it is
    to run headless, for this message; its own arguments can't be added to then.
    Raises `AgentNotFound`, `AgentDisabled`, `InvalidRequest` (what was asked for does not fit the agent) and
    `Conflict` (no CLI or no credential; `details` {agent, installHint, missingEnvVars} say how to mend it).
    """
    agent = registry.get(agent_id)
    if agent.id in config.disabled_agents:
        raise AgentDisabled(f"{agent.name} is disabled on this server", details={"agent": agent.id})
    if ask is not None:
        headless_runs.check(ask, agent.name, agent.headless)
        if args:
            raise InvalidRequest("a headless run takes no args")
    held = _held(config, held)
    if login is not None and (agent.login is None or provider not in (None, agent.provider)):
        raise InvalidRequest(f"{agent.name} can't be logged in by subscription with {provider or 'any provider'}")
    chosen = model_config(agent, provider=provider, model=model, held=held)
    arguments = checked_arguments(args)
    found = chosen_shell(agent, shell, config) if shell is not None else find(agent, config)
    if found is None or (agent.needs_node and found.path.endswith(".js") and not found.node):
        raise _no_cli(agent, config, held, is_node=found is not None)
    context = LaunchContext(
        executable=found.path,
        node=found.node,
        credential=None if login is not None else _credential(agent, chosen["provider"], config, held, key),
        by_subscription=login is not None,
        may_trust=login is None or own_folder,
        model=chosen["model"] and literal(chosen["model"]),
        cols=cols,
        rows=rows,
        args=tuple(map(literal, arguments)),
        policy=config.run_policy,
    )
    given = {name: literal(value) for name, value in (env or {}).items()}
    launch = _launch(agent, context, found, given, chosen, login or {})
    return launch if ask is None else _for_one_message(launch, agent, context, ask, login or {})


def literal(text: str) -> str:
    """A caller's own words for the runner, which makes them again what they were: a mark in them is none."""
    return text.replace("@AGTERM_", f"{AT}AGTERM_")


def _launch(
    agent: Agent,
    context: LaunchContext,
    found: Found,
    env: Mapping[str, str],
    chosen: Mapping[str, str | None],
    login: Mapping[str, str],
) -> Launch:
    without = credential_variables(agent, chosen["provider"])
    return Launch(
        agent_name=agent.name,
        provider=chosen["provider"],
        model=chosen["model"],
        argv=agent.argv(context),
        env=environment.merged(env, agent.environment(context), without=without, path_prefix=found.path_prefix),
        home_files=agent.home_files(context) | _log_in(login),
        path_prefix=list(found.path_prefix),
        readable=list(found.readable),
        state_patterns={state: list(patterns) for state, patterns in agent.state_patterns.items()},
        by_subscription=context.by_subscription,
        resume=agent.resume(context),
        submit=agent.submit,
    )


def _log_in(files: Mapping[str, str]) -> dict[str, str]:
    return {name: literal(text) for name, text in files.items()}


def _for_one_message(
    launch: Launch, agent: Agent, context: LaunchContext, ask: Ask, login: Mapping[str, str]
) -> Launch:
    headless = headless_runs.check(ask, agent.name, agent.headless)
    meant = replace(ask, message=literal(ask.message))
    return replace(
        launch,
        argv=headless.argv(context, meant),
        home_files=launch.home_files
        if headless.home_files is None
        else headless.home_files(context, meant) | _log_in(login),
        resume=None,
    )


def credential_variables(agent: Agent, chosen: str | None = None) -> frozenset[str]:
    """The variables by which the agent's CLI learns its key and address, found by asking its recipe.

    Of all providers that it was made for, and of the one that was `chosen`.
    """
    usual = set(agent.environment(LaunchContext(executable=agent.command)))
    asked = [catalog.get(provider_id) for provider_id in {*agent.providers, *filter(None, [chosen])}]
    return frozenset(name for provider in asked if provider for name in _named(agent, provider) - usual)


def _named(agent: Agent, provider: Provider) -> set[str]:
    sample = Credential(provider.id, "-", f"{DOOR}/llm/{provider.id}")
    return {*agent.environment(LaunchContext(executable=agent.command, credential=sample)), *provider.variables}


def check_environment(agent: Agent, env: Mapping[str, str]) -> None:
    """Raises `InvalidRequest` for variables that a caller may not give to this agent."""
    environment.check(env, credential_variables(agent))


def runs_a_shell(agent: Agent) -> bool:
    return bool(set(agent.executables) & set(discovery.SHELLS))


def check_first_words(agent: Agent, *, initial_command: str | None, prompt: str | None) -> None:
    """Raises `InvalidRequest` for a first command that is not for a shell, and a first prompt that is for one."""
    is_shell = runs_a_shell(agent)
    if initial_command and not is_shell:
        raise InvalidRequest(f"initialCommand is for shells; {agent.name} takes a prompt")
    if prompt and is_shell:
        raise InvalidRequest(f"prompt is for agents; {agent.name} takes an initialCommand")


def checked_arguments(args: Sequence[str]) -> tuple[str, ...]:
    if isinstance(args, str) or not all(isinstance(a, str) for a in args):
        raise InvalidRequest("args must be a list of strings")
    if len(args) > MAX_ARGUMENTS or any(len(a) > MAX_ARGUMENT_CHARACTERS for a in args):
        raise InvalidRequest(f"args: at most {MAX_ARGUMENTS} of at most {MAX_ARGUMENT_CHARACTERS} characters each")
    if any("\0" in a for a in args):
        raise InvalidRequest("args must not contain NUL characters")
    return tuple(args)


def chosen_shell(agent: Agent, shell: str, config: Settings) -> Found:
    """The shell of this name or path; `/bin/bash` is the one in `/usr/bin` where both are the same file."""
    known = shells(config)
    path = next((s for s in known if shell in (s, Path(s).name) or _is_same_program(shell, s)), None)
    if path is None or not runs_a_shell(agent):
        raise InvalidRequest("Invalid shell", details={"shells": known})
    return Found(path, readable=(path,))


def _is_same_program(path: str, known: str) -> bool:
    is_candidate = "\0" not in path and Path(path).is_absolute() and Path(path).name == Path(known).name
    return is_candidate and os.path.realpath(path) == os.path.realpath(known)


def _no_cli(agent: Agent, config: Settings, held: Held, *, is_node: bool) -> Conflict:
    what = "Node.js, which its CLI needs," if is_node else f"the CLI `{agent.command}`"
    hint = install_hint(agent, config)
    details = _mending(agent, hint, missing_variables(agent, config, held))
    return Conflict(f"{agent.name}: {what} is not on this machine. {hint}", details=details)


def _credential(agent: Agent, provider_id: str | None, config: Settings, held: Held, key: str) -> Credential | None:
    """The key and the address that the session gets; raises `Conflict` when there is none to go on with."""
    if provider_id is None:
        return None
    if provider_id not in held:
        provider = catalog.get(provider_id)
        missing = _wanting(provider, config) if provider else ["AGTERM_PROVIDERS_FILE"]
        ways = [f"store a key for {provider.name if provider else provider_id} on the page of keys"]
        if agent.login is not None and provider_id == agent.provider:
            ways.append('log in with your subscription (start the session with credentials "subscription")')
        needs = " and ".join(missing)
        message = f"{agent.name} has no credentials: {', '.join(ways)}, or set {needs} for the server and restart it"
        raise Conflict(message, details=_mending(agent, None, missing))
    return Credential(provider_id, key, f"{DOOR}/llm/{provider_id}")


def _mending(agent: Agent, hint: str | None, missing: list[str]) -> dict[str, Any]:
    return {"agent": agent.id, "installHint": hint, "missingEnvVars": missing}
