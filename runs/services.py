"""What can be done with runs. Doors (REST, streams, the socket, admin) call this; it knows none of them."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.permissions import can
from agents import registry
from agents.headless import Ask
from agents.headless.declaration import CONVERSATION_PATTERN
from core.errors import Conflict, InvalidRequest, NotFound, RateLimited
from costs.money import PICO
from runs import changes, keeping, policy
from runs.desk import desk
from runs.models import LIVE, Run, RunEvent, Status
from runs.payloads import AnswerRun, ListHistory, ListRuns, StartRun
from sessions import runs as programs
from sessions import services as sessions
from sessions.models import Session

log = logging.getLogger("agterm.runs")

RETRY_AFTER_S = 5
NAME_CHARACTERS = 60


def start(user: User, wanted: StartRun, *, answers: bool, key: str | None = None) -> Run:
    """Start a run, or find the one that the same request with the same `key` has started.

    `answers`: somebody hears the events and can answer questions. Raises `NotFound` and its kind for agent and
    session, `InvalidRequest`, `Forbidden`, `RateLimited` (too many at once), and as `sessions.services.create`.
    """
    asked = _digest(wanted)
    if key is not None and (before := _repeated(user, key, asked)) is not None:
        return before
    home = None if wanted.sessionId is None else _home(sessions.find(user, wanted.sessionId))
    run = _new(user, home, wanted)
    run.idempotency, run.asked = None if key is None else f"{user.pk}:{key}", asked
    try:
        _claim(run)
    except IntegrityError:  # the same request came twice at the same moment
        if key is None or (before := _repeated(user, key, asked)) is None:
            raise Conflict("The same request is being dealt with; ask again") from None
        return before
    try:
        _begin(run, home, wanted, answers)
    except BaseException:
        Run.objects.filter(pk=run.pk).delete()
        raise
    desk.follow(run.pk)
    return run


def _digest(wanted: StartRun) -> str:
    said = wanted.model_dump(exclude={"is_async", "cancelOnClose"})
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _repeated(user: User, key: str, asked: str) -> Run | None:
    run = Run.objects.filter(idempotency=f"{user.pk}:{key}").first()
    if run is not None and run.asked != asked:
        raise Conflict("This Idempotency-Key was used for another request", details={"runId": str(run.pk)})
    return run


def _home(session: Session) -> Session:
    return session if session.within is None else session.within


def _new(user: User, home: Session | None, wanted: StartRun) -> Run:
    config = settings.AGTERM
    latest = None if home is None else Run.objects.filter(session_id=home.pk).first()
    agent = registry.get(wanted.agent or (latest.agent if latest else config.run_agent))
    most_ms = config.run_timeout_s * 1000
    return Run(
        owner=user if home is None else home.owner,
        session_id=None if home is None else home.pk,
        session_name="" if home is None else home.name,
        agent=agent.id,
        message=wanted.message,
        modes=policy.check(agent, config.run_policy, wanted.modes),
        timeout_ms=min(wanted.timeoutMs or most_ms, most_ms),
        conversation=_conversation(home, agent.id),
    )


def _conversation(home: Session | None, agent_id: str) -> str:
    """The one that this agent's newest run in that session has had."""
    if home is None:
        return ""
    before = Run.objects.filter(session_id=home.pk, agent=agent_id).exclude(conversation="")
    name = before.values_list("conversation", flat=True).first() or ""
    return name if CONVERSATION_PATTERN.fullmatch(name) else ""


def _claim(run: Run) -> None:
    """Write it down, unless its owner has as many under way as allowed, or its session has one."""
    most = settings.AGTERM.runs_per_user
    with transaction.atomic():
        run.save(force_insert=True)
        others = Run.objects.filter(status__in=LIVE).exclude(pk=run.pk)
        if run.session_id is not None and (busy := others.filter(session_id=run.session_id).first()) is not None:
            raise Conflict("A run is under way in this session; wait for it or cancel it",
                           details={"runId": str(busy.pk)})  # fmt: skip
        if most and (count := others.filter(owner=run.owner).count()) >= most:
            message = f"{count} runs of {run.owner.username} are under way, and this server allows {most} at once"
            raise RateLimited(f"{message} (AGTERM_RUNS_PER_USER)", limit=most, retry_after_s=RETRY_AFTER_S)


def _begin(run: Run, home: Session | None, wanted: StartRun, answers: bool) -> None:
    headless = registry.get(run.agent).headless
    ask = Ask(
        message=run.message,
        conversation=run.conversation or None,
        read_only="readOnly" in run.modes,
        dry_run="dryRun" in run.modes,
        confirm="confirm" in run.modes,
        strict="strict" in run.modes,
        budget_usd=None if wanted.budgetUsd is None else Decimal(wanted.budgetUsd) / PICO,
        timeout_s=run.timeout_ms / 1000,
        answers=answers and headless is not None and headless.takes_answers,
    )
    if home is not None:
        run.snapshot = asyncio.run(changes.snapshot(changes.Place.of(home)))
    program = programs.start(
        run.owner, agent=run.agent, provider=wanted.provider, model=wanted.model, ask=ask, within=home,
        name=_name(run.message), limit_picousd=wanted.budgetUsd,
    )  # fmt: skip
    known = {
        "program_id": program.pk,
        "session_id": program.within_id or program.pk,
        "session_name": home.name if home else program.name,
        "provider": program.provider,
        "model": program.model,
        "snapshot": run.snapshot,
        "status": Status.RUNNING,
    }
    Run.objects.filter(pk=run.pk).update(**known)
    run.refresh_from_db()


def _name(message: str) -> str:
    text = " ".join(message.split())
    return text if len(text) <= NAME_CHARACTERS else text[: NAME_CHARACTERS - 1] + "…"


def find(user: User, run_id: str) -> Run:
    """The run, or `NotFound`: a stranger's is no different from one that never was."""
    try:
        run = Run.objects.get(pk=UUID(run_id))
    except (Run.DoesNotExist, ValueError):
        raise NotFound("There is no such run") from None
    if not can(user, "view", run):
        raise NotFound("There is no such run")
    return run


def cancel(run: Run) -> None:
    """End the run and all that it has started. One that has ended stays as it is; `HostUnavailable`: it is tried on."""
    Run.objects.filter(pk=run.pk, status__in=LIVE, ending="").update(ending=keeping.CANCELLED)
    run.refresh_from_db()
    if run.status in LIVE:
        if run.program_id is not None:
            keeping.end_program(run)
        desk.follow(run.pk)


def answer(run: Run, given: AnswerRun) -> None:
    """Tell the agent a decision that it waits for; raises `Conflict` when it does not (any more)."""
    waiting = run.awaiting
    if run.status != Status.RUNNING or not waiting or str(waiting["id"]) != given.id:
        raise Conflict("The run does not wait for this answer")
    if given.decision not in waiting["choices"]:
        raise InvalidRequest(f"decision must be one of {', '.join(waiting['choices'])}")
    program = keeping.program_of(run)
    if program is None or not Run.objects.filter(pk=run.pk, awaiting=waiting).update(awaiting=None):
        raise Conflict("The run does not wait for this answer")
    line = json.dumps({"id": given.id, "decision": given.decision})
    sessions.ask_live(program, "write", data=line + "\n")


def visible_to(user: User) -> QuerySet[Run]:
    return Run.objects.all() if user.is_staff else Run.objects.filter(owner=user)


def listed(user: User, wanted: ListRuns) -> tuple[list[Run], str | None]:
    """The runs asked for, the newest first, and the cursor of the next page."""
    rows = visible_to(user)
    if wanted.sessionId is not None:
        rows = rows.filter(session_id=_uuid(wanted.sessionId, "sessionId"))
    if wanted.status is not None:
        rows = rows.filter(status=wanted.status)
    if wanted.cursor is not None:
        last = Run.objects.filter(pk=_uuid(wanted.cursor, "cursor")).first()
        if last is None:
            raise InvalidRequest("cursor: is none of ours")
        rows = rows.filter(started_at__lte=last.started_at).exclude(pk=last.pk)
        rows = rows.exclude(started_at=last.started_at, pk__gt=last.pk)
    found = list(rows.defer("diff").order_by("-started_at", "-pk")[: wanted.limit + 1])
    page = found[: wanted.limit]
    return page, str(page[-1].pk) if len(found) > wanted.limit else None


def _uuid(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidRequest(f"{field}: must be a UUID") from None


def history(user: User, wanted: ListHistory) -> tuple[list[tuple[RunEvent, RunEvent | None]], str | None]:
    """Past tool calls, the newest first, each with its result (None: it has none yet), and the next page's cursor."""
    calls = RunEvent.objects.filter(kind="tool_call").select_related("run")
    if not user.is_staff:
        calls = calls.filter(run__owner=user)
    if wanted.cursor is not None:
        if not wanted.cursor.isascii() or not wanted.cursor.isdigit() or len(wanted.cursor) > 18:
            raise InvalidRequest("cursor: is none of ours")
        calls = calls.filter(pk__lt=int(wanted.cursor))
    found = list(calls.order_by("-pk")[: wanted.limit + 1])
    page = found[: wanted.limit]
    return _with_results(page), str(page[-1].pk) if len(found) > wanted.limit else None


def _with_results(calls: Sequence[RunEvent]) -> list[tuple[RunEvent, RunEvent | None]]:
    """An id may come again within a run, after its result: the next result is a call's own."""
    names: dict[str, Any] = {
        "run__in": {call.run_id for call in calls},
        "call_id__in": {call.call_id for call in calls},
    }
    results: dict[tuple[UUID, str], list[RunEvent]] = {}
    for result in RunEvent.objects.filter(kind="tool_result", **names).order_by("number"):
        results.setdefault((result.run_id, result.call_id), []).append(result)
    return [
        (call, next((r for r in results.get((call.run_id, call.call_id), []) if r.number > call.number), None))
        for call in calls
    ]
