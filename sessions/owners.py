"""What runs for a user: how many sessions, and their end when the user is locked out. `accounts.running` asks."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count

from accounts import running
from accounts.running import Stopped
from core.errors import AgtermError, Conflict, HostUnavailable, SessionNotFound
from runner import client
from sessions import keys, services
from sessions.models import LIVE, Session, Status


def listen() -> None:
    running.counting.connect(_count, dispatch_uid="sessions")
    running.stopping.connect(_stop, dispatch_uid="sessions")


def _count(sender: Any, *, user_ids: Collection[int], **_more: Any) -> Mapping[int, int]:
    live = Session.objects.filter(owner__in=user_ids, status__in=LIVE).order_by()
    return dict(live.values_list("owner_id").annotate(Count("pk")))


def _stop(sender: Any, *, user_id: int, **_more: Any) -> list[Stopped]:
    """All at once on each runner: to end one may take its whole grace."""
    rows = list(Session.objects.filter(owner=user_id, status__in=LIVE).defer("recipe"))
    found: list[Stopped | None] = []
    for address in sorted({row.runner for row in rows}):
        theirs = [row for row in rows if row.runner == address]
        try:
            replies = client.call_many(address, "end", [{"id": str(row.pk), "by": "stop"} for row in theirs])
        except HostUnavailable as error:
            found += [Stopped(str(row.pk), row.name, error) for row in theirs]
        else:
            found += [_stopped(row, reply) for row, reply in zip(theirs, replies, strict=True)]
    return [one for one in found if one is not None]


def _stopped(row: Session, reply: dict[str, Any]) -> Stopped | None:
    """None: it was not live any more."""
    failure: AgtermError | None = None
    try:
        services.note(row, client.result_of(reply))
        keys.revoke(row)
    except AgtermError as error:
        failure = services.as_lost(row, error)
    if isinstance(failure, SessionNotFound):
        return None
    if row.status in LIVE:
        return Stopped(str(row.pk), row.name, failure or Conflict("The session is just being started"))
    return Stopped(str(row.pk), row.name) if row.status == Status.EXITED and row.ended_by == "stop" else None
