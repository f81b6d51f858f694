"""What callers send to the session endpoints, checked; names as on the wire."""

import re
from signal import Signals
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from core.described import MAY_BE_MISSING
from core.payloads import Payload
from costs.payloads import Dollars
from profiles.payloads import Color, Command, Name, Prompt, Tags
from runner.protocol import HOST_PATTERN, Network
from sessions import addresses, shares
from sessions.models import ShareMode

COLS, ROWS = 80, 24
MAX_HOSTS = 200


def _host(text: str) -> str:
    if not re.fullmatch(HOST_PATTERN, text):
        raise ValueError("must be a host such as github.com, or *.github.com for all below it")
    return text.lower()


def _unique(hosts: list[str]) -> list[str]:
    return sorted(set(hosts))


Hosts = Annotated[list[Annotated[str, AfterValidator(_host)]], Field(max_length=MAX_HOSTS), AfterValidator(_unique)]


Url = Annotated[str, Field(max_length=2000), AfterValidator(addresses.checked_url)]
Branch = Annotated[str, Field(max_length=200), AfterValidator(addresses.checked_branch)]


class Limit(Payload):
    """What all calls of the session together may cost; the value is in pico-dollars."""

    model_config = ConfigDict(strict=True, extra="forbid")

    limitUsd: Dollars


class Repo(Payload):
    """The repository that a workspace begins with: the one at `url`, or the one in the folder `path` of this machine.

    `worktree`: on a branch of its own; of a folder it shares the history then, instead of a copy of it.
    """

    model_config = ConfigDict(strict=True, extra="forbid")

    url: Url | None = None
    path: str | None = Field(None, min_length=1, max_length=4096)
    branch: Branch | None = None
    worktree: bool = False
    depth: int | None = Field(None, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.url is None) == (self.path is None):
            raise ValueError("needs either url or path")
        if self.depth is not None and self.url is None:
            raise ValueError("depth is for a url")
        return self


class CreateSession(Payload):
    """A field this version does not know is refused: what a session was asked to be must not be silently dropped.

    `credentials`: `auto` takes a key where there is one, else the caller's log-in by subscription; `subscription`
    without a log-in starts the agent so that he can make one. `repo`: what its workspace begins with.
    """

    model_config = ConfigDict(strict=True, extra="forbid")

    agent: str = Field("", min_length=1, max_length=64)
    profile: Name | None = None
    name: str | None = Field(None, max_length=200)
    provider: str | None = Field(None, max_length=64)
    model: str | None = Field(None, max_length=128)
    cwd: str | None = Field(None, min_length=1, max_length=4096)
    args: list[str] = Field([], max_length=256)
    shell: str | None = Field(None, min_length=1, max_length=4096)
    cols: int = Field(COLS, ge=2, le=1000)
    rows: int = Field(ROWS, ge=2, le=1000)
    env: dict[str, str] = {}
    initialCommand: Command | None = None
    prompt: Prompt | None = None
    color: Color | None = None
    tags: Tags = []
    network: Network | None = None
    networkAllow: Hosts = []
    budget: Limit | None = None
    credentials: Literal["auto", "key", "subscription"] = "auto"
    repo: Repo | None = None
    record: bool = False
    recordInput: bool = False
    searchable: bool = True

    @model_validator(mode="after")
    def _has_one_workspace(self) -> Self:
        if self.repo is not None and self.cwd is not None:
            raise ValueError("repo is cloned into a workspace of the session's own: leave cwd out")
        return self


class PatchSession(Payload):
    """What is not sent stays as it is; no tags at all are an empty list, and no budget is null."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: str = Field(MAY_BE_MISSING, min_length=1, max_length=200)
    color: Color = MAY_BE_MISSING
    tags: Tags = MAY_BE_MISSING
    budget: Limit | None = None
    searchable: bool = MAY_BE_MISSING

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("The body needs at least one of name, color, tags, budget and searchable")
        return self


class ListSessions(BaseModel):
    """Query parameters; `cursor` is the `nextCursor` of the page before."""

    status: Literal["starting", "running", "exited", "lost"] | None = None
    kind: Literal["interactive", "run"] | None = None
    agent: str | None = None
    owner: str | None = None
    tag: str | None = None
    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=200)


class DeleteSession(BaseModel):
    """Query parameters; `keep`: the workspace stays."""

    keep: Literal["true", "false"] = "false"

    @field_validator("keep", mode="before")
    @classmethod
    def _in_any_case(cls, said: Any) -> Any:
        return said.lower() if isinstance(said, str) else said


class SwitchAgent(Payload):
    """`handoff: summary` writes down for the next agent what was done."""

    agent: str = Field(min_length=1, max_length=64)
    provider: str | None = Field(None, max_length=64)
    model: str | None = Field(None, max_length=128)
    handoff: Literal["none", "summary"] = "none"


class Restart(Payload):
    """`resume`: the agent goes on with its last conversation, where it has one and can."""

    resume: bool = True


class SendSignal(Payload):
    """`signal`: a number, or a name with or without SIG; case counts for nothing."""

    signal: int | str

    @property
    def number(self) -> Signals:
        return _signal(self.signal)

    @field_validator("signal")
    @classmethod
    def _is_one(cls, value: int | str) -> int | str:
        _signal(value)
        return value


def _signal(wanted: int | str) -> Signals:
    try:
        return Signals(wanted) if isinstance(wanted, int) else Signals["SIG" + wanted.upper().removeprefix("SIG")]
    except (ValueError, KeyError):
        raise ValueError("must be the name of a signal, such as SIGINT, or its number") from None


class CreateShare(Payload):
    """`user`: a name; without one it is a link. `expiresIn`: seconds. `maxUses`: how often the link may be followed."""

    mode: ShareMode
    expiresIn: int = Field(shares.LIFE_S, ge=60, le=shares.LONGEST_LIFE_S)
    maxUses: int | None = Field(None, ge=1, le=1_000_000)
    user: str | None = Field(None, min_length=1, max_length=150, pattern=r"^[^\x00]+$")

    @model_validator(mode="after")
    def _uses_are_of_links(self) -> Self:
        if self.user is not None and self.maxUses is not None:
            raise ValueError("maxUses is for links, not for users")
        return self
