"""What `/api/events` says: the runner's events of a session, and those of its money, in the words of the API."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from core.errors import SessionNotFound
from sessions import figures, serializers, services
from sessions.figures import OVER_BUDGET, Figures
from sessions.models import Session

WHOLE = {"created": "created", "exited": "exited", "replaced": "switched", "changed": "changed"}
ATTENTION = ("needs_input", "rate_limited")
FAILED = "failed"
COST = "cost:updated"
OF_BUDGETS = {"budget_warning": "budget:warning", "budget_exceeded": "budget:exceeded"}


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the stream: its name and its data; `subject` and `kind` say what a newer one replaces."""

    name: str
    subject: str
    kind: str
    data: dict[str, Any]


def of_session(kind: str, session_id: str, session: dict[str, Any] | None = None, **more: Any) -> Happening:
    """`session`: the fields of the session that have changed, as the API shows them."""
    facts = {} if session is None else {"session": session}
    return Happening("session", session_id, kind, {"type": kind, "sessionId": session_id, **facts, **more})


def of_runner(available: bool) -> Happening:
    return Happening("runner", "", "runner", {"available": available})


def attention(reason: str, session: dict[str, Any]) -> Happening:
    data = {"reason": reason, "sessionId": session["id"], "session": session}
    return Happening("attention", session["id"], "attention", data)


def of_cost(session_id: str, money: Figures) -> Happening:
    return Happening(COST, session_id, "cost", {"sessionId": session_id, **figures.payload(money)})


def of_state(session: dict[str, Any]) -> list[Happening]:
    """The state that a session has come to, and a call for attention if it needs somebody."""
    shown = {name: session[name] for name in ("state", "stateSince")}
    called = [attention(session["state"], session)] if session["state"] in (*ATTENTION, OVER_BUDGET) else []
    return [of_session("state", session["id"], shown), *called]


def of_budget(event: dict[str, Any]) -> list[Happening]:
    """That a session has reached the warning or the limit of a budget; nothing if it is gone. Sync, uses the ORM."""
    name, session_id, budget_id = OF_BUDGETS[event["event"]], event["id"], event["budget"]
    status = figures.standing(UUID(budget_id), UUID(session_id))
    if status is None:
        return []
    data = {"sessionId": session_id, "budget": figures.budget(status)}
    return [Happening(name, session_id, f"{name} {budget_id}", data)]


def needs_row(event: dict[str, Any]) -> bool:
    """Whether the session's row must be asked to say this; the others are many and need no database."""
    return event["event"] in WHOLE or (event["event"] == "state" and event["state"] in ATTENTION)


def translate(event: dict[str, Any]) -> list[Happening]:
    """An event that needs no row; nothing for those that mean nothing to callers."""
    kind, session_id = event["event"], event["id"]
    if kind == "state":
        since = serializers.timestamp(datetime.fromtimestamp(event["since"], UTC))
        return [of_session("state", session_id, {"state": event["state"], "stateSince": since})]
    if kind == "resized":
        return [of_session("resized", session_id, {"cols": event["cols"], "rows": event["rows"]})]
    if kind == "title":
        return [of_session("title", session_id, title=event["title"])]
    if kind == "viewers":
        return [of_session("viewers", session_id, {"viewers": serializers.viewers(event["viewers"])})]
    if kind == "recording":
        recording = {"id": event["recording"], "status": event["status"]}
        return [of_session("recording", session_id, recording=recording)]
    if kind == "removed":
        return [of_session("deleted", session_id)]
    return []


def translate_with_row(event: dict[str, Any]) -> list[Happening]:
    """An event that shows the session as a whole or calls somebody. Sync, uses the ORM; also notes what it was told."""
    try:
        row = Session.objects.get(pk=event["id"])
        if "info" in event:
            services.note(row, event["info"])
    except (Session.DoesNotExist, SessionNotFound):
        return []
    session = serializers.session(row)
    if event["event"] == "state":
        return [*translate(event), attention(event["state"], session)]
    said = of_session(WHOLE[event["event"]], event["id"], session)
    return [said, attention(FAILED, session)] if event["event"] == "exited" and _has_failed(row) else [said]


def _has_failed(row: Session) -> bool:
    """Ended badly, and nobody asked for it."""
    return row.ended_by in ("", "memory") and (bool(row.exit_code) or row.exit_signal is not None)
