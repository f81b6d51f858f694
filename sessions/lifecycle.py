"""A session's life after its start: signals, its end, another start, another agent."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from signal import Signals
from typing import Any

from agents import logins, registry
from agents.services import Launch
from core.errors import AgtermError, Conflict, HostUnavailable, SessionNotFound
from providers import credentials
from sessions import handoff, isolation, keys, programs, repo, services, signals
from sessions.models import LIVE, Kind, Session, Status
from sessions.payloads import Restart, SwitchAgent
from sessions.services import ask, ask_live

LOSS = 2**36  # after a loss offsets go on so far behind the last one known that no reader's `since` fits by chance


@dataclass(frozen=True, slots=True)
class Switched:
    """The session with its new agent; `handoff` is where in the workspace the word for it is, if one was asked for."""

    row: Session
    handoff: str | None


def send_signal(row: Session, number: Signals) -> None:
    """To the process group that has the keyboard, so that SIGINT does what Ctrl-C does. `Conflict`: nothing runs."""
    ask_live(row, "signal", signal=int(number))


def stop(row: Session) -> Session:
    """End the whole process tree; session, history and workspace stay. One that has exited stays as it is."""
    services.note(row, ask_live(row, "end", by="stop"))
    keys.revoke(row)
    return row


def restart(row: Session, wanted: Restart) -> Session:
    """Start the same agent again by the same recipe, on the same history; whatever still runs is ended.

    Also brings back a lost session: a new terminal in its old workspace. Raises `Conflict` when it is being started.
    """
    _refuse_run(row)
    box = isolation.asked(row, row.agent)
    signals.about_to_start_again.send(sender=Session, row=row)
    launch = services.prepared(row)
    isolation.check_way(row, launch)
    _start(row, programs.program(row.agent, launch, box=box, resume=wanted.resume))
    _remember(row, launch)
    signals.announce(row)
    return row


def _refuse_run(row: Session) -> None:
    if row.kind == Kind.RUN:
        raise Conflict("A run is not started again; start another one in its workspace")


def _remember(row: Session, launch: Launch, **recipe: Any) -> None:
    """How the program that was just started is logged in, and what to start again."""
    row.by_subscription, row.recipe = launch.by_subscription, row.recipe | recipe
    Session.objects.filter(pk=row.pk).update(by_subscription=row.by_subscription, recipe=row.recipe)


def switch_agent(row: Session, wanted: SwitchAgent) -> Switched:
    """Another program: same session, same workspace, same history. Works for a lost session as well."""
    _refuse_run(row)
    signals.about_to_start_again.send(sender=Session, row=row)
    before, launch = row.agent, _launch_of_next(row, wanted)
    box = isolation.asked(row, wanted.agent)
    isolation.check_way(row, launch)
    files = _word(row, before, launch, wanted.agent) if wanted.handoff == "summary" else {}
    services.know(row, agent=wanted.agent)  # first: what it asks is its own from its first call on
    try:
        _start(row, programs.program(wanted.agent, launch, box=box, files=files))
    except AgtermError:
        services.know(row)
        raise
    _remember(row, launch, agent=wanted.agent, args=[], shell=None, credentials="auto")
    signals.announce(row)
    return Switched(row, handoff.PATH if files else None)


def _launch_of_next(row: Session, wanted: SwitchAgent) -> Launch:
    following = Session(
        owner=row.owner, agent=wanted.agent, provider=wanted.provider or "", model=wanted.model or "",
        cols=row.cols, rows=row.rows, repo=row.repo, recipe={name: row.recipe.get(name) for name in ("env", "cwd")},
    )  # fmt: skip
    return services.prepared(following)


# --- starting again --------------------------------------------------------------------------------------------------


def _start(row: Session, program: Mapping[str, Any]) -> None:
    """Let the runner start `program` in place of what runs or ran, or anew for a session that it no longer knows."""
    _refresh(row)
    if row.status == Status.STARTING:
        raise Conflict("The session is just being started")
    if row.status == Status.RUNNING:
        services.note(row, _in_place(row, program))
        return
    before = row.status
    services.with_room(row, lambda: _claim(row))
    try:
        info = _create(row, program) if before == Status.LOST else _replace(row, program)
    except AgtermError as error:
        _take_back_key(row, error)
        _unclaim(row, before)
        raise
    try:
        services.note(row, info)
    except SessionNotFound:  # deleted meanwhile: what was just made must not stay without a row
        ask(row, "remove", keep_workspace=True)
        raise


def _refresh(row: Session) -> None:
    """Bring the row up to date; for a terminal that its runner does not know that takes a look at all."""
    try:
        services.refreshed(row)
    except SessionNotFound:
        services.look(row)


def _in_place(row: Session, program: Mapping[str, Any]) -> Any:
    """What the runner says of `program` once it runs in place of the one that does."""
    keys.renew(row)
    try:
        return _replace(row, program)
    except AgtermError as error:
        _take_back_key(row, error)
        raise


def _take_back_key(row: Session, error: AgtermError) -> None:
    """Nothing was started, so what runs goes on with its key; unless something was, and only the answer is missing."""
    if not (isinstance(error, HostUnavailable) and error.may_have_happened):
        keys.take_back(row)


def _claim(row: Session) -> None:
    """Of several that start the same session only one gets to do it."""
    now = datetime.now(UTC)  # so that a look in between takes it for a new one
    ended = Session.objects.filter(pk=row.pk).exclude(status__in=LIVE)
    if not ended.update(status=Status.STARTING, active_at=now):
        _must_exist(row)
        raise Conflict("The session is just being started by somebody else")
    row.status, row.active_at = Status.STARTING, now
    keys.renew(row)


def _must_exist(row: Session) -> None:
    """Raises `SessionNotFound` when the row was deleted meanwhile."""
    if not Session.objects.filter(pk=row.pk).exists():
        raise SessionNotFound


def _unclaim(row: Session, before: str) -> None:
    """Nothing was started by us; somebody who was faster may have."""
    Session.objects.filter(pk=row.pk, status=Status.STARTING).update(status=before)
    row.status = before
    with contextlib.suppress(AgtermError):
        services.look(row)


def _create(row: Session, program: Mapping[str, Any]) -> Any:
    place = {"cols": row.cols, "rows": row.rows, "cwd": folder_of(row), "offset": row.offset + LOSS}
    return ask(row, "create", launch=programs.given(row, program), **place, **repo.place(row))


def _replace(row: Session, program: Mapping[str, Any]) -> Any:
    return ask(row, "replace", launch=programs.given(row, program), **repo.before(row))


def folder_of(row: Session) -> str | None:
    """The folder that its user named; None: one of ours, found again by the session's id."""
    is_ours = PurePosixPath(row.workspace).name in ("", str(row.pk))
    return None if is_ours else row.workspace


# --- a word for the next agent ---------------------------------------------------------------------------------------


def _word(row: Session, agent: str, launch: Launch, next_agent: str) -> dict[str, str]:
    """The handoff as files of the workspace. Raises `Conflict` when they could not be written there."""
    review = ask(row, "review", cwd=folder_of(row))
    if not review["workspace"]["writable"]:
        raise Conflict(f"{handoff.PATH} can't be written in this workspace; switch with handoff none")
    began = row.created_at if review["started_at"] is None else datetime.fromtimestamp(review["started_at"], UTC)
    stint = handoff.Stint(_name(agent), row.model, began, _ended(row), _name(next_agent))
    return handoff.files(stint, review, _secrets(row, launch))


def _ended(row: Session) -> datetime:
    return datetime.now(UTC) if row.status == Status.RUNNING else row.active_at


def _name(agent_id: str) -> str:
    try:
        return registry.get(agent_id).name
    except AgtermError:  # a plug-in that is there no more
        return agent_id


def _secrets(row: Session, launch: Launch) -> list[str]:
    """All that must not stand in the word: this server's keys, and those the old and the new program were given."""
    given = {**(row.recipe.get("env") or {}), **launch.env}
    return [
        *handoff.secrets_of(given),
        *credentials.secrets(),
        *logins.secrets_of(row.owner_id, row.agent),
        keys.issue(row),
    ]
