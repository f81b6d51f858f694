"""What can be asked of the search index, which is the runner's, and what its answers mean to a user here."""

import time
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User

from core.errors import Conflict, Forbidden, SessionNotFound
from costs.models import MeteredSession
from recordings import services as recordings
from recordings.models import Recording
from runner import client
from runner.porter import client as porter
from search.payloads import Search, SearchFilters
from sessions import services as sessions
from sessions.models import Session

OFF = "Search is off on this server (AGTERM_SEARCH)"
SWEEP_EVERY_S = 3600
_swept: dict[str, float] = {}


def search(user: User, wanted: Search) -> dict[str, Any]:
    """The reply of `runner.search.finding.query`, with `names` of sessions and `moments` in recordings by hit.

    Raises `Conflict` when search is off, `NotFound` for a session or a recording that the user may not see.
    """
    _check_on()
    narrowed = {} if wanted.filters is None else _narrowed(user, wanted.filters)
    found: dict[str, Any] = porter.call(
        settings.AGTERM.runner_address, "search.query",
        query=wanted.query, limit=wanted.limit, cursor=wanted.cursor, owner=_owner(user), **narrowed,
    )  # fmt: skip
    ids = {hit["session"] for hit in found["hits"]} | {each["session"] for each in found["dropped"]["sessions"]}
    return found | {"names": _names(ids), "moments": _moments(user, found["hits"])}


def suggestions(user: User, start: str, limit: int) -> list[str]:
    """Words that begin so, of what the user's own sessions printed and were told lately."""
    _check_on()
    found = porter.call(settings.AGTERM.runner_address, "search.suggest", prefix=start, owner=str(user.pk), limit=limit)
    return list(found["suggestions"])


def clear(user: User, *, everybody: bool) -> None:
    """Forget what the index holds of the user's sessions, also of deleted ones. What they print next is found again."""
    if everybody and not user.is_staff:
        raise Forbidden
    porter.call(settings.AGTERM.runner_address, "search.clear", owner=None if everybody else str(user.pk))


def sweep() -> None:
    """Let the index forget what is older than the configuration says; at most once an hour."""
    config = settings.AGTERM
    address = config.runner_address
    if not config.search or not config.search_days or time.monotonic() < _swept.get(address, 0):
        return
    before = datetime.now(UTC) - timedelta(days=config.search_days)
    client.call(address, "search_prune", before=before.timestamp())
    _swept[address] = time.monotonic() + SWEEP_EVERY_S


def _check_on() -> None:
    if not settings.AGTERM.search:
        raise Conflict(OFF, details={"setting": "AGTERM_SEARCH"})


def _owner(user: User) -> str | None:
    """Whose text he sees: his own; staff see all."""
    return None if user.is_staff else str(user.pk)


def _narrowed(user: User, filters: SearchFilters) -> dict[str, Any]:
    since, until, wanted = _milliseconds(filters.since), _milliseconds(filters.until), None
    if filters.sessionId is not None:
        wanted = {_seen(user, filters.sessionId)}
    if filters.recordingId is not None:
        row = recordings.find(user, filters.recordingId)
        wanted = {str(row.session_key)} if wanted is None else wanted & {str(row.session_key)}
        since = max(_milliseconds(row.started_at) or 0, since or 0)
        ended = _milliseconds(row.ended_at)
        until = min((each for each in (ended, until) if each is not None), default=None)
    return {
        "sessions": None if wanted is None else sorted(wanted), "agent": filters.agent, "kind": filters.kind,
        "since": since, "until": until,
    }  # fmt: skip


def _seen(user: User, session_id: str) -> str:
    """The id of a session that the user may see, or might have seen before it was deleted."""
    try:
        return str(sessions.find(user, session_id).pk)
    except SessionNotFound:
        rows = MeteredSession.objects.all() if user.is_staff else MeteredSession.objects.filter(owner=user)
        try:
            return str(rows.get(pk=uuid.UUID(session_id)).pk)
        except (ValueError, MeteredSession.DoesNotExist):
            raise SessionNotFound from None


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


def _names(ids: Iterable[str]) -> dict[str, str]:
    """Also of deleted sessions, as the ledger remembers them."""
    names: dict[str, str] = {}
    for model in (MeteredSession, Session):
        names |= {str(key): name for key, name in model.objects.filter(pk__in=ids).values_list("pk", "name")}
    return names


def _moments(user: User, hits: Sequence[dict[str, Any]]) -> dict[str, tuple[str, int]]:
    """By id of a hit: the newest recording that was made at that moment, and the time in it in ms."""
    rows = recordings.visible_to(user).filter(session_key__in={hit["session"] for hit in hits}).order_by("started_at")
    by_session: dict[str, list[Recording]] = {}
    for row in rows.only("session_key", "started_at", "ended_at"):
        by_session.setdefault(str(row.session_key), []).append(row)
    moments = {}
    for hit in hits:
        for row in by_session.get(hit["session"], ()):
            began, ended = _milliseconds(row.started_at) or 0, _milliseconds(row.ended_at)
            if began <= hit["at"] and (ended is None or hit["at"] <= ended):
                moments[hit["id"]] = (str(row.pk), hit["at"] - began)
    return moments
