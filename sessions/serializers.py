"""A session as callers see it: camelCase, UTC timestamps ending in Z."""

from datetime import UTC, datetime
from typing import Any

from sessions.models import Session


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def session(row: Session) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "name": row.name,
        "agent": row.agent,
        "createdAt": timestamp(row.created_at),
        "lastActiveAt": timestamp(row.active_at),
        "workspaceDir": row.workspace,
        "pid": row.pid,
        "modelConfig": {"provider": row.provider or None, "model": row.model or None},
        "status": row.status,
        "state": row.state,
        "stateSince": timestamp(row.state_since),
        "exitCode": row.exit_code,
        "signal": row.exit_signal,
        "cols": row.cols,
        "rows": row.rows,
        "offset": row.offset,
        "isolation": row.isolation,
    }
