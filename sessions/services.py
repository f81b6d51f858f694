"""What can be done with sessions. Doors (REST, socket, admin, commands) call this; it knows none of them."""

import contextlib
import logging
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from accounts.permissions import can
from agents import logins, registry
from agents import services as agents
from agents.headless import Ask
from agents.services import Launch
from core.errors import AgtermError, Conflict, HostUnavailable, InvalidRequest, SessionNotFound
from costs import budgets, ledger
from costs.models import MeteredSession
from providers import credentials
from providers.credentials import Credential
from runner import client
from sessions import defaults, isolation, keys, programs, repo, shares, signals
from sessions.models import LIVE, Session, Status
from sessions.payloads import CreateSession, ListSessions, PatchSession

log = logging.getLogger("agterm.sessions")

STARTING_PATIENCE_S = 60
LOST = "The session was lost with its runner; restart brings it back in its workspace, delete removes it"
LABEL = ("agent", "provider", "model")
FACTS = (*LABEL, "status", "pid", "exit_code", "exit_signal", "ended_by", "cols", "rows", "workspace", "isolation")
PULSE = ("state", "state_since", "offset", "active_at")  # changes with every byte: shown when asked, stored by the way


def visible_to(user: User) -> QuerySet[Session]:
    """The sessions a user may see: his own; staff see all."""
    rows = Session.objects.select_related("owner")
    return rows if user.is_staff else rows.filter(owner=user)


def find(user: User, session_id: str | uuid.UUID) -> Session:
    """The session, or `SessionNotFound`: a stranger's is no different from one that never was."""
    try:
        row = Session.objects.get(pk=uuid.UUID(str(session_id)))
    except (Session.DoesNotExist, ValueError):
        raise SessionNotFound from None
    if not can(user, "use", row):
        raise SessionNotFound
    return row


def listed(user: User) -> list[Session]:
    """The user's sessions, and those shared with them, as they are now; `HostUnavailable` when no runner answers."""
    rows = list(visible_to(user))
    shares.mark_own(user, rows)
    rows += shares.with_user(user)
    addresses = {row.runner for row in rows} | {settings.AGTERM.runner_address}
    answers = [_look(address, [row for row in rows if row.runner == address]) for address in addresses]
    if not any(answers):
        raise HostUnavailable
    return rows


def page(rows: Sequence[Session], wanted: ListSessions) -> tuple[list[Session], str | None]:
    """The rows asked for, newest first, and the cursor of the next page (None at the end)."""
    found = [
        row
        for row in rows
        if (wanted.status in (None, row.status) and wanted.agent in (None, row.agent))
        and wanted.kind in (None, row.kind)
        and wanted.owner in (None, row.owner.username)
        and (wanted.tag is None or wanted.tag in row.tags)
        and (wanted.cursor is None or _cursor(row) < wanted.cursor)
    ]
    found.sort(key=_cursor, reverse=True)
    more = len(found) > wanted.limit
    found = found[: wanted.limit]
    return found, _cursor(found[-1]) if more else None


def _cursor(row: Session) -> str:
    """Sorts as the rows do, and still tells the place when its row is gone."""
    return f"{row.created_at.timestamp():.6f}-{row.pk}"


def create(owner: User, wanted: CreateSession) -> Session:
    """Start an agent in a workspace of its own."""
    config = settings.AGTERM
    wanted, title = defaults.fill(owner, wanted)
    row = Session(
        owner=owner,
        agent=wanted.agent,
        provider=wanted.provider or "",
        model=wanted.model or "",
        runner=config.runner_address,
        cols=wanted.cols,
        rows=wanted.rows,
        tags=wanted.tags,
        profile=wanted.profile or "",
        recipe=recipe(wanted),
        key_serial=1,
        searchable=wanted.searchable,
    )
    row.color = wanted.color or defaults.color_of(row.pk)
    row.repo = repo.asked(row, wanted)
    box = isolation.asked(row, row.agent)
    launch = prepared(row)
    isolation.check_way(row, launch)
    row.by_subscription = launch.by_subscription
    row.name = clean_name(wanted.name) or _fresh_name(owner, title or launch.agent_name)
    row.provider, row.model = launch.provider or "", launch.model or ""
    repo.name_branch(row)
    words = wanted.initialCommand or wanted.prompt
    opening = {"opening": agents.opening(launch, words)} if words else {}
    limit = wanted.budget.limitUsd if wanted.budget else None
    told = programs.program(row.agent, launch, box=box)
    begin(row, told, limit, cwd=wanted.cwd, **repo.place(row), **opening)
    signals.announce(row, from_start=True)
    return row


def begin(row: Session, launch: Mapping[str, Any], limit_picousd: int | None = None, **place: Any) -> Session:
    """Start the program of a new session, with a budget of its own if one is given.

    The row comes first, so that no process is ever without one; it is gone again where nothing was started. `launch`
    and `place` are for the runner (`program`, `runner.protocol.Create`).
    """
    with_room(row, lambda: _save_new(row, limit_picousd))
    try:
        info = ask(row, "create", launch=programs.given(row, launch), cols=row.cols, rows=row.rows, **place)
    except AgtermError as error:
        if not (isinstance(error, HostUnavailable) and error.may_have_happened):
            with contextlib.suppress(ProtectedError):  # a run in it is on its way as well, and will not get far
                MeteredSession.objects.filter(pk=row.pk).delete()
            row.delete()  # else it stays, and the next look says whether a program runs
        raise
    note(row, info)
    return row


def _save_new(row: Session, limit_picousd: int | None) -> None:
    """The providers' door must know it before its program starts."""
    row.save(force_insert=True)
    know(row)
    if limit_picousd is not None:
        budgets.for_session(row.pk, limit_picousd, row.owner)


def know(row: Session, *, agent: str | None = None) -> None:
    """Let the ledger know the session as it is from now on, with its agent or the one that follows."""
    ledger.know(row.pk, row.owner_id, row.name, agent or row.agent, row.created_at, parent_id=row.within_id)


def recipe(wanted: CreateSession) -> dict[str, Any]:
    """What the caller asked for, to start it again; `args` and `shell` are for this agent, the rest for any.

    Raises `InvalidRequest` as `isolation.recipe` does.
    """
    own = {"agent": wanted.agent, "args": wanted.args, "shell": wanted.shell}
    usual = {"cwd": wanted.cwd, "env": wanted.env, "credentials": wanted.credentials}
    written = {"record": wanted.record, "record_input": wanted.recordInput}
    return {**own, **usual, **written, **isolation.recipe(wanted)}


def prepared(row: Session, headless: Ask | None = None) -> Launch:
    """How to start what the row and its recipe say, with `keys.MARK` for the key; raises as `agents.prepare_launch`.

    `headless`: to do just that, with nobody at its terminal.
    """
    asked, held = row.recipe, credentials.held_by(row.owner_id)
    own = asked if asked.get("agent") == row.agent else {}
    launch = agents.prepare_launch(
        row.agent,
        config=settings.AGTERM,
        key=keys.MARK,
        provider=row.provider or None,
        model=row.model or None,
        cols=row.cols,
        rows=row.rows,
        args=own.get("args") or [],
        shell=own.get("shell"),
        env=asked.get("env"),
        held=held,
        login=_login(row, held),
        own_folder=asked.get("cwd") is None and not row.repo,
        ask=headless,
    )
    files = dict(launch.home_files)
    for _receiver, wanted in signals.files_wanted.send(sender=Session, row=row):
        files.update(cast(dict[str, str], wanted))
    return replace(launch, home_files=files)


def _login(row: Session, held: Mapping[str, Credential]) -> dict[str, str] | None:
    """The files of a log-in by subscription to start with, none when it is to be made there; None: it has a key."""
    wanted = row.recipe.get("credentials", "auto")
    if wanted == "key":
        return None
    files = logins.files_of(row.owner_id, row.agent)
    if wanted == "subscription":
        return files or {}
    agent = registry.get(row.agent)
    has_key = any(provider.id in held for provider in agents.providers_of(agent))
    return None if has_key or row.provider not in ("", agent.provider) else files


def with_room(row: Session, claim: Callable[[], object]) -> None:
    """Write the row as starting by `claim()`, unless its owner has as many sessions as allowed: `Conflict`.

    Write and count are one transaction, so of two that come at once only one gets the last place. Rows that have
    exited unseen are looked at before anyone is refused.
    """
    try:
        _claim(row, claim)
    except Conflict:
        live = list(Session.objects.filter(owner=row.owner, status__in=LIVE, runner=row.runner))
        _look(row.runner, live)
        if sum(other.status in LIVE for other in live) == len(live):
            raise
        _claim(row, claim)


def _claim(row: Session, claim: Callable[[], object]) -> None:
    most = settings.AGTERM.max_sessions_per_user
    with transaction.atomic():
        claim()
        if most and (count := Session.objects.filter(owner=row.owner, status__in=LIVE).count() - 1) >= most:
            raise Conflict(
                f"{row.owner.username} has {count} sessions running, and this server allows {most} (the setting "
                "AGTERM_MAX_SESSIONS_PER_USER): stop or delete one, or ask the operator for more"
            )


def clean_name(name: str | None) -> str:
    """A display name without control characters; they would reach terminals and titles."""
    return "".join(character for character in name or "" if character.isprintable()).strip()


def _fresh_name(owner: User, agent_name: str) -> str:
    return f"{agent_name} {Session.objects.filter(owner=owner).count() + 1}"


def patch(row: Session, wanted: PatchSession, *, by: User) -> Session:
    """Change how the session is shown, or its budget, whatever runs in it or not.

    What the search index holds of it is dropped when it is no longer to be found. Raises `InvalidRequest`,
    `SessionNotFound`, `HostUnavailable` (the index can't be told), and `Forbidden` for a budget of somebody else's.
    """
    changes = wanted.model_dump(exclude_unset=True, exclude={"budget"})
    if "name" in changes:
        changes["name"] = clean_name(changes["name"])
    if changes.get("name") == "":
        raise InvalidRequest("name must have a printable character")
    if changes.get("searchable", row.searchable) != row.searchable:  # nothing is changed where nothing can be forgotten
        ask(row, "search_forget", on=changes["searchable"])
    for field, value in changes.items():
        setattr(row, field, value)
    with transaction.atomic():
        found = Session.objects.filter(pk=row.pk)
        if not (found.update(**changes) if changes else found.exists()):
            raise SessionNotFound
        if "name" in changes:
            know(row)
        if "budget" in wanted.model_fields_set:
            budgets.for_session(row.pk, wanted.budget.limitUsd if wanted.budget else None, by)
    with contextlib.suppress(AgtermError):  # whoever watches is told; nobody can watch a runner that is down
        ask(row, "publish", event="changed")
    return row


def delete(row: Session, *, keep_workspace: bool = False) -> str | None:
    """End the whole process tree and remove the workspace that AGTerm made. Raises before the row is forgotten.

    Returns whether it is `certain` or only `likely` that no process is left; None for one that its runner did not know.

    From then on the runner refuses every start of this session, also one that was on its way already. What runs within
    it ends with it, and before it.
    """
    gone = [row.pk, *row.inner.values_list("pk", flat=True)]
    signals.about_to_be_removed.send(sender=Session, row=row)
    try:
        said = ask(row, "remove", keep_workspace=keep_workspace, for_good=True)
    except Conflict:
        with contextlib.suppress(AgtermError):  # part of it may be gone: whoever watches is told what is left
            look(row)
            ask(row, "publish", event="changed")
        raise
    row.delete()
    for session_id in gone:
        budgets.forget_session(session_id)
    return None if said is None else said["end"]


def refreshed(row: Session) -> Session:
    """The row as its terminal is now; raises `SessionNotFound` when the runner does not know it."""
    note(row, ask(row, "get"))
    return row


def look(row: Session) -> Session:
    """Bring one row up to date with its runner; a runner that is down is `HostUnavailable`."""
    if not _look(row.runner, [row]):
        raise HostUnavailable
    return row


def look_at(rows: Sequence[Session]) -> list[str]:
    """Bring these rows up to date, one question a runner; the addresses of runners that did not answer."""
    addresses = sorted({row.runner for row in rows})
    return [address for address in addresses if not _look(address, [row for row in rows if row.runner == address])]


def reconcile() -> int:
    """Make all rows agree with their runners, pulse included; returns how many runners could not be asked."""
    rows = list(Session.objects.all())
    addresses = {row.runner for row in rows} | {settings.AGTERM.runner_address}
    silent = sum(not _look(address, [r for r in rows if r.runner == address], FACTS + PULSE) for address in addresses)
    for row in [row for row in rows if row.within_id is not None and row.status == Status.LOST]:
        with contextlib.suppress(AgtermError):
            delete(row)  # it can't be brought back, and has left nothing of its own
    if not settings.AGTERM.runner and not silent:  # a runner of our own: nobody else's rows can be missing here
        _end_ownerless(settings.AGTERM.runner_address)
    return silent


def _end_ownerless(address: str) -> None:
    """End terminals that no row knows (a database restored from a backup, say): nobody could see or stop them."""
    for info in client.call(address, "list"):
        is_old = datetime.now(UTC).timestamp() - info["created_at"] > STARTING_PATIENCE_S
        if is_old and not Session.objects.filter(pk=info["id"]).exists():
            log.warning("ending session %s, which has no row; its workspace stays", info["id"])
            client.call(address, "remove", id=info["id"], keep_workspace=True)


def _look(address: str, rows: Iterable[Session], worth_storing: Sequence[str] = FACTS) -> bool:
    """Ask a runner what runs and note it in `rows`; False when it does not answer."""
    try:
        terminals = {info["id"]: info for info in client.call(address, "list")}
    except HostUnavailable:
        return False
    changes = [(row, _note(row, terminals.get(str(row.pk)))) for row in rows]
    stored = [(row, names) for row, names in changes if not names.isdisjoint(worth_storing)]
    _store([row for row, names in stored if not names.isdisjoint(FACTS)], FACTS + PULSE)
    for row in (row for row, names in stored if "agent" in names):
        know(row)
    _store([row for row, names in stored if names.isdisjoint(FACTS)], PULSE)  # mostly these: four columns, not twenty
    return True


def _store(rows: list[Session], names: Sequence[str]) -> None:
    if rows:
        Session.objects.bulk_update(rows, names, batch_size=200)


def note(row: Session, info: dict[str, Any] | None) -> None:
    """Store what the runner said about this session (None: it knows nothing of it)."""
    changed = _note(row, info)
    if not changed.isdisjoint(FACTS):
        values = {name: getattr(row, name) for name in FACTS + PULSE}
        if not Session.objects.filter(pk=row.pk).update(**values):  # deleted by somebody meanwhile
            raise SessionNotFound
        if "agent" in changed:
            know(row)


def _note(row: Session, info: dict[str, Any] | None) -> set[str]:
    """Copy what the runner says onto the row (None: it knows nothing of it); the names of what differed.

    Not of a program that is only just being started: who starts it notes it, and may have done so by now.
    """
    if info is not None and info["status"] == Status.STARTING:
        return set()
    seen = _lost(row) if info is None else _seen(info)
    changed = {name for name, value in seen.items() if getattr(row, name) != value}
    for name, value in seen.items():
        setattr(row, name, value)
    return changed


def _seen(info: dict[str, Any]) -> dict[str, Any]:
    return {name: info["label"][name] for name in LABEL if name in info["label"]} | {
        "status": info["status"],
        "pid": info["pid"],
        "exit_code": info["code"],
        "exit_signal": info["signal"],
        "ended_by": info["ended_by"],
        "cols": info["cols"],
        "rows": info["rows"],
        "workspace": info["workspace"],
        "isolation": info["isolation"],
        "state": info["state"],
        "state_since": datetime.fromtimestamp(info["state_since"], UTC),
        "offset": info["offset"],
        "active_at": datetime.fromtimestamp(info["active_at"], UTC),
        "viewers": info["viewers"],
    }


def _lost(row: Session) -> dict[str, Any]:
    """A live session that its runner does not know is lost, unless it is only just being made."""
    age_s = (datetime.now(UTC) - row.active_at).total_seconds()
    is_being_made = row.status == Status.STARTING and age_s < STARTING_PATIENCE_S
    return (
        {"status": Status.LOST, "state": Status.LOST, "pid": None} if row.status in LIVE and not is_being_made else {}
    )


def ask(row: Session, op: str, **params: Any) -> Any:
    """What the session's runner answers; raises `HostUnavailable` and whatever error it answers with."""
    return client.call(row.runner, op, id=str(row.pk), **params)


def ask_live(row: Session, op: str, **params: Any) -> Any:
    """As `ask`, for what needs a terminal; raises `Conflict` for a session that has none (see `as_lost`)."""
    try:
        return ask(row, op, **params)
    except SessionNotFound as error:
        raise as_lost(row, error) from None


def as_lost(row: Session, error: AgtermError) -> AgtermError:
    """The runner's `error`, to a caller: a session that it does not know is lost, just being started, or deleted."""
    if not isinstance(error, SessionNotFound):
        return error
    try:
        row.refresh_from_db(fields=("status",))
        note(row, None)
    except (Session.DoesNotExist, SessionNotFound):
        return error
    return Conflict("The session is just being started" if row.status == Status.STARTING else LOST)
