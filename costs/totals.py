"""The daily totals: kept with every entry of the ledger, read wherever sums are shown."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Sum

from costs import rows
from costs.figures import COUNTS, Counts, Figures
from costs.models import Basis, DailyTotal, Entry, Source

GROUP = ("day", "session_id", "owner_id", "agent", "provider", "model", "basis")
SUMS = (
    "requests",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "cost_picousd",
    "unpriced_requests",
    "unpriced_tokens",
)


def tokens_of(entry: Entry) -> int:
    return entry.input_tokens + entry.cache_read_tokens + entry.cache_write_tokens + entry.output_tokens


def add(entries: Iterable[tuple[Entry, int | None]]) -> None:
    """Count new entries. With each: the unpriced tokens that it gives a price, None when it gives none."""
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(SUMS))
    for entry, priced_tokens in entries:
        group = sums[tuple(getattr(entry, name) for name in GROUP)]
        for place, value in enumerate(_values(entry, priced_tokens)):
            group[place] += value
    rows.write_each(_UPSERT, [[*group, *values] for group, values in sums.items()])


def _values(entry: Entry, priced_tokens: int | None) -> list[int]:
    is_request, is_unpriced = entry.corrects_id is None, entry.source == Source.UNPRICED
    unpriced_requests = int(is_request and is_unpriced) - int(priced_tokens is not None)
    return [
        int(is_request),
        entry.input_tokens,
        entry.cache_read_tokens,
        entry.cache_write_tokens,
        entry.output_tokens,
        entry.reasoning_tokens,
        entry.cost_picousd,
        unpriced_requests,
        (tokens_of(entry) if is_unpriced else 0) - (priced_tokens or 0),
    ]


_UPSERT = (
    f"INSERT INTO agterm_daily_total ({', '.join(GROUP + SUMS)}) "  # noqa: S608 - names of columns, from above
    f"VALUES ({', '.join(['%s'] * len(GROUP + SUMS))}) ON CONFLICT ({', '.join(GROUP)}) DO UPDATE SET "
    + ", ".join(f"{name} = agterm_daily_total.{name} + excluded.{name}" for name in SUMS)
)


def totals_of(session_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Figures]:
    """The sums of each of these sessions' own calls; empty ones for a session without any."""
    return _summed(session_ids, "session")


def totals_with_inner(session_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Figures]:
    """As `totals_of`, what worked within each of them included."""
    found, inner = totals_of(session_ids), _summed(session_ids, "session__parent")
    for session_id, figures in inner.items():
        found[session_id].add(figures)
    return found


def _summed(session_ids: Collection[uuid.UUID], column: str) -> dict[uuid.UUID, Figures]:
    found = {session_id: Figures() for session_id in session_ids}
    rows = DailyTotal.objects.filter(**{f"{column}__in": session_ids}).order_by().values_list(f"{column}_id", "basis")
    for session_id, basis, *sums in rows.annotate(**{f"sum_{name}": Sum(name) for name in SUMS}):
        figures, told = found[session_id], dict(zip(SUMS, sums, strict=True))
        counts = Counts(**{name: told[name] for name in COUNTS})
        if basis == Basis.BILLED:
            figures.billed = counts
            figures.unpriced_requests, figures.unpriced_tokens = told["unpriced_requests"], told["unpriced_tokens"]
        else:
            figures.equivalent = counts
    return found
