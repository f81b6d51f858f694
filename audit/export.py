"""The audit log as a file, JSON lines or CSV, written as it is read."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC
from typing import Any

from asgiref.sync import sync_to_async

from audit import chain
from audit.models import AuditEvent
from audit.payloads import COLUMNS, event

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of a program


def pieces(kind: str, wanted: Mapping[str, Any]) -> Iterator[str]:
    """The oldest first. The chain's end is noted first, so that what is missing later was there when this was made."""
    last = AuditEvent.objects.first()
    if last is not None:
        chain.note_head(last)
    if kind == "csv":
        yield _csv([COLUMNS])
    after = 0
    while rows := list(AuditEvent.objects.filter(**wanted, seq__gt=after).order_by("seq")[: chain.READ_AT_ONCE]):
        yield _csv([_cells(row) for row in rows]) if kind == "csv" else _lines(rows)
        after = rows[-1].seq


async def sent(kind: str, wanted: Mapping[str, Any]) -> AsyncIterator[str]:
    """The same, for a caller who may read slowly: between two reads no thread is held."""
    reading = pieces(kind, wanted)
    while (piece := await sync_to_async(_next)(reading)) is not None:
        yield piece


def _next(reading: Iterator[str]) -> str | None:
    return next(reading, None)


def _whole(row: AuditEvent) -> dict[str, Any]:
    """With the moment to the microsecond: the hash is of that."""
    return event(row) | {"at": row.at.astimezone(UTC).isoformat(timespec="microseconds")}


def _lines(rows: list[AuditEvent]) -> str:
    return "".join(json.dumps(_whole(row), ensure_ascii=False) + "\n" for row in rows)


def _cells(row: AuditEvent) -> list[str]:
    shown = _whole(row)
    cells = [shown[name] for name in COLUMNS]
    texts = ["" if cell is None else json.dumps(cell) if isinstance(cell, dict) else str(cell) for cell in cells]
    return [f"'{text}" if text.startswith(FORMULA) else text for text in texts]


def _csv(rows: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
