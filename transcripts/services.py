"""Reads transcripts through the runner and tells the ledger what only they know.

A call that went through the providers' door is in the ledger already; what its transcript says is kept to compare. A
session that is logged in by subscription goes past the door: then the transcript is the source, and what it tells
becomes an entry that says what the provider's API would have cost. None is ever added twice.
"""

import base64
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from agents import logins
from agents import transcripts as kinds
from agents.transcripts import PlanUse, Transcript
from agents.transcripts import Told as Call
from core.errors import AgtermError, SessionNotFound
from costs import ledger
from costs.models import Basis, Entry, Kind, MeteredSession
from sessions import money
from sessions import services as sessions
from sessions.models import LIVE, Session
from transcripts.models import PlanUsage, Reading, Told, TranscriptFile

log = logging.getLogger("agterm.transcripts")

# A program may write down whatever it likes: what one session can cost is bounded, each time and in all.
LOOK, LAST_LOOK = (1.0, 500), (5.0, 5000)  # seconds, calls; what is left after that is read the next time
PIECE_BYTES = 2 * 1024 * 1024  # of one answer; more than the longest line that is read
MAX_CALLS = 100_000
MAX_FILES = 2000
MAX_MODELS, ANOTHER_MODEL = 50, "another model"  # each has lines of its own in everybody's reports


def read_all() -> None:
    """Look at every live session, and once more at those that have ended since."""
    over = Reading.objects.filter(is_over=True).values("session_id")
    for row in Session.objects.filter(agent__in=kinds.AGENTS).filter(Q(status__in=LIVE) | ~Q(pk__in=over)):
        look(row)


def look(row: Session) -> None:
    """`read`, or `read_to_the_end` when the session's program has ended."""
    (read if row.status in LIVE else read_to_the_end)(row)


def read(row: Session) -> None:
    """What is new in the session's transcripts, and a log-in made there; errors are logged, never raised."""
    _read(row, is_over=False)


def read_to_the_end(row: Session) -> None:
    """As `read`, when nothing more will follow: what was held back because it might still change is taken as it is."""
    _read(row, is_over=True)


def _read(row: Session, *, is_over: bool) -> None:
    kind = kinds.kind_of(row.agent) if row.within_id is None else None  # one within another writes into its HOME
    metered = MeteredSession.objects.filter(pk=row.pk).first() if kind else None
    if kind is None or metered is None:
        return
    try:
        if row.by_subscription:
            keep_login(row)
        with _alone(row.pk) as is_first:
            if is_first or is_over:
                _Look(row, metered, kind).through(is_over)
    except AgtermError as error:
        log.info("transcripts of session %s: %s", row.pk, error.message)
        if isinstance(error, SessionNotFound):  # its folders are gone
            Reading.objects.update_or_create(session=metered, defaults={"is_over": True})
    except Exception:
        log.exception("transcripts of session %s can't be read", row.pk)


_looked_at: set[UUID] = set()


@contextmanager
def _alone(session_id: UUID) -> Iterator[bool]:
    """Whether nobody else is looking at that session; two who do would do the same work twice, and no harm."""
    if session_id in _looked_at:
        yield False
        return
    _looked_at.add(session_id)
    try:
        yield True
    finally:
        _looked_at.discard(session_id)


def keep_login(row: Session) -> bool:
    """Keep the log-in by subscription that was made or renewed in the session; whether there was news of one."""
    kind = logins.kind_of(row.agent)
    if kind is None:
        return False
    answer = sessions.ask(row, "home_files", patterns=list(kind.files), max_bytes=4 * logins.MAX_FILE_BYTES)
    files = {found["path"]: base64.b64decode(found["data"]) for found in answer["files"]}
    return logins.offer(row.owner_id, row.agent, files, since=row.created_at)


class _Look:
    """One look at a session's transcripts."""

    def __init__(self, row: Session, metered: MeteredSession, kind: type[Transcript]) -> None:
        self._row, self._metered, self._kind = row, metered, kind
        self._reading, _ = Reading.objects.get_or_create(session=metered)
        self._has_entries = False  # new ones

    def through(self, is_over: bool) -> None:
        seconds, self._calls_left = LAST_LOOK if is_over else LOOK
        self._until = time.monotonic() + seconds
        while not (is_whole := self._round()) and self._may_go_on:
            pass
        if is_over and is_whole:
            self._finish()
        if self._has_entries:
            money.changed([self._row.pk])
        if self._reading.is_over != (is_over and is_whole):
            self._reading.is_over = is_over and is_whole
            self._reading.save(update_fields=["is_over"])

    @property
    def _may_go_on(self) -> bool:
        return self._calls_left > 0 and time.monotonic() < self._until

    def _round(self) -> bool:
        """One answer of the runner's; whether there is nothing more to ask for."""
        known = {file.path: file for file in self._files()}
        since = {path: file.offset for path, file in known.items()}
        answer = sessions.ask(
            self._row, "home_files", patterns=list(self._kind.patterns), since=since, max_bytes=PIECE_BYTES
        )
        room = MAX_FILES - len(known)
        new = {file["path"] for file in [f for f in answer["files"] if f["path"] not in known][:room]}
        files = [file for file in answer["files"] if file["path"] in known or file["path"] in new]
        began_anew = [f for f in files if self._is_another(known.get(f["path"]), f)]
        moved = [self._take(known.get(f["path"]), f) for f in files if f not in began_anew]
        return self._may_go_on and not began_anew and (answer["whole"] or not any(moved))

    def _files(self) -> list[TranscriptFile]:
        """Those of the session's agent; another one may have run there before."""
        rows = TranscriptFile.objects.filter(session=self._metered)
        return [row for row in rows if any(fnmatchcase(row.path, pattern) for pattern in self._kind.patterns)]

    def _is_another(self, known: TranscriptFile | None, found: dict[str, Any]) -> bool:
        """Whether another file has taken the name of one that we knew; it is asked for from its beginning."""
        if known is None or known.identity == found["identity"] or found["offset"] == 0:
            return False
        known.identity, known.state, known.offset = found["identity"], {}, 0
        known.save()
        return True

    def _take(self, known: TranscriptFile | None, found: dict[str, Any]) -> bool:
        """Note what a piece of a file tells, bit by bit, and how far it is known now; whether that is news."""
        file = known or TranscriptFile(session=self._metered, path=found["path"], identity=found["identity"])
        if found["offset"] < file.offset:  # it was cut, or made anew
            file.identity, file.state, file.offset = found["identity"], {}, 0
        data, at = base64.b64decode(found["data"]), 0
        while self._may_go_on:
            reader = self._kind(file.state)
            calls, end = reader.feed(data, at)
            if end == at:
                break
            with transaction.atomic():
                self._note(calls, reader.plan.values())
                file.offset, file.state, at = file.offset + end - at, reader.state, end
                file.save()
        return at > 0

    def _finish(self) -> None:
        for file in [file for file in self._files() if file.state]:
            calls = self._kind(file.state).rest()
            with transaction.atomic():
                self._note(calls, ())
                file.state = {}
                file.save()

    def _note(self, calls: Sequence[Call], plan: Iterable[PlanUse]) -> None:
        room = MAX_CALLS - self._reading.calls
        self._calls_left -= len(calls)
        if calls[:room]:
            found = {call.id: self._possible_call(call) for call in calls[:room]}
            self._remember(found)
            if self._row.by_subscription:
                new = _not_metered(self._metered.pk, found.values())
                ledger.record_all([self._entry(call) for call in new])
                self._has_entries = self._has_entries or bool(new)
        for use in plan:
            _remember_plan(self._metered.owner_id, self._row.agent, replace(use, seen_at=self._possible(use.seen_at)))

    def _possible_call(self, call: Call) -> Call:
        if len(self._models) < MAX_MODELS:
            self._models.add(call.model)
        model = call.model if call.model in self._models else ANOTHER_MODEL
        return replace(call, at=self._possible(call.at), model=model)

    @cached_property
    def _models(self) -> set[str]:
        return set(Told.objects.filter(session=self._metered).values_list("model", flat=True).distinct())

    def _possible(self, at: datetime) -> datetime:
        """No call was made before its session, and none will have been made; else the ledger's days would be forged."""
        return max(self._row.created_at, min(at, datetime.now(UTC)))

    def _remember(self, calls: dict[str, Call]) -> None:
        told = Told.objects.filter(session=self._metered, agent=self._row.agent)
        count = told.filter(source_id__in=calls).count()
        Told.objects.bulk_create(
            [
                Told(
                    session=self._metered,
                    agent=self._row.agent,
                    source_id=call.id,
                    at=call.at,
                    model=call.model,
                    request_id=call.request_id,
                    response_id=call.response_id,
                    total_tokens=call.usage.total_tokens,
                    is_billed=not self._row.by_subscription,
                )
                for call in calls.values()
            ],
            update_conflicts=True,
            unique_fields=["session", "agent", "source_id"],
            update_fields=["at", "model", "request_id", "response_id", "total_tokens"],
        )
        if count < len(calls):
            self._reading.calls += len(calls) - count
            self._reading.save(update_fields=["calls"])

    def _entry(self, call: Call) -> ledger.NewEntry:
        return ledger.NewEntry(
            key=f"transcript:{self._row.agent}:{self._metered.pk}:{call.id}"[:200],
            kind=Kind.TRANSCRIPT,
            basis=Basis.SUBSCRIPTION,
            session_id=self._metered.pk,
            agent=self._row.agent,
            provider=self._kind.provider_id,
            model=call.model,
            at=call.at,
            usage=call.usage,
            terms=call.terms,
            request_id=call.request_id,
            response_id=call.response_id,
        )


def _not_metered(session_id: UUID, calls: Iterable[Call]) -> list[Call]:
    """Those that the door has not metered all the same."""
    calls = list(calls)
    asked = Q(request_id__in={c.request_id for c in calls} - {""}) | Q(
        response_id__in={c.response_id for c in calls} - {""}
    )
    rows = _metered_calls(session_id).filter(asked).values_list("request_id", "response_id")
    known = {name for row in rows for name in row} - {""}
    return [call for call in calls if known.isdisjoint((call.request_id, call.response_id))]


def _metered_calls(session_id: UUID) -> QuerySet[Entry]:
    """What the door knows of the session and the runs within it, whose transcripts lie in the same HOME."""
    return Entry.objects.filter(Q(session_id=session_id) | Q(session__parent_id=session_id), kind=Kind.CALL)


def _remember_plan(owner_id: int, agent: str, use: PlanUse) -> None:
    newer = PlanUsage.objects.filter(owner_id=owner_id, agent=agent, window=use.window, seen_at__gt=use.seen_at)
    if newer.exists():
        return
    PlanUsage.objects.update_or_create(
        owner_id=owner_id,
        agent=agent,
        window=use.window,
        defaults={
            "used_percent": use.used_percent,
            "window_minutes": use.window_minutes,
            "resets_at": use.resets_at,
            "seen_at": use.seen_at,
        },
    )


def compared(session_id: UUID) -> dict[str, int]:
    """`{told, matched, missing}`: calls that transcripts tell of, that the ledger knows, and that it lacks.

    Transcripts that carry no id of the provider's can't be compared, and are not counted as missing.
    """
    same = _metered_calls(session_id)
    by_request = Exists(same.filter(request_id=OuterRef("request_id")).exclude(request_id=""))
    by_response = Exists(same.filter(response_id=OuterRef("response_id")).exclude(response_id=""))
    rows = Told.objects.filter(session_id=session_id)
    matched = rows.filter(by_request | by_response).count()
    comparable = rows.filter(is_billed=True).exclude(request_id="", response_id="")
    return {
        "told": rows.count(),
        "matched": matched,
        "missing": comparable.exclude(by_request | by_response).count(),
    }
