"""What callers ask the audit log, checked; names as on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from audit.models import AuditEvent
from core.moments import timestamp

Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
COLUMNS = ("seq", "at", "actor", "actorId", "via", "address", "action", "target", "details", "previousHash", "hash")


class Filters(BaseModel):
    """`action`: a whole one, or its beginning and a `*`. `since` and `until`: moments with a time zone."""

    actor: Text | None = None
    action: Text | None = None
    target: Text | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    def wanted(self) -> dict[str, Any]:
        """As the database is asked."""
        asked: dict[str, str | datetime | None] = {
            "actor_name": self.actor,
            "target": self.target,
            "at__gte": self.since,
            "at__lt": self.until,
        }
        if self.action is not None and self.action.endswith("*"):
            asked["action__startswith"] = self.action.removesuffix("*")
        else:
            asked["action"] = self.action
        return {name: value for name, value in asked.items() if value is not None}


class ListEvents(Filters):
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None


class Export(Filters):
    format: Literal["jsonl", "csv"] = "jsonl"


def event(row: AuditEvent) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": timestamp(row.at),
        "actor": row.actor_name or None,
        "actorId": row.actor_id,
        "via": row.via,
        "address": row.address or None,
        "action": row.action,
        "target": row.target or None,
        "details": row.details,
        "previousHash": row.previous_hash,
        "hash": row.hash,
    }
