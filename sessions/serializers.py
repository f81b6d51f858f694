"""A session as callers see it: camelCase, UTC timestamps ending in Z."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.moments import timestamp as timestamp
from sessions import defaults, figures
from sessions.figures import OVER_BUDGET, Figures
from sessions.models import Session, Status


def session(row: Session) -> dict[str, Any]:
    return sessions([row])[0]


def sessions(rows: Sequence[Session]) -> list[dict[str, Any]]:
    """All of them, with what they cost; uses the ORM, as often for many as for one."""
    found = figures.of(row.pk for row in rows)
    return [_session(row, found[row.pk]) for row in rows]


def _session(row: Session, money: Figures) -> dict[str, Any]:
    is_held = row.status == Status.RUNNING and money.refused is not None
    return {
        "id": str(row.id),
        "kind": row.kind,
        "withinId": str(row.within_id) if row.within_id else None,
        "name": row.name,
        "agent": row.agent,
        "createdAt": timestamp(row.created_at),
        "lastActiveAt": timestamp(row.active_at),
        "workspaceDir": row.workspace,
        "pid": row.pid,
        "modelConfig": {"provider": row.provider or None, "model": row.model or None},
        "status": row.status,
        "state": OVER_BUDGET if is_held else row.state,
        "stateSince": timestamp(row.state_since),
        "exitCode": row.exit_code,
        "signal": row.exit_signal,
        "endedBy": row.ended_by or None,
        "cols": row.cols,
        "rows": row.rows,
        "offset": row.offset,
        "isolation": isolation(row.isolation),
        "color": row.color or defaults.color_of(row.pk),
        "tags": row.tags,
        "bySubscription": row.by_subscription,
        "profile": row.profile or None,
        "repo": row.repo or None,
        "git": git(row),
        "searchable": row.searchable,
        "viewers": viewers(row.viewers),
        "access": row.access,
        "sharedBy": row.shared_by,
        **figures.payload(money),
    }


def isolation(said: Mapping[str, Any]) -> dict[str, Any]:
    """How the session's program is walled in, as its runner said when it started it; all empty before that."""
    return {
        "level": said.get("level"),
        "network": said.get("network"),
        "allow": said.get("allow", []),
        "notes": said.get("notes", []),
        "end": said.get("end"),
    }


def git(row: Session) -> dict[str, Any] | None:
    """Its workspace as a repository when it was last looked at; None: it is none, or nobody has looked."""
    return None if row.git is None else {name: row.git.get(name) for name in ("branch", "formatted")}


def viewers(seen: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Who is attached, as the runner tells it (`runner.control.Control.viewers`)."""
    return [
        {
            "id": viewer["id"],
            "user": viewer["who"].get("user"),
            "mode": "control" if viewer["control"] else "view",
            "drives": viewer["drives"],
            "since": timestamp(datetime.fromtimestamp(viewer["since"], UTC)),
        }
        for viewer in seen
    ]
