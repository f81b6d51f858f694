"""What callers of the session endpoints get, for the OpenAPI document."""

from typing import Any, Literal

from core.described import MAY_BE_MISSING, Answer, Timestamp, Usd
from core.errors import (
    AgentDisabled,
    AgentNotFound,
    Conflict,
    HostUnavailable,
    IsolationTooWeak,
    NotFound,
    PathOutsideWorkspace,
    StorageFull,
)
from costs.answers import Action, Counts, Period, Scope
from runner.protocol import Level, Network

SessionState = Literal["working", "idle", "needs_input", "rate_limited", "over_budget", "exited", "lost"]
End = Literal["certain", "likely"]

STARTING = (
    AgentDisabled,
    AgentNotFound,
    Conflict,
    HostUnavailable,
    IsolationTooWeak,
    NotFound,
    PathOutsideWorkspace,
    StorageFull,
)  # how a program may fail to start


class Cost(Counts):
    """What the session has cost so far, with what ran within it."""

    unpricedRequests: int
    apiEquivalentUsd: Usd
    apiEquivalentRequests: int
    apiEquivalentTokens: int


class Standing(Answer):
    """A budget as it stands for one session."""

    id: str
    name: str
    scope: Scope
    period: Period
    action: Action
    limitUsd: Usd
    spentUsd: Usd
    leftUsd: Usd
    percent: int
    softPercent: int


class Blocked(Answer):
    """Why its next call would be refused. Without a budget: no price is known for the model, so none can be kept."""

    budget: Standing | None
    message: str
    neededUsd: Usd


class ModelConfig(Answer):
    provider: str | None
    model: str | None


class Box(Answer):
    """How the session's program is walled in; all null and empty before it was started."""

    level: Level | None
    network: Network | None
    allow: list[str]
    notes: list[str]
    end: End | None


class SessionRepo(Answer):
    """The repository that the workspace began with."""

    source: str
    kind: Literal["url", "path"]
    branch: str | None
    worktree: bool
    depth: int | None


class SessionGit(Answer):
    """The workspace as a repository when it was last looked at."""

    branch: str | None
    formatted: str | None


class Viewer(Answer):
    """One attachment of somebody to the session."""

    id: int
    user: str | None
    mode: Literal["control", "view"]
    drives: bool
    since: Timestamp


class Session(Answer):
    """A workspace and the agent in it, as it is now."""

    id: str
    kind: Literal["interactive", "run"]
    withinId: str | None
    name: str
    agent: str
    createdAt: Timestamp
    lastActiveAt: Timestamp
    workspaceDir: str
    pid: int | None
    modelConfig: ModelConfig
    status: Literal["starting", "running", "exited", "lost"]
    state: SessionState
    stateSince: Timestamp
    exitCode: int | None
    signal: int | None
    endedBy: Literal["stop", "idle", "memory"] | None
    cols: int
    rows: int
    offset: int
    isolation: Box
    color: str
    tags: list[str]
    bySubscription: bool
    profile: str | None
    repo: SessionRepo | None
    git: SessionGit | None
    searchable: bool
    viewers: list[Viewer]
    access: Literal["own", "view", "control"]
    sharedBy: str | None
    cost: Cost
    budget: Standing | None
    blockedBy: Blocked | None


class SessionsAnswer(Answer):
    sessions: list[Session]
    nextCursor: str | None


class SessionAnswer(Answer):
    session: Session


class SessionDeletedAnswer(Answer):
    """`end`: whether it was seen that no process is left; null where nothing ran."""

    id: str
    deleted: Literal[True]
    end: End | None


class Handoff(Answer):
    """Where the next agent finds what was done."""

    path: str


class SwitchedAnswer(Answer):
    session: Session
    handoff: Handoff = MAY_BE_MISSING


class SignalAnswer(Answer):
    signal: str


class KeyRevokedAnswer(Answer):
    id: str
    revoked: Literal[True]


class Reached(Answer):
    """What happens again within a minute is one entry with a `count`; `sent` and `received` are bytes."""

    at: Timestamp
    host: str
    port: int
    verdict: Literal["allowed", "refused", "failed"]
    reason: str
    sent: int
    received: int
    count: int


class ReachedAnswer(Answer):
    """The newest last."""

    network: Network | None
    allow: list[str]
    reached: list[Reached]


class Missing(Answer):
    """A promise that this machine can't keep, and how to mend that."""

    what: str
    why: str
    fix: str


class RefusedLevel(Answer):
    level: str
    why: str
    fix: str


class Verified(Answer):
    """The last run of the attacks at this level."""

    at: str
    level: str
    attacks: int
    open: int
    unverified: int
    ms: int


class Minimum(Answer):
    wanted: str
    effective: Level
    satisfied: bool


class UsualNetwork(Answer):
    default: Network
    allow: list[str]
    privateCount: int


class IsolationAnswer(Answer):
    """How well this machine walls sessions in. `mechanisms` and `promises` have a value each, null for nothing."""

    level: Level
    wanted: str
    runAs: str
    mechanisms: dict[str, Any]
    promises: dict[str, Any]
    missing: list[Missing]
    refusedLevels: list[RefusedLevel]
    openAttacks: list[str]
    verified: Verified | None
    minimum: Minimum
    severalUsers: bool
    network: UsualNetwork


class Share(Answer):
    """`user`: whom it is with; null for one that goes by a link."""

    id: str
    mode: Literal["view", "control"]
    user: str | None
    createdBy: str
    createdAt: Timestamp
    expiresAt: Timestamp
    uses: int
    maxUses: int | None


class NewShare(Share):
    """`url` is told this once, of one that goes by a link."""

    url: str | None


class SharesAnswer(Answer):
    shares: list[Share]


class NewShareAnswer(Answer):
    share: NewShare


class ShareDeletedAnswer(Answer):
    id: str
    deleted: Literal[True]


class GuestSession(Answer):
    id: str
    name: str
    agent: str
    status: Literal["starting", "running", "exited", "lost"]
    state: SessionState
    cols: int
    rows: int


class GuestShare(Answer):
    mode: Literal["view", "control"]
    expiresAt: Timestamp
    by: str
    session: GuestSession


class SharedAnswer(Answer):
    share: GuestShare
