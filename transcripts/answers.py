"""What callers get of what CLIs tell of themselves, for the description of the API; names as on the wire."""

from core.described import Answer, Timestamp


class TranscriptCalls(Answer):
    """Calls that transcripts tell of: all, those that the ledger knows, and those that it lacks."""

    told: int
    matched: int
    missing: int


class ToolUse(Answer):
    name: str
    count: int
    failed: int
    totalMs: int


class AgentActivity(Answer):
    """What the session's CLIs reported of their doing."""

    prompts: int
    errors: int
    tools: list[ToolUse]


class SessionTranscripts(Answer):
    transcripts: TranscriptCalls
    activity: AgentActivity


class PlanUsage(Answer):
    """How much of a subscription is used up, as a transcript said last."""

    agent: str
    window: str
    usedPercent: float
    windowMinutes: int | None
    resetsAt: Timestamp | None
    seenAt: Timestamp


class PlanUsages(Answer):
    plans: list[PlanUsage]
