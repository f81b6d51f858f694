"""What can be done with sessions. Doors (REST, socket, admin, commands) call this; it knows none of them."""

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet

from accounts.permissions import can
from agents import services as agents
from agents.services import Launch
from core.errors import AgtermError, HostUnavailable, InvalidRequest, SessionNotFound
from runner import client
from sessions.models import Session, Status
from sessions.payloads import CreateSession, ListSessions, Size, SwitchAgent

log = logging.getLogger("agterm.sessions")

LIVE = (Status.STARTING, Status.RUNNING)
STARTING_PATIENCE_S = 60
LABEL = ("agent", "provider", "model")
FACTS = (*LABEL, "status", "pid", "exit_code", "exit_signal", "cols", "rows", "workspace", "isolation")
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
    """The user's sessions as they are now; raises `HostUnavailable` when no runner can be asked."""
    rows = list(visible_to(user))
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
        and wanted.owner in (None, row.owner.username)
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
    """Start an agent in a workspace of its own. The row comes first, so that no process is ever without one."""
    config = settings.AGTERM
    launch = agents.prepare_launch(
        wanted.agent,
        config=config,
        provider=wanted.provider,
        model=wanted.model,
        cols=wanted.cols,
        rows=wanted.rows,
        args=wanted.args,
        shell=wanted.shell,
    )
    row = Session(
        owner=owner,
        name=clean_name(wanted.name) or _fresh_name(owner, launch.agent_name),
        agent=wanted.agent,
        provider=launch.provider or "",
        model=launch.model or "",
        runner=config.runner_address,
        cols=wanted.cols,
        rows=wanted.rows,
    )
    row.save(force_insert=True)
    try:
        info = _ask(row, "create", launch=_program(wanted.agent, launch), cols=row.cols, rows=row.rows, cwd=wanted.cwd)
    except AgtermError as error:
        if not (isinstance(error, HostUnavailable) and error.may_have_happened):
            row.delete()  # else it stays, and the next look says whether a program runs
        raise
    note(row, info)
    return row


def _program(agent_id: str, launch: Launch) -> dict[str, Any]:
    """What the runner needs to know of a launch (`runner.protocol.Launch`).

    The label comes back in everything it says of the terminal, so that rows know what runs by looking.
    """
    return {
        "argv": launch.argv,
        "env": launch.env,
        "home_files": launch.home_files,
        "path_prefix": launch.path_prefix,
        "readable": launch.readable,
        "state_patterns": launch.state_patterns,
        "label": {"agent": agent_id, "provider": launch.provider or "", "model": launch.model or ""},
    }


def clean_name(name: str | None) -> str:
    """A display name without control characters; they would reach terminals and titles."""
    return "".join(character for character in name or "" if character.isprintable()).strip()


def _fresh_name(owner: User, agent_name: str) -> str:
    return f"{agent_name} {Session.objects.filter(owner=owner).count() + 1}"


def switch_agent(row: Session, wanted: SwitchAgent) -> Session:
    """Replace the program: same session, same workspace, same history."""
    launch = agents.prepare_launch(
        wanted.agent,
        config=settings.AGTERM,
        provider=wanted.provider,
        model=wanted.model,
        cols=row.cols,
        rows=row.rows,
        args=[],
    )
    note(row, _ask(row, "replace", launch=_program(wanted.agent, launch)))
    return row


def write(row: Session, data: str) -> None:
    """Type into the terminal; raises `Conflict` when the program has exited, `TooLarge` when it does not read."""
    _ask(row, "write", data=encodable(data))


def encodable(text: str) -> str:
    """`text`, unless it holds half a surrogate pair, which no terminal could be sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidRequest("data is not valid Unicode text") from None
    return text


def resize(row: Session, size: Size) -> Session:
    note(row, _ask(row, "resize", cols=size.cols, rows=size.rows))
    return row


def delete(row: Session, *, keep_workspace: bool = False) -> None:
    """End the whole process tree and remove the workspace that AGTerm made. Raises before anything is forgotten."""
    _ask(row, "remove", keep_workspace=keep_workspace)
    row.delete()


def refreshed(row: Session) -> Session:
    """The row as its terminal is now; raises `SessionNotFound` when the runner does not know it."""
    note(row, _ask(row, "get"))
    return row


def look(row: Session) -> Session:
    """Bring one row up to date with its runner; a runner that is down is `HostUnavailable`."""
    if not _look(row.runner, [row]):
        raise HostUnavailable
    return row


def reconcile() -> int:
    """Make all rows agree with their runners, pulse included; returns how many runners could not be asked."""
    rows = list(Session.objects.all())
    addresses = {row.runner for row in rows} | {settings.AGTERM.runner_address}
    silent = sum(not _look(address, [r for r in rows if r.runner == address], FACTS + PULSE) for address in addresses)
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
    changed = [row for row in rows if not _note(row, terminals.get(str(row.pk))).isdisjoint(worth_storing)]
    if changed:
        Session.objects.bulk_update(changed, FACTS + PULSE, batch_size=200)
    return True


def note(row: Session, info: dict[str, Any]) -> None:
    """Store what the runner said about this session."""
    if not _note(row, info).isdisjoint(FACTS):
        values = {name: getattr(row, name) for name in FACTS + PULSE}
        if not Session.objects.filter(pk=row.pk).update(**values):  # deleted by somebody meanwhile
            raise SessionNotFound


def _note(row: Session, info: dict[str, Any] | None) -> set[str]:
    """Copy what the runner says onto the row (None: it knows nothing of it); the names of what differed."""
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
        "cols": info["cols"],
        "rows": info["rows"],
        "workspace": info["workspace"],
        "isolation": info["isolation"],
        "state": info["state"],
        "state_since": datetime.fromtimestamp(info["state_since"], UTC),
        "offset": info["offset"],
        "active_at": datetime.fromtimestamp(info["active_at"], UTC),
    }


def _lost(row: Session) -> dict[str, Any]:
    """A live session that its runner does not know is lost, unless it is only just being made."""
    age_s = (datetime.now(UTC) - row.created_at).total_seconds()
    is_being_made = row.status == Status.STARTING and age_s < STARTING_PATIENCE_S
    return (
        {"status": Status.LOST, "state": Status.LOST, "pid": None} if row.status in LIVE and not is_being_made else {}
    )


def _ask(row: Session, op: str, **params: Any) -> Any:
    return client.call(row.runner, op, id=str(row.pk), **params)
