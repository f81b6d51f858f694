"""What a run's follower writes down: its lease, the events, the end. Synchronous, each call a short transaction."""

import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from agents import registry
from agents.headless import Translator
from agterm_agent.events import Event, Status
from core.errors import AgentNotFound, AgtermError, Conflict, SessionNotFound
from costs import budgets, ledger
from costs.figures import Figures
from costs.money import usd
from runs import models
from runs.changes import Diff, Place
from runs.models import LIVE, Run, RunEvent
from runs.trail import PIECES, Numbered, Trail
from sessions import runs as programs
from sessions.models import Session

log = logging.getLogger("agterm.runs")

LEASE_S = 6.0
CANCELLED, LIMIT = "cancelled", "limit"
ENDED_BY = {
    "memory": "It took more memory than a session may have",
    "idle": "It did nothing for so long that the server ended it",
}


class LeaseLost(Exception):
    """Another process follows the run by now, or nobody needs to."""


@dataclass
class Taken:
    """A run to follow. `kept_to`: the number of the newest event that is stored."""

    run: Run
    address: str
    translator: Translator
    kept_to: int
    deadline: datetime
    ending: str


@dataclass(frozen=True)
class Known:
    """What is stored of a trail."""

    number: int
    open_calls: list[str]
    last_answer: str


@dataclass(frozen=True)
class End:
    """How its program ended. `problem`: why nobody can know; `ended_by`: as the runner says it."""

    code: int | None = None
    ended_by: str = ""
    problem: str = ""


def take(run_id: UUID, follower: str) -> Taken | None:
    """The run with its lease; None: it has ended, or somebody else follows it."""
    free = Q(followed_until=None) | Q(followed_until__lt=_now()) | Q(follower=follower)
    found = Run.objects.filter(free, pk=run_id, status=models.Status.RUNNING)
    if not found.update(follower=follower, followed_until=_now() + timedelta(seconds=LEASE_S)):
        return None
    run = Run.objects.get(pk=run_id)
    program = program_of(run)
    headless = _headless(run.agent)
    if program is None or headless is None:
        fail(run, "Its session is gone" if program is None else f"There is no agent {run.agent} any more")
        return None
    newest = run.events.order_by("-number").values_list("number", flat=True).first() or 0
    deadline = run.started_at + timedelta(milliseconds=run.timeout_ms)
    return Taken(run, program.runner, headless.translator(), newest, deadline, run.ending)


def _headless(agent_id: str) -> Any:
    try:
        return registry.get(agent_id).headless
    except AgentNotFound:
        return None


def known(run_id: UUID) -> Known:
    rows = RunEvent.objects.filter(run=run_id)
    calls: dict[str, None] = {}
    for kind, call in rows.filter(kind__in=("tool_call", "tool_result")).values_list("kind", "call_id"):
        if kind == "tool_call":
            calls[call] = None
        else:
            calls.pop(call, None)
    answer = rows.filter(kind="assistant_message").last()
    number = rows.order_by("-number").values_list("number", flat=True).first() or 0
    return Known(number, list(calls), answer.body["text"] if answer else "")


def keep(taken: Taken, follower: str, some: Sequence[Numbered], awaiting: Event | None) -> None:
    """Store them; raises `LeaseLost`."""
    with transaction.atomic():
        if not _held(taken.run.pk, follower).update(awaiting=awaiting):
            raise LeaseLost
        RunEvent.objects.bulk_create(_rows(taken.run, some), batch_size=200)


def _rows(run: Run, some: Sequence[Numbered]) -> list[RunEvent]:
    at = _now()
    return [
        RunEvent(run=run, number=one.number, kind=one.event["kind"], call_id=one.call_id[:200], at=at, body=one.event)
        for one in some
    ]


def _held(run_id: UUID, follower: str) -> Any:
    return Run.objects.filter(pk=run_id, follower=follower, status=models.Status.RUNNING)


def beat(run_id: UUID, follower: str, is_late: bool) -> str:
    """Keep the lease; what the run is being ended for, if it is. Raises `LeaseLost`."""
    held = _held(run_id, follower)
    if is_late:
        held.filter(ending="").update(ending=LIMIT)
    if not held.update(followed_until=_now() + timedelta(seconds=LEASE_S)):
        raise LeaseLost
    ending: str = Run.objects.values_list("ending", flat=True).get(pk=run_id)
    return ending


def program_of(run: Run) -> Session | None:
    """The session that its program is; None before it is started, and once it is put away."""
    return None if run.program_id is None else Session.objects.filter(pk=run.program_id).first()


def end_program(run: Run) -> None:
    """End all that the run has started; fine for one that has ended. Raises `HostUnavailable`."""
    program = program_of(run)
    if program is not None:
        with contextlib.suppress(Conflict, SessionNotFound):
            programs.end(program)


def place_of(run: Run) -> Place | None:
    """Where to look for what it has changed; None where there is nothing to compare with."""
    home = Session.objects.filter(pk=run.session_id).first() if run.snapshot and run.session_id else None
    return None if home is None else Place.of(home)


def finish(taken: Taken, follower: str, trail: Trail, conversation: str | None, end: End, diff: Diff | None) -> None:
    """The end of the run: its cost, its last events, and its program's session put away. Raises `LeaseLost`."""
    run = taken.run
    run.refresh_from_db()
    status, reason = _outcome(run, trail, end)
    _put_away(run)
    cost = cost_of(run)
    facts: dict[str, Any] = {
        "usage": trail.usage,
        "cost_usd": usd(cost.billed.cost_picousd) if cost.billed.cost_picousd or not cost.unpriced_requests else None,
        "conversation_id": conversation,
        "run_id": str(run.pk),
        "session_id": str(run.session_id),
    }
    last = trail.end(status, reason, **facts)
    done = last[-1].event
    with transaction.atomic():
        changed = _held(run.pk, follower).update(
            status=done["status"], reason=done["reason"] or "", result=done["result"], usage=trail.usage,
            conversation=(conversation or "")[:200], awaiting=None, ended_at=_now(), follower="", followed_until=None,
            diff=None if diff is None else diff.text, is_diff_whole=diff is None or diff.is_whole,
        )  # fmt: skip
        if not changed:
            raise LeaseLost
        RunEvent.objects.bulk_create(_rows(run, last))
        run.events.filter(kind__in=PIECES).delete()


def _outcome(run: Run, trail: Trail, end: End) -> tuple[Status | None, str | None]:
    """What is known better than the agent knows itself: that somebody ended it, and why."""
    if end.problem:
        return Status.FAILED, end.problem
    if end.ended_by == "stop" and run.ending == LIMIT:
        return Status.LIMIT, f"It took longer than {run.timeout_ms / 1000:g} seconds"
    if end.ended_by == "stop":
        return Status.CANCELLED, "Cancelled" if run.ending == CANCELLED else "Its session was stopped"
    if end.ended_by in ENDED_BY:
        return Status.FAILED, ENDED_BY[end.ended_by]
    held = budgets.blocked([run.program_id]).get(run.program_id) if run.program_id else None
    if held is not None and (trail.done or {}).get("status") in (None, Status.FAILED):
        return Status.LIMIT, held.why
    return None, None


def _put_away(run: Run) -> None:
    """The session of its program, as far as it can be now; `sweep` does the rest."""
    program = program_of(run)
    if program is not None:
        try:
            programs.finish(program)
        except AgtermError as error:
            log.warning("the program's session of run %s could not be put away: %s", run.pk, error)


def cost_of(run: Run) -> Figures:
    """What it has cost; what is metered later, of a call that was cut off, is in it later."""
    return costs_of([run])[run.pk]


def costs_of(runs: Sequence[Run]) -> dict[UUID, Figures]:
    found = ledger.totals_of([run.program_id for run in runs if run.program_id is not None])
    return {run.pk: found[run.program_id] if run.program_id is not None else Figures() for run in runs}


def fail(run: Run, reason: str) -> None:
    """The end of a run that nobody can follow."""
    stored = known(run.pk)
    trail = Trail(run.message)
    begun = [] if stored.number else [trail.first]
    trail.recall(stored.number, stored.open_calls, stored.last_answer)
    facts = {"run_id": str(run.pk), "session_id": str(run.session_id) if run.session_id else None}
    last = [*begun, *trail.end(Status.FAILED, reason, **facts)]
    with transaction.atomic():
        if Run.objects.filter(pk=run.pk, status__in=LIVE).update(
            status=models.Status.FAILED, reason=reason, awaiting=None, ended_at=_now(), follower="", followed_until=None
        ):
            RunEvent.objects.bulk_create(_rows(run, last))


def give_up(run: Run) -> None:
    """A fault of ours must leave no run that never ends."""
    with contextlib.suppress(AgtermError):
        end_program(run)
    fail(run, "The server could not read what the agent said; its log says why")


def _now() -> datetime:
    return datetime.now(UTC)
