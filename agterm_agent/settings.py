"""What the agent is told: flags before the environment before the user's own file; a project's file may only tighten.

Nothing heavy is imported here: the screen appears before the engine is loaded.
"""

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from agterm_agent import providers
from agterm_agent.policy import Modes
from agterm_agent.providers import Dialect
from agterm_agent.reading import UnreadableError, read_small

FILE_BYTES = 256 * 1024
DOCUMENT_NAME = r"[a-z][a-z0-9_-]{0,31}"
PROJECT_FILE = Path(".agterm") / "agent.toml"
MODES = {"readonly": "read_only", "dryrun": "dry_run", "confirm": "confirm", "strict": "strict"}


class SettingsError(Exception):
    """What was asked for makes no sense or something is missing; the message is one line for people."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one turn may use at most; None: no limit. `iterations` are requests to the model."""

    iterations: int = 50
    time_s: float | None = None
    tokens: int | None = None
    cost_usd: Decimal | None = None

    def tightened(self, other: "Limits") -> "Limits":
        """The lower of each."""
        return Limits(
            iterations=min(self.iterations, other.iterations),
            time_s=_lower(self.time_s, other.time_s),
            tokens=_lower(self.tokens, other.tokens),
            cost_usd=_lower(self.cost_usd, other.cost_usd),
        )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that a conversation needs to know.

    `base_url` is where the dialect's own paths begin: `/v1/messages` of Anthropic's, `/chat/completions` and
    `/responses` of OpenAI's, `/v1beta/models/…` of Google's. `state_folder` is this workspace's own. `mcp_servers` have
    the shape of a `.mcp.json`: `{name: {command, args, env} | {url, headers}}`; `openapi` are
    `{name, path | url, base_url?, headers?}`. `window`: tokens that the model can see, where somebody has said it.
    `notices`: what people should know of how these settings came about.
    """

    workspace: Path
    state_folder: Path
    config_folder: Path
    provider: str = ""
    model: str = ""
    dialect: Dialect = "openai-chat"
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    window: int | None = None
    models: tuple[str, ...] = ()
    modes: Modes = field(default_factory=Modes)
    limits: Limits = field(default_factory=Limits)
    mcp_servers: Mapping[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    openapi: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    approvals: Literal["none", "stdin"] = "none"
    compact_at: float = 0.8
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Flags:
    """What the command line said; None or empty: nothing. `is_headless`: nobody is asked unless a policy says so."""

    provider: str | None = None
    model: str | None = None
    read_only: bool = False
    dry_run: bool = False
    confirm: bool = False
    strict: bool = False
    yes: bool = False
    is_headless: bool = False
    max_iterations: int | None = None
    max_time_s: float | None = None
    max_tokens: int | None = None
    max_cost_usd: Decimal | None = None
    approvals: Literal["none", "stdin"] = "none"
    cwd: str | None = None
    mcp_config: tuple[str, ...] = ()
    openapi: tuple[str, ...] = ()


def load(flags: Flags, environ: Mapping[str, str] | None = None, *, needs_model: bool = True) -> Settings:
    """The settings; without `needs_model` a missing provider, key or model is no error.

    Raises `SettingsError`.
    """
    environ = os.environ if environ is None else environ
    folder = config_folder(environ)
    told = _own_file(folder / "config.toml")
    workspace = _workspace(flags.cwd)
    tighter = _ProjectFile(workspace)
    place = providers.Place()
    if isinstance(told.get("window"), int):
        told["window"] = str(told["window"])
    try:
        place = providers.choose(flags.provider, flags.model, environ, told)
    except providers.MissingError as error:
        if needs_model:
            raise SettingsError(str(error)) from None
    return Settings(
        workspace=workspace,
        state_folder=state_folder(workspace, environ),
        config_folder=folder,
        provider=place.provider,
        model=place.model,
        dialect=place.dialect,
        base_url=place.base_url,
        api_key=place.api_key,
        window=place.window,
        models=place.models,
        modes=_modes(flags, environ, told).tightened(tighter.modes),
        limits=_limits(flags, told).tightened(tighter.limits),
        mcp_servers=_mcp_servers(flags, told),
        openapi=_openapi(flags, told, folder),
        approvals=flags.approvals,
        compact_at=_share(told.get("compact_at", 0.8)),
        notices=tighter.notices,
    )


def config_folder(environ: Mapping[str, str]) -> Path:
    return _xdg(environ, "XDG_CONFIG_HOME", ".config") / "agterm-agent"


def state_folder(workspace: Path, environ: Mapping[str, str]) -> Path:
    """Where this workspace's conversations, memory and undo journals lie."""
    home = environ.get("AGTERM_AGENT_HOME")
    root = Path(home) if home else _xdg(environ, "XDG_STATE_HOME", ".local/state") / "agterm-agent"
    return root / hashlib.sha256(os.fsencode(workspace)).hexdigest()[:16]


def _xdg(environ: Mapping[str, str], name: str, usual: str) -> Path:
    """A variable of the XDG rules, which say that a path that is not absolute is to be ignored."""
    told = environ.get(name, "")
    return Path(told) if os.path.isabs(told) else Path(environ.get("HOME") or Path.home()) / usual


def _workspace(cwd: str | None) -> Path:
    try:
        folder = Path(cwd or ".").expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise SettingsError(f"--cwd {cwd}: {getattr(error, 'strerror', None) or error}") from None
    if not folder.is_dir():
        raise SettingsError(f"--cwd {cwd}: not a folder")
    return folder


# --- the user's own file ---------------------------------------------------------------------------------------------

OWN_KEYS = (
    {"provider", "model", "dialect", "base_url", "api_key", "window", "models"}
    | {"policy", "limits", "mcp_servers", "openapi", "compact_at"}
)  # fmt: skip


def _own_file(path: Path) -> dict[str, Any]:
    try:
        read = read_small(path, FILE_BYTES)
        told = tomllib.loads(read[0]) if read else {}
    except (UnreadableError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{path}: {error}") from None
    if unknown := sorted(set(told) - OWN_KEYS):
        raise SettingsError(f"{path}: unknown: {', '.join(unknown)} (known: {', '.join(sorted(OWN_KEYS))})")
    return told


def _modes(flags: Flags, environ: Mapping[str, str], told: Mapping[str, Any]) -> Modes:
    """The policy, tightened by what is asked for. `--yes` only takes back that a person at the screen is asked."""
    asked = Modes(
        read_only=flags.read_only,
        dry_run=flags.dry_run,
        confirm=flags.confirm or not (flags.yes or flags.is_headless),
        strict=flags.strict,
    )
    policy = modes_of(environ.get("AGTERM_AGENT_POLICY", "").split(","), "AGTERM_AGENT_POLICY")
    return policy.tightened(modes_of(told.get("policy", ()), "policy")).tightened(asked)


def modes_of(words: object, where: str) -> Modes:
    """The modes of a list of `readOnly`, `dryRun`, `confirm`, `strict`. Another word is an error, never less safety."""
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise SettingsError(f"{where}: a list of readOnly, dryRun, confirm, strict is wanted")
    names = []
    for word in filter(None, (word.strip() for word in words)):
        name = MODES.get(word.lower().replace("_", "").replace("-", ""))
        if name is None:
            raise SettingsError(f"{where}: {word!r} is none of readOnly, dryRun, confirm, strict")
        names.append(name)
    return Modes(**dict.fromkeys(names, True))


def _limits(flags: Flags, told: Mapping[str, Any]) -> Limits:
    asked: dict[str, Any] = {
        "iterations": flags.max_iterations,
        "time_s": flags.max_time_s,
        "tokens": flags.max_tokens,
        "cost_usd": flags.max_cost_usd,
    }
    return replace(limits_of(told.get("limits", {})), **{name: value for name, value in asked.items() if value})


def limits_of(told: object) -> Limits:
    """The limits of a table of a file; each is more than nothing."""
    if not isinstance(told, dict) or set(told) - {"iterations", "time_s", "tokens", "cost_usd"}:
        raise SettingsError("limits: iterations, time_s, tokens and cost_usd are what can be limited")
    made: dict[str, Any] = {}
    for name, value in told.items():
        whole = name in ("iterations", "tokens")
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float, str)):
            raise SettingsError(f"limits.{name}: a {'whole ' if whole else ''}number is wanted")
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise SettingsError(f"limits.{name}: {value!r} is no number") from None
        if not number.is_finite() or number <= 0:
            raise SettingsError(f"limits.{name}: must be more than 0")
        made[name] = number if name == "cost_usd" else float(number) if name == "time_s" else int(number)
    return Limits(**made)


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.1 <= value <= 0.95:
        raise SettingsError("compact_at: a share of the model's window is wanted, from 0.1 to 0.95")
    return float(value)


def _lower(one: Any, other: Any) -> Any:
    return one if other is None else other if one is None else min(one, other)


# --- tools from outside ----------------------------------------------------------------------------------------------


def _mcp_servers(flags: Flags, told: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The user's servers. A project's own file is used only where `--mcp-config` names it: it says what to execute."""
    servers = dict(_servers_of(told.get("mcp_servers", {}), "mcp_servers"))
    for name in flags.mcp_config:
        document = _json(name)
        document = document.get("mcpServers", document) if isinstance(document, dict) else document
        servers |= _servers_of(document, f"--mcp-config {name}")
    return servers


def _servers_of(told: object, where: str) -> dict[str, dict[str, Any]]:
    if not isinstance(told, dict):
        raise SettingsError(f"{where}: servers by their names are wanted")
    for name, server in told.items():
        if not isinstance(server, dict) or not (server.keys() & {"command", "url"}):
            raise SettingsError(f"{where}: {name} must have a command or a url")
    return told


def _openapi(flags: Flags, told: Mapping[str, Any], folder: Path) -> tuple[dict[str, Any], ...]:
    listed = told.get("openapi", [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise SettingsError("openapi: tables [[openapi]] with a name and a path or url are wanted")
    for one in listed:
        if not isinstance(one.get("name"), str) or not any(isinstance(one.get(key), str) for key in ("path", "url")):
            raise SettingsError("openapi: each needs a name and a path or url")
    own = [{**one, "path": str(folder / one["path"])} if "path" in one else one for one in listed]
    return (*_registered(folder / "openapi"), *own, *(_document(given) for given in flags.openapi))


def _registered(folder: Path) -> list[dict[str, Any]]:
    """The documents that AGTerm put there, which are those that its index names."""
    index = folder / "_names.json"
    names = _json(str(index)) if index.exists() else []
    if not isinstance(names, list) or not all(
        isinstance(name, str) and re.fullmatch(DOCUMENT_NAME, name) for name in names
    ):
        raise SettingsError(f"{index}: a list of names is wanted")
    return [{"name": name, "path": str(folder / f"{name}.json")} for name in names]


def _document(given: str) -> dict[str, Any]:
    """A document of the command line: an address or a file, named after its host or itself."""
    if given.startswith(("http://", "https://")):
        return {"name": urlsplit(given).hostname or given, "url": given}
    path = Path(given).expanduser()
    if not path.is_file():
        raise SettingsError(f"--openapi {given}: no such file")
    return {"name": path.stem, "path": str(path.resolve())}


def _json(name: str) -> Any:
    try:
        read = read_small(Path(name).expanduser(), FILE_BYTES)
        if read is None:
            raise SettingsError(f"--mcp-config {name}: no such file")
        return json.loads(read[0])
    except (UnreadableError, ValueError, RecursionError) as error:
        raise SettingsError(f"--mcp-config {name}: {error}") from None


# --- the project's file ----------------------------------------------------------------------------------------------


class _ProjectFile:
    """What `.agterm/agent.toml` of a repository asks for. Whoever wrote it is a stranger: it may only tighten.

    A file that can't be used changes nothing and is told in `notices`; so is what it may not say.
    """

    def __init__(self, workspace: Path) -> None:
        self.modes, self.limits, self.notices = Modes(), Limits(iterations=2**31), tuple[str, ...]()
        try:
            read = read_small(workspace / PROJECT_FILE, FILE_BYTES, within=workspace)
            told = tomllib.loads(read[0]) if read else {}
            self.modes = modes_of(told.get("policy", ()), "policy")
            limits = limits_of(told.get("limits", {}))
            self.limits = limits if "iterations" in told.get("limits", {}) else replace(limits, iterations=2**31)
        except (UnreadableError, tomllib.TOMLDecodeError, RecursionError, SettingsError) as error:
            self.notices = (f"{PROJECT_FILE} of this project is ignored: {str(error)[:200]}",)
            return
        if unused := sorted(set(told) - {"policy", "limits"}):
            names = ", ".join(name[:40] for name in unused[:5])
            self.notices = (f"{PROJECT_FILE} of this project may only tighten policy and limits; ignored: {names}",)
