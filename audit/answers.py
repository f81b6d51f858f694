"""What callers of the audit log get, for the OpenAPI document."""

from typing import Any

from core.described import Answer, Timestamp


class AuditEvent(Answer):
    """`hash` is of this event and `previousHash`, which is that of the one before."""

    seq: int
    at: Timestamp
    actor: str | None
    actorId: int | None
    via: str
    address: str | None
    action: str
    target: str | None
    details: dict[str, Any]
    previousHash: str
    hash: str


class AuditAnswer(Answer):
    events: list[AuditEvent]
    nextCursor: str | None


class AuditVerifiedAnswer(Answer):
    """`brokenAt`: the number of the first event that is not as it was written."""

    ok: bool
    events: int
    head: str
    brokenAt: int | None
    reason: str | None
