"""Recordings as callers see them: camelCase, UTC timestamps ending in Z."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from core.moments import timestamp
from recordings.models import Recording

MARKERS_IN_LISTS = 100  # of each


def recordings(rows: Iterable[Recording]) -> list[dict[str, Any]]:
    """With the first markers of each."""
    shown = [recording(row) for row in rows]
    return [one | {"markers": one["markers"][:MARKERS_IN_LISTS]} for one in shown]


def recording(row: Recording) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "sessionId": str(row.session_key),
        "sessionName": row.session_name,
        "sessionDeleted": row.session_id is None,
        "agent": row.agent,
        "title": row.title,
        "status": row.status,
        "startedAt": timestamp(row.started_at),
        "endedAt": timestamp(row.ended_at) if row.ended_at else None,
        "durationMs": row.duration_ms,
        "format": row.format,
        "cols": row.cols,
        "rows": row.rows,
        "eventCount": row.event_count,
        "sizeBytes": row.size_bytes,
        "includeInput": row.include_input,
        "markers": [marker(one) for one in row.markers],
        "markerCount": len(row.markers),
        "truncated": row.truncated or None,
        "error": row.error or None,
    }


def marker(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"atMs": said["at_ms"], "label": said["label"], "kind": said["kind"]}


def status(session_id: UUID, row: Recording | None) -> dict[str, Any]:
    """Whether a session is recorded, and as what."""
    return {
        "sessionId": str(session_id),
        "terminalId": str(session_id),
        "isRecording": row is not None,
        "status": "not_recording" if row is None else row.status,
        "recordingId": None if row is None else str(row.pk),
        "recording": None if row is None else recording(row),
    }


def done(row: Recording) -> dict[str, Any]:
    """The answer to start and stop: the recording, and the words of TermFlow's clients for it."""
    return {
        "recordingId": str(row.pk),
        "sessionId": str(row.session_key),
        "terminalId": str(row.session_key),
        "status": row.status,
        "size": row.size_bytes,
        "eventCount": row.event_count,
        "recording": recording(row),
    }
