"""The ledger as a file, CSV or JSON, written as it is read: a million lines take no more memory than a thousand."""

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import Q

from costs.models import Entry
from costs.queries import Whose
from costs.ranges import Days
from costs.serializers import CURRENCY, days, event

LINES = 1000  # read at once; between two reads the database is left alone, however slowly the caller reads
COLUMNS = (
    "id", "at", "kind", "basis", "corrects", "sessionId", "sessionName", "owner", "agent", "provider", "model",
    "inputTokens", "cacheReadTokens", "cacheWriteTokens", "cacheWrite1hTokens", "outputTokens", "reasoningTokens",
    "isEstimated", "serviceTier", "speed", "source", "costUsd", "priceVersion", "outcome", "status", "requestId",
    "responseId", "firstByteMs", "totalMs",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of a program


async def csv_pieces(of: Whose, asked: Days) -> AsyncIterator[str]:
    yield _lines([COLUMNS])
    async for rows in _pages(of, asked):
        yield _lines([_cells(row) for row in rows])


async def json_pieces(of: Whose, asked: Days) -> AsyncIterator[str]:
    """The usual envelope, one entry a line."""
    head = json.dumps({"range": days(asked), "currency": CURRENCY})
    yield '{"success": true, "data": ' + head.removesuffix("}") + ', "events": ['
    separator = "\n"
    async for rows in _pages(of, asked):
        yield separator + ",\n".join(json.dumps(event(row), ensure_ascii=False) for row in rows)
        separator = ",\n"
    yield "\n]}}\n"


async def _pages(of: Whose, asked: Days) -> AsyncIterator[list[Entry]]:
    last: Entry | None = None
    while rows := await sync_to_async(page)(of, asked, last):
        yield rows
        last = rows[-1]


def page(of: Whose, asked: Days, after: Entry | None) -> list[Entry]:
    """The next lines, the oldest first."""
    rows = Entry.objects.filter(**of.filters, at__gte=asked.begins_at, at__lt=asked.ends_at)
    if after is not None:
        rows = rows.filter(Q(at__gt=after.at) | Q(pk__gt=after.pk, at=after.at), at__gte=after.at)
    return list(rows.select_related("session", "owner").defer("extra").order_by("at", "pk")[:LINES])


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _cells(row: Entry) -> list[Any]:
    found = event(row)
    return [found[name] if name == "costUsd" else harmless(found[name]) for name in COLUMNS]


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would run gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
