"""Runs as callers see them: camelCase, UTC timestamps ending in Z. Events keep the names of their vocabulary."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from agterm_agent.policy import Safety
from core.moments import timestamp
from costs.figures import Figures
from runs import keeping, policy
from runs.models import Run, RunEvent
from runs.trail import PIECES
from sessions import figures

SAFETIES = tuple(safety.value for safety in Safety)


def runs(rows: Sequence[Run]) -> list[dict[str, Any]]:
    """Without their events and diffs."""
    found = keeping.costs_of(rows)
    return [_run(row, found[row.pk]) for row in rows]


def run(row: Run) -> dict[str, Any]:
    """With its diff; without its events."""
    return runs([row])[0] | {"diff": row.diff, "diffTruncated": not row.is_diff_whole}


def outcome(row: Run) -> dict[str, Any]:
    """The answer to `POST /api/run`: all there is, the trail included."""
    whole = run(row)
    first = ("result", "sessionId", "runId", "status", "reason", "events", "cost", "usage")
    found = whole | {"runId": whole["id"], "events": events(row.events.exclude(kind__in=PIECES))}
    return {name: found[name] for name in (*first, *(name for name in found if name not in (*first, "id")))}


def names(row: Run) -> dict[str, Any]:
    """What is told of it first: how to ask for it later."""
    return {"runId": str(row.pk), "sessionId": _id(row.session_id)}


def _id(key: UUID | None) -> str | None:
    return None if key is None else str(key)


def events(rows: Iterable[RunEvent]) -> list[dict[str, Any]]:
    return [row.body for row in rows]


def _run(row: Run, total: Figures) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "sessionId": _id(row.session_id),
        "sessionName": row.session_name,
        "status": row.status,
        "agent": row.agent,
        "modelConfig": {"provider": row.provider or None, "model": row.model or None},
        "message": row.message,
        **policy.fields(row.modes),
        "timeoutMs": row.timeout_ms,
        "awaiting": row.awaiting,
        "result": row.result,
        "reason": row.reason or None,
        "conversation": row.conversation or None,
        "cost": figures.cost(total),
        "usage": row.usage,
        "startedAt": timestamp(row.started_at),
        "endedAt": timestamp(row.ended_at) if row.ended_at else None,
    }


def call(row: RunEvent, result: RunEvent | None) -> dict[str, Any]:
    """One line of the history of tool calls. What an agent says of one may be anything."""
    said = result.body if result is not None else {"status": "pending"}
    safety, status, duration_ms = row.body.get("safety"), said.get("status"), said.get("duration_ms")
    return {
        "id": str(row.pk),
        "at": timestamp(row.at),
        "runId": str(row.run_id),
        "sessionId": _id(row.run.session_id),
        "sessionName": row.run.session_name,
        "agent": row.run.agent,
        "tool": row.body["name"],
        "arguments": row.body["arguments"],
        "safety": safety if safety in SAFETIES else None,
        "result": said.get("result"),
        "status": status if status in ("ok", "pending") else "error",
        "durationMs": duration_ms if type(duration_ms) in (int, float) else None,
    }
