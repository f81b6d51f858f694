"""What an agent is to AGTerm: a description of a CLI, never a running program.

An agent says how its CLI is found and installed, and what a session needs to start it: arguments, environment, the
first files of its HOME. The web side reads the description and sends the result to the runner; it opens no file of a
workspace and starts no program.

Paths that only the runner knows are written as `WORKSPACE` and `HOME`. The runner replaces both marks, in arguments,
environment values and the contents of HOME files, by the real absolute paths, and guarantees that these contain no
quote, backslash or control character: the marks may stand inside a JSON or TOML string as they are.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from providers.credentials import Credential
from runner import activity

WORKSPACE = "@AGTERM_WORKSPACE@"
HOME = "@AGTERM_HOME@"

ID_PATTERN = re.compile(r"[a-z][a-z0-9_-]{0,31}")
COLOR_PATTERN = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchContext:
    """What a launch recipe may depend on. `args` are further arguments the caller asked for, already checked."""

    executable: str
    node: str | None = None
    credential: Credential | None = None
    model: str | None = None
    cols: int = 80
    rows: int = 24
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What to fetch from npm on one platform, and where the program then lies below `node_modules`.

    `specs` name exact versions (`name@1.2.3`, or `folder@npm:name@1.2.3`). The executable is the real program, not the
    shim that an install script would link to it: scripts do not run here.
    """

    specs: tuple[str, ...]
    executable: str


def _plain_argv(context: LaunchContext) -> list[str]:
    return [context.executable, *context.args]


def _nothing(_context: LaunchContext) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """The declaration of one agent CLI; a plug-in's entry point in the group `agterm.agents` names one of these.

    `executables`: names looked for in AGTERM_AGENT_PATH and on PATH, the best first.
    `packages`: by platform (`linux-x64`, `linux-arm64`), what `agterm agents install` fetches; empty: not installable.
    `provider`: the id of the provider whose credential the CLI needs; None: it needs none.
    `default_model`: what runs when nobody names a model; `models`: what the page offers (any other name is allowed).
    `argv`, `environment`, `home_files`: the launch recipe; `home_files` maps paths relative to HOME to their text.
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
    packages: Mapping[str, Package] = field(default_factory=dict)
    version: str | None = None
    needs_node: bool = False
    provider: str | None = None
    default_model: str | None = None
    models: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    argv: Callable[[LaunchContext], list[str]] = _plain_argv
    environment: Callable[[LaunchContext], dict[str, str]] = _nothing
    home_files: Callable[[LaunchContext], dict[str, str]] = _nothing
    state_patterns: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not ID_PATTERN.fullmatch(self.id):
            raise ValueError(f"agent id {self.id!r}: lower case letters, digits, - and _, at most 32, a letter first")
        if not COLOR_PATTERN.fullmatch(self.color):
            raise ValueError(f"agent {self.id}: color {self.color!r} is not of the form #rrggbb")
        activity.compile_patterns(self.state_patterns)
