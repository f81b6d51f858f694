"""What an agent is to AGTerm: a description of a CLI, never a running program.

An agent says how its CLI is found and installed, and what a session needs to start it: arguments, environment, the
first files of its HOME. The web side reads the description and sends the result to the runner; it opens no file of a
workspace and starts no program.

Paths that only the runner knows are written as `WORKSPACE` and `HOME`. The runner replaces both marks, in arguments,
environment values and the contents of HOME files, by the real absolute paths, and guarantees that these contain no
quote, backslash or control character: the marks may stand inside a JSON or TOML string as they are. `DOOR` is such a
mark as well, for the address of the way out to the providers, `http://127.0.0.1:<port>`; a recipe has it from its
credential. Callers' words reach a declaration with `AT` for the first letter of what would be a mark, so they are never
expanded.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agents.headless.declaration import Headless
from providers.catalog import Protocol
from providers.credentials import Credential
from runner import activity

WORKSPACE = "@AGTERM_WORKSPACE@"
HOME = "@AGTERM_HOME@"
WORD = "@AGTERM_WORD@"  # in HOME files: a word made for this very program, for the marks of its prompt
DOOR = "@AGTERM_DOOR@"
TELEMETRY = f"{DOOR}/llm/otlp"  # where a CLI may report its doings by OTLP/HTTP; the way in says whose they are
AT = "@AGTERM_AT@"  # becomes "@"

ID_PATTERN = re.compile(r"[a-z][a-z0-9_-]{0,31}")
COLOR_PATTERN = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchContext:
    """What a launch recipe may depend on. `args` are further arguments the caller asked for, already checked.

    The credential is the session's own: a key that opens nothing but our door, and the door's address, which stands
    for that of its provider. `by_subscription`: there is none, and the CLI asks its provider itself, as its user.
    `may_trust`: the CLI need not ask whether to do what the folder's own settings say. `policy`: the server's own rules
    for what agents may do, of `agents.headless.FLAGS`; only our own program can be told.
    """

    executable: str
    node: str | None = None
    credential: Credential | None = None
    by_subscription: bool = False
    may_trust: bool = True
    model: str | None = None
    cols: int = 80
    rows: int = 24
    args: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What to fetch from npm on one platform, and where the program then lies below `node_modules`.

    `specs` name exact versions (`name@1.2.3`, or `folder@npm:name@1.2.3`). The executable is the real program, not the
    shim that an install script would link to it: scripts do not run here.
    """

    specs: tuple[str, ...]
    executable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where a CLI that is logged in by subscription keeps its tokens: `files` below HOME, the first one at least.

    `fresh_at` says how fresh they are, from the parsed files: when they were issued or end. None: it is no log-in.
    """

    files: tuple[str, ...]
    fresh_at: Callable[[Mapping[str, Any]], datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """How the CLI goes on with its last conversation: `argv`, when a file that is not empty matches the glob `exists`
    below HOME. The session's own user looks, when it starts.
    """

    exists: str
    argv: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """How a prompt is sent: its text, `paste`d in brackets where the program asks for that, `pause_ms` later `keys`."""

    keys: str = "\r"
    paste: bool = True
    pause_ms: int = 0


def _plain_argv(context: LaunchContext) -> list[str]:
    return [context.executable, *context.args]


def _nothing(_context: LaunchContext) -> dict[str, str]:
    return {}


def _no_resume(_context: LaunchContext) -> Resume | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """The declaration of one agent CLI; a plug-in's entry point in the group `agterm.agents` names one of these.

    `executables`: names looked for in AGTERM_AGENT_PATH and on PATH, the best first. `is_ours`: the one of that name
    that came with the server instead (`agents.own_program`).
    `packages`: by platform (`linux-x64`, `linux-arm64`), what `agterm agents install` fetches; empty: not installable.
    `providers`: the ids of those it was made for, the first is asked when nobody says other; none: it needs none.
    `dialects`: the wire protocols (`providers.catalog`) in which it can ask any other provider as well.
    `default_model`: what runs when nobody names a model, of the first provider; `default_models`: of others, by their
    id. `models`: what the page offers (any other name is allowed).
    `argv`, `environment`, `home_files`: the launch recipe; `home_files` maps paths relative to HOME to their text.
    `submit`: how a prompt is sent to it.
    `resume`: how a restart goes on with the last conversation; None: the CLI can't.
    `login`: how it is logged in by subscription instead of by a key; None: it can't.
    `headless`: how it runs for one message and prints what happens as JSON; None: it can't.
    No key may stand in `argv` or `home_files`: it belongs in the environment.
    `state_patterns`: by state (`rate_limited`, `needs_input`, `working`, `idle`, tried in this order), regular
    expressions that know it from the screen; `runner.activity.compile_patterns` says what they are searched in.
    Without any, the rhythm of the output decides.
    """

    id: str
    name: str
    icon: str
    color: str
    welcome: str
    command: str
    executables: tuple[str, ...]
    is_ours: bool = False
    packages: Mapping[str, Package] = field(default_factory=dict)
    version: str | None = None
    needs_node: bool = False
    providers: tuple[str, ...] = ()
    dialects: tuple[Protocol, ...] = ()
    default_model: str | None = None
    default_models: Mapping[str, str] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    argv: Callable[[LaunchContext], list[str]] = _plain_argv
    environment: Callable[[LaunchContext], dict[str, str]] = _nothing
    home_files: Callable[[LaunchContext], dict[str, str]] = _nothing
    resume: Callable[[LaunchContext], Resume | None] = _no_resume
    login: Login | None = None
    headless: Headless | None = None
    submit: Submit = field(default_factory=Submit)
    state_patterns: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not ID_PATTERN.fullmatch(self.id):
            raise ValueError(f"agent id {self.id!r}: lower case letters, digits, - and _, at most 32, a letter first")
        if not COLOR_PATTERN.fullmatch(self.color):
            raise ValueError(f"agent {self.id}: color {self.color!r} is not of the form #rrggbb")
        activity.compile_patterns(self.state_patterns)

    @property
    def provider(self) -> str | None:
        """The provider that it asks when nobody says other."""
        return self.providers[0] if self.providers else None
