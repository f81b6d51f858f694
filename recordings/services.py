"""What can be done with recordings. The file is the runner's; a row is a copy of what the runner last said of it."""

import contextlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.permissions import Verb, can
from core.errors import AgtermError, Conflict, HostUnavailable, InvalidRequest, NotFound, SessionNotFound
from recordings.models import Forgetting, Recording, Status
from recordings.payloads import ListRecordings
from runner import client
from sessions import services as sessions
from sessions.models import Session

MIB = 1024 * 1024
STARTING_PATIENCE_S = 60
FORGOTTEN_AT_ONCE = 200
REFRESHED_AT_ONCE = 50  # each may have thousands of markers
FORGETTING_TIMEOUT_S = 3.0  # whoever deletes a session waits for it
FACTS = (
    "status", "started_at", "ended_at", "duration_ms", "cols", "rows", "event_count", "size_bytes", "markers",
    "truncated", "error",
)  # fmt: skip


def visible_to(user: User) -> QuerySet[Recording]:
    """The recordings a user may see: those of his own sessions, also deleted ones; staff see all."""
    rows = Recording.objects.all()
    return rows if user.is_staff else rows.filter(owner=user)


def find(user: User, recording_id: str | uuid.UUID, verb: Verb = "view") -> Recording:
    """The recording, or `NotFound`: a stranger's is no different from one that never was."""
    row = _known(recording_id)
    if row is None or not can(user, verb, row):
        raise NotFound("Recording not found")
    return row


def _known(recording_id: str | uuid.UUID) -> Recording | None:
    try:
        return Recording.objects.filter(pk=uuid.UUID(str(recording_id))).first()
    except ValueError:
        return None


def listed(user: User, wanted: ListRecordings) -> tuple[list[Recording], str | None]:
    """The recordings asked for as they are now, the newest first, and the cursor of the next page (None at the end)."""
    if wanted.status is not None:
        refresh(visible_to(user).filter(status=Status.RECORDING))
    rows = visible_to(user).order_by("-started_at", "-pk")
    if wanted.status is not None:
        rows = rows.filter(status=wanted.status)
    if wanted.sessionId is not None:
        rows = rows.filter(session_key=_uuid(wanted.sessionId, "sessionId"))
    if wanted.cursor is not None:
        at, key = _place(wanted.cursor)
        rows = rows.filter(Q(started_at__lt=at) | Q(started_at=at, pk__lt=key))
    found = list(rows[: wanted.limit + 1])
    page = found[: wanted.limit]
    refresh(page)
    return page, _cursor(page[-1]) if len(found) > wanted.limit else None


def _cursor(row: Recording) -> str:
    """Tells the place also when its row is gone."""
    return f"{row.started_at.isoformat()}_{row.pk}"


def _place(cursor: str) -> tuple[datetime, uuid.UUID]:
    at, _, key = cursor.replace(" ", "+").partition("_")
    try:
        return datetime.fromisoformat(at).astimezone(UTC), uuid.UUID(key)
    except (ValueError, OverflowError):
        raise InvalidRequest("cursor must be the nextCursor of the page before") from None


def _uuid(text: str, field: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise InvalidRequest(f"{field} must be a UUID") from None


def active(user: User) -> list[Recording]:
    """Those under way, the newest first."""
    rows = list(visible_to(user).filter(status=Status.RECORDING))
    refresh(rows)
    return [row for row in rows if row.status == Status.RECORDING]


def of_session(session: Session) -> Recording | None:
    """The recording under way of this session, None when it is not recorded."""
    rows = list(Recording.objects.filter(session_key=session.pk, status=Status.RECORDING))
    refresh(rows)
    return next((row for row in rows if row.status == Status.RECORDING), None)


def start(session: Session, *, title: str = "", include_input: bool = False, from_start: bool = False) -> Recording:
    """Record what the session prints from now on, or, `from_start`, also what it has printed so far.

    Raises `Conflict` when it is recorded already or has no terminal, and `HostUnavailable`. The row comes first, so
    that no file is ever without one.
    """
    config = settings.AGTERM
    row = Recording(
        owner_id=session.owner_id, session=session, session_key=session.pk, session_name=session.name,
        agent=session.agent, runner=session.runner, title=sessions.clean_name(title), include_input=include_input,
        started_at=datetime.now(UTC), cols=session.cols, rows=session.rows,
    )  # fmt: skip
    try:
        row.save(force_insert=True)
    except IntegrityError:  # the session was deleted just now
        raise SessionNotFound from None
    try:
        facts = sessions.ask_live(
            session, "record_start", recording=str(row.pk), include_input=include_input, from_start=from_start,
            max_bytes=config.recording_max_mb * MIB, max_seconds=max(1, int(config.recording_max_hours * 3600)),
            title=row.title or session.name,
        )  # fmt: skip
    except AgtermError as error:
        if not (isinstance(error, HostUnavailable) and error.may_have_happened):
            row.delete()  # else it stays, and the next look says whether it is recorded
        raise
    _store([row], {str(row.pk): facts})
    return row


def stop(user: User, some_id: str) -> Recording:
    """End a recording, by its own id or its session's. Raises `Conflict` when there is none under way."""
    row = _known(some_id)
    if row is None:
        session = sessions.find(user, some_id)
        row = of_session(session)
        if row is None:
            raise Conflict("The session is not being recorded")
    elif not can(user, "use", row):
        raise NotFound("Recording not found")
    return end(row)


def end(row: Recording) -> Recording:
    """End it; raises `Conflict` for one that has ended, `HostUnavailable`."""
    refresh([row])
    if row.status != Status.RECORDING:
        raise Conflict("The recording has ended already")
    facts = client.call(row.runner, "record_stop", id=str(row.session_key))
    _store([row], {facts["id"]: facts})
    return row


def remove(row: Recording) -> None:
    """Delete it with its file; one under way ends first. Raises `HostUnavailable`, and nothing is deleted then.

    With the last recording of a deleted session, what the search index holds of that session goes as well.
    """
    with contextlib.suppress(Conflict, SessionNotFound):
        if row.status == Status.RECORDING:
            end(row)
    with contextlib.suppress(NotFound):
        client.call(row.runner, "record_remove", recording=str(row.pk))
    row.delete()
    if not Session.objects.filter(pk=row.session_key).exists():
        forget(row.session_key, row.runner)


def forget(session_key: uuid.UUID, address: str) -> None:
    """Have the runner drop what its search index holds of a deleted session, unless a recording of it is left."""
    if not Recording.objects.filter(session_key=session_key).exists():
        Forgetting.objects.get_or_create(pk=session_key, defaults={"runner": address})
        transaction.on_commit(forget_due, robust=True)


def forget_due() -> None:
    """What could not be forgotten when it should have been is tried again by the next sweep.

    Nor can anything be where search is off: what the index holds from before waits until it is on again.
    """
    if not settings.AGTERM.search:
        return
    for address in Forgetting.objects.values_list("runner", flat=True).distinct():
        due = list(Forgetting.objects.filter(runner=address).values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
        with contextlib.suppress(AgtermError):
            asked = [{"id": str(key)} for key in due]
            for reply in client.call_many(address, "search_forget", asked, reply_timeout_s=FORGETTING_TIMEOUT_S):
                client.result_of(reply)
            Forgetting.objects.filter(pk__in=due).delete()


# --- agreeing with the runner ----------------------------------------------------------------------------------------


def refresh(rows: Iterable[Recording]) -> None:
    """Bring those under way up to date. A runner that is down leaves its own as they were."""
    by_runner: dict[str, list[Recording]] = {}
    for row in rows:
        if row.status == Status.RECORDING:
            by_runner.setdefault(row.runner, []).append(row)
    for address, some in by_runner.items():
        with contextlib.suppress(HostUnavailable):
            for begin in range(0, len(some), REFRESHED_AT_ONCE):
                part = some[begin : begin + REFRESHED_AT_ONCE]
                _store(part, client.call(address, "recordings", ids=[str(row.pk) for row in part]))


def _store(rows: Iterable[Recording], known: Mapping[str, Mapping[str, Any]]) -> None:
    changed = [row for row in rows if _note(row, known.get(str(row.pk)))]
    if changed:
        Recording.objects.bulk_update(changed, FACTS, batch_size=200)


def _note(row: Recording, facts: Mapping[str, Any] | None) -> bool:
    """Copy what the runner says onto the row (None: it has no such file); whether anything differed."""
    seen = _lost(row) if facts is None else _seen(facts)
    differs = any(getattr(row, name) != value for name, value in seen.items())
    for name, value in seen.items():
        setattr(row, name, value)
    return differs


def _seen(facts: Mapping[str, Any]) -> dict[str, Any]:
    copied = ("status", "duration_ms", "cols", "rows", "event_count", "size_bytes", "markers")
    return {name: facts[name] for name in copied} | {
        "started_at": datetime.fromtimestamp(facts["started_at"], UTC),
        "ended_at": None if facts["ended_at"] is None else datetime.fromtimestamp(facts["ended_at"], UTC),
        "truncated": facts["truncated"] or "",
        "error": (facts["error"] or "")[:300],
    }


def _lost(row: Recording) -> dict[str, Any]:
    """One that its runner does not know has failed, unless it is only just being started."""
    now = datetime.now(UTC)
    is_being_made = (now - row.started_at).total_seconds() < STARTING_PATIENCE_S
    return {} if is_being_made else {"status": Status.FAILED, "ended_at": now, "error": "Its runner has no such file"}
