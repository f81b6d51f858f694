"""What callers get from the endpoints of runs, for the description of the API; names as on the wire."""

from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict

from core.described import Answer, Timestamp
from sessions.answers import Cost, ModelConfig

RunStatus = Literal["queued", "running", "done", "failed", "limit", "needs_input", "cancelled"]
Safety = Literal["read_only", "mutating", "destructive"]


class RunEvent(Answer):
    """Something that happened in a run; what else it has follows from its `kind`."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    kind: str


class ServerSentEvent(Answer):
    """One event of a stream; `data` is JSON: a `RunEvent`, or for the event `run`, which comes first, a `RunNames`."""

    data: str = ""
    event: str = ""
    id: str = ""
    retry: int = 0


class RunNames(Answer):
    """How to ask for a run later."""

    runId: UUID
    sessionId: UUID | None


class _Run(Answer):
    sessionId: UUID | None
    sessionName: str
    status: RunStatus
    agent: str
    modelConfig: ModelConfig
    message: str
    readOnly: bool
    dryRun: bool
    confirm: bool
    strict: bool
    timeoutMs: int
    awaiting: RunEvent | None
    result: str
    reason: str | None
    conversation: str | None
    cost: Cost
    usage: dict[str, Any]
    startedAt: Timestamp
    endedAt: Timestamp | None


class Run(_Run):
    """One message to an agent and what came of it. `usage` is what the agent says itself, `cost` is the ledger's."""

    id: UUID


class RunList(Answer):
    runs: list[Run]
    nextCursor: str | None


class RunWithDiff(Run):
    """`diff`: what changed in the workspace meanwhile, null where that is no git repository."""

    diff: str | None
    diffTruncated: bool


class RunWithEvents(RunWithDiff):
    events: list[RunEvent]


class RunAnswer(Answer):
    run: RunWithEvents


class RunCancelled(Answer):
    run: RunWithDiff


class RunOutcome(_Run):
    """How a run ended, and all that happened in it."""

    runId: UUID
    diff: str | None
    diffTruncated: bool
    events: list[RunEvent]


class RunAnswered(Answer):
    runId: str
    id: str
    decision: Literal["once", "always", "no"]


class ToolCall(Answer):
    """A past tool call of a run."""

    id: str
    at: Timestamp
    runId: UUID
    sessionId: UUID | None
    sessionName: str
    agent: str
    tool: str
    arguments: dict[str, Any]
    safety: Safety | None
    result: Any
    status: Literal["ok", "error", "pending"]
    durationMs: float | None


class ToolHistory(Answer):
    history: list[ToolCall]
    nextCursor: str | None


class Tool(Answer):
    """What agterm-agent can call; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]
    safety: Safety
    provenance: Literal["declared", "inferred"]
    source: str


class ToolList(Answer):
    tools: list[Tool]


class ToolResource(Answer):
    name: str
    baseUrl: str
    actions: list[Tool]


class ToolSchema(Answer):
    """The caller's OpenAPI documents with the tools that each becomes."""

    version: int
    source: Literal["openapi"] | None
    resources: list[ToolResource]


class ApiDocument(Answer):
    """An OpenAPI document of the caller's; `notices` say which operations can be no tool."""

    name: str
    title: str | None
    baseUrl: str
    tools: list[str]
    notices: list[str]
    createdAt: Timestamp
    updatedAt: Timestamp


class ApiDocumentWithContent(ApiDocument):
    content: dict[str, Any]


class ApiDocumentList(Answer):
    documents: list[ApiDocument]


class ApiDocumentAnswer(Answer):
    document: ApiDocument


class ApiDocumentWhole(Answer):
    document: ApiDocumentWithContent


class ApiDocumentDeleted(Answer):
    name: str
    deleted: Literal[True]


class RunConfiguration(Answer):
    """What holds for every run, whatever it asks for, and the agents that run headless."""

    defaultAgent: str
    defaultProvider: str | None
    defaultModel: str | None
    agents: list[str]
    syncSource: Literal["openapi"] | None
    baseUrl: str
    readOnly: bool
    dryRun: bool
    strict: bool
    confirmDefault: bool
    timeoutMs: int
    runsPerUser: int | None
