"""Sums out of the daily totals and the ledger; the only place that knows which of the two answers a question."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from costs import ranges, spans
from costs.figures import COUNTS, Counts, Figures
from costs.models import Basis, DailyTotal, Entry, Source
from costs.ranges import Days
from costs.spans import MILLION

TOKENS = COUNTS[2:]
NOTHING = Figures()
_MILLIONS: Combinable = F("cost_picousd") / MILLION
_REST: Combinable = F("cost_picousd") % MILLION


@dataclass(frozen=True)
class Whose:
    """Whose calls a report is about: filters that daily totals and entries both know; none is everybody's."""

    filters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def owner_id(self) -> int | None:
        return self.filters.get("owner_id")


def by(whose: Whose, days: Days, *keys: str) -> dict[tuple[Any, ...], Figures]:
    """Figures by the columns `keys`; of each combination that occurs."""
    cover = ranges.cover(days)
    found: dict[tuple[Any, ...], Figures] = {}
    _collect(found, _totals(whose, cover.first, cover.last), keys)
    for corrections, sign in ((cover.more, 1), (cover.less, -1)):
        if corrections:
            _collect(found, _entries(whose, corrections), keys, sign)
    return {key: figures for key, figures in found.items() if figures != NOTHING}


def by_model_and_more(whose: Whose, days: Days) -> dict[tuple[Any, ...], Figures]:
    """Figures by provider, model, agent and owner's id, each knowing its model if that has no price."""
    found = by(whose, days, "provider", "model", "agent", "owner_id")
    for key, figures in found.items():
        if figures.unpriced_requests:
            figures.unpriced_models.add(key[1])
    return found


def by_day(whose: Whose, days: Days) -> list[tuple[date, Figures]]:
    """Every day of the range, also those without a call."""
    cover = ranges.cover(days)
    found = {day: Figures() for day in days.all}
    of_server: dict[tuple[Any, ...], Figures] = {}
    _collect(of_server, _totals(whose, cover.first, cover.last), ("day",))
    if days.is_of_server:
        return [(day, of_server.get((day,), NOTHING)) for day in found]
    home, moved = ranges.moves(days, cover)
    for (day,), figures in of_server.items():
        _put(found, home[day], figures)
    for move, figures in zip(moved, spans.sums([move.span for move in moved], whose.filters), strict=True):
        _put(found, move.to_day, figures)
        _put(found, move.from_day, figures, -1)
    for span, figures in zip(cover.more, spans.sums(cover.more, whose.filters), strict=True):
        _put(found, days.start if span[0] == days.begins_at else days.end, figures)
    return list(found.items())


def _put(found: dict[date, Figures], day: date, figures: Figures, sign: int = 1) -> None:
    """Days just before and after the range are only there to be corrected."""
    if day in found:
        found[day].add(figures, sign)


def sessions_by_cost(whose: Whose, days: Days) -> list[uuid.UUID]:
    """The sessions that called anything, the dearest first."""
    found = by_cost(whose, days)
    return sorted(found, key=lambda session_id: (*found[session_id], session_id.int), reverse=True)


def by_cost(whose: Whose, days: Days) -> dict[uuid.UUID, list[int]]:
    """Of each session what is billed, what is equivalent, and its requests."""
    cover = ranges.cover(days)
    found: dict[uuid.UUID, list[int]] = {}
    sources = [(_totals(whose, cover.first, cover.last), 1)]
    sources += [(_entries(whose, more), sign) for more, sign in ((cover.more, 1), (cover.less, -1)) if more]
    for rows, sign in sources:
        requests = Sum("requests") if rows.model is DailyTotal else _requests()
        for session_id, basis, high, low, count in rows.values_list("session_id", "basis").annotate(
            high=_high(), low=_low(), count=requests
        ):
            cost = found.setdefault(session_id, [0, 0, 0])
            cost[basis != Basis.BILLED] += sign * _whole(high, low)
            cost[2] += sign * count
    return {session_id: cost for session_id, cost in found.items() if any(cost)}


def spent_since(whose: Whose, moment: datetime) -> int:
    """Billed pico-dollars since then, from the ledger itself."""
    rows = Entry.objects.filter(**whose.filters, basis=Basis.BILLED, at__gte=moment)
    sums = rows.aggregate(high=_high(), low=_low())
    return _whole(sums["high"], sums["low"])


def spent_from(whose: Whose, first: date) -> int:
    """Billed pico-dollars of the server's days from `first` on."""
    rows = DailyTotal.objects.filter(**whose.filters, basis=Basis.BILLED, day__gte=first)
    sums = rows.aggregate(high=_high(), low=_low())
    return _whole(sums["high"], sums["low"])


def recent(first: date, second: date) -> Iterator[tuple[uuid.UUID, int, str, uuid.UUID | None, int, int]]:
    """Session, owner, agent, the session's parent, and what they spent.

    First from the day `second` on, then from the earlier day `first` on.
    """
    rows = DailyTotal.objects.filter(basis=Basis.BILLED, day__gte=first).order_by()
    later = Q(day__gte=second)
    sums = rows.values_list("session_id", "owner_id", "agent", "session__parent_id").annotate(
        a=Sum(_MILLIONS, filter=later), b=Sum(_REST, filter=later), c=_high(), d=_low()
    )
    for session_id, owner_id, agent, parent_id, high, low, all_high, all_low in sums:
        yield session_id, owner_id, agent, parent_id, _whole(high, low), _whole(all_high, all_low)


def _totals(whose: Whose, first: date, last: date) -> QuerySet[Any]:
    return DailyTotal.objects.filter(**whose.filters, day__gte=first, day__lt=last).order_by()


def _entries(whose: Whose, among: Iterable[ranges.Span]) -> QuerySet[Any]:
    wanted = Q()
    for begins, ends in among:
        wanted |= Q(at__gte=begins, at__lt=ends)
    return Entry.objects.filter(wanted, **whose.filters).order_by()


def _collect(found: dict[tuple[Any, ...], Figures], rows: QuerySet[Any], keys: Sequence[str], sign: int = 1) -> None:
    sums = _sums_of_totals() if rows.model is DailyTotal else _sums_of_entries()
    for row in rows.values_list(*keys, "basis").annotate(**sums):
        key, (basis, high, low, requests, *tokens, unpriced_requests, unpriced_tokens) = (
            row[: len(keys)],
            row[len(keys) :],
        )
        figures = found.setdefault(key, Figures())
        counts = Counts(_whole(high, low), requests, *(count or 0 for count in tokens))
        (figures.billed if basis == Basis.BILLED else figures.equivalent).add(counts, sign)
        figures.unpriced_requests += sign * unpriced_requests
        figures.unpriced_tokens += sign * (unpriced_tokens or 0)


def _sums_of_totals() -> dict[str, Any]:
    names = ("requests", *TOKENS, "unpriced_requests", "unpriced_tokens")
    return {"high": _high(), "low": _low(), **{f"sum_{name}": Sum(name) for name in names}}


def _sums_of_entries() -> dict[str, Any]:
    """As the daily totals have them: a correction is no request, and what got a price later is not unpriced."""
    first = Coalesce(OuterRef("corrects"), OuterRef("pk"))  # a call's price covers what was corrected before, too
    priced_later = Entry.objects.filter(corrects=first).exclude(source=Source.UNPRICED)
    unpriced = Q(~Exists(priced_later), source=Source.UNPRICED)
    tokens = F("input_tokens") + F("cache_read_tokens") + F("cache_write_tokens") + F("output_tokens")
    return {
        "high": _high(),
        "low": _low(),
        "sum_requests": _requests(),
        **{f"sum_{name}": Sum(name) for name in TOKENS},
        "sum_unpriced_requests": Count("pk", filter=Q(corrects=None) & unpriced),
        "sum_unpriced_tokens": Sum(tokens, filter=unpriced),
    }


def _requests() -> Count:
    return Count("pk", filter=Q(corrects=None))


def _high() -> Sum:
    return Sum(_MILLIONS)


def _low() -> Sum:
    return Sum(_REST)


def _whole(high: Any, low: Any) -> int:
    return int(high or 0) * MILLION + int(low or 0)
