"""Writing the ledger: an entry, its daily total and the budgets' counters change together or not at all."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from costs import pricing, rows, totals
from costs.counters import Book, BudgetNews, Who
from costs.models import Basis, Entry, Kind, MeteredSession, Outcome
from costs.periods import day_of
from costs.pricing import Price
from costs.totals import totals_of, totals_with_inner
from costs.turns import turn
from providers.usage import Terms, Usage

__all__ = ["NewEntry", "know", "record", "record_all", "totals_of", "totals_with_inner"]

MOST_TOKENS = 100_000_000  # in one call; more is nonsense, and its price would not fit into 64 bits
MOST_PICOUSD = 10**17
MOST_MS = 2**31 - 1
COUNTS = (
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "reasoning_tokens",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What is to be written; the session's owner and agent (unless given) and the price are found out."""

    key: str
    session_id: uuid.UUID
    provider: str
    model: str
    at: datetime
    usage: Usage = field(default_factory=Usage)
    terms: Terms = field(default_factory=Terms)
    kind: Kind = Kind.CALL
    basis: Basis = Basis.BILLED
    agent: str = ""
    asked_model: str = ""  # when no price is known for `model`, this one's counts
    is_estimated: bool = False
    outcome: Outcome = Outcome.DONE
    status: int | None = None
    request_id: str = ""
    response_id: str = ""
    first_byte_ms: int | None = None
    total_ms: int | None = None
    corrects: Entry | None = None
    price: Price | None = None
    priced_tokens: int | None = None  # of a correction that gives a price to an entry that had none: its tokens


@dataclass(frozen=True, slots=True)
class Written:
    entry: Entry
    news: list[BudgetNews]


def know(
    session_id: uuid.UUID,
    owner_id: int,
    name: str,
    agent: str,
    created_at: datetime,
    *,
    parent_id: uuid.UUID | None = None,
) -> None:
    """Have a session in the ledger, with its newest name and agent; it stays there when the session is deleted.

    `parent_id`: a session that is known, within which this one works, and whose budgets hold it.
    """
    facts = {"owner_id": owner_id, "parent_id": parent_id, "name": name, "agent": agent, "created_at": created_at}
    MeteredSession.objects.bulk_create(
        [MeteredSession(id=session_id, **facts)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "agent"],
    )


def record(entry: NewEntry) -> Entry:
    """Write an entry, unless there is one of this key already; returns the one that is in the ledger."""
    return record_all([entry])[0]


def record_all(entries: Sequence[NewEntry]) -> list[Entry]:
    """As `record`, all of them together."""
    with turn():
        return [written.entry for written in write(entries)]


def write(entries: Sequence[NewEntry]) -> list[Written]:
    """As `record_all`, inside a `turn`."""
    there = {row.key: row for row in Entry.objects.filter(key__in={entry.key for entry in entries})}
    new = {entry.key: entry for entry in reversed(entries) if entry.key not in there}
    sessions = MeteredSession.objects.in_bulk({entry.session_id for entry in new.values()})
    written = {one.entry.key: one for one in write_new(list(new.values()), sessions)}
    there |= {key: one.entry for key, one in written.items()}
    return [written.pop(entry.key) if entry.key in written else Written(there[entry.key], []) for entry in entries]


def write_new(
    entries: Sequence[NewEntry],
    sessions: Mapping[uuid.UUID, MeteredSession],
    *,
    released: Mapping[int, int] | None = None,
) -> list[Written]:
    """Write entries whose keys are not in the ledger, inside a `turn`.

    `released`: reservations that end with them, by the id of their counter.
    """
    new = [_row(entry, sessions[entry.session_id]) for entry in entries]
    rows.insert(new, has_pk=False)
    totals.add((row, entry.priced_tokens) for row, entry in zip(new, entries, strict=True))
    moved = {
        row.key: (row, Who.has(sessions[row.session_id], row.agent))
        for row in new
        if row.cost_picousd and row.basis == Basis.BILLED
    }
    book = Book.of_calls([(who, row.at) for row, who in moved.values()])
    for row, who in moved.values():
        for counter in book.of(who, row.at):
            counter.spend(row.cost_picousd)
    news = {
        key: [item for counter in book.of(who, row.at) for item in counter.news(who)]
        for key, (row, who) in moved.items()
    }
    book.save(released)
    return [Written(row, news.get(row.key, [])) for row in new]


def _row(entry: NewEntry, session: MeteredSession) -> Entry:
    usage, is_nonsense = _bounded(entry.usage, least=-MOST_TOKENS if entry.corrects else 0)
    price = entry.price or pricing.price(
        entry.provider, (entry.model, entry.asked_model or entry.model), usage, entry.at, entry.terms
    )
    return Entry(
        key=entry.key[:200],
        kind=entry.kind,
        basis=entry.basis,
        corrects=entry.corrects,
        session_id=session.pk,
        owner_id=session.owner_id,
        agent=(entry.agent or session.agent)[:64],
        provider=entry.provider[:64],
        model=entry.model[:200],
        at=entry.at,
        day=day_of(entry.at),
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        cache_write_1h_tokens=usage.cache_write_1h_tokens,
        output_tokens=usage.output_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        extra=dict(usage.extra),
        is_estimated=entry.is_estimated or is_nonsense,
        service_tier=entry.terms.service_tier[:32],
        speed=entry.terms.speed[:32],
        source=price.source,
        cost_picousd=max(-MOST_PICOUSD, min(MOST_PICOUSD, price.cost_picousd)),
        price_version=price.version[:100],
        outcome=entry.outcome,
        status=entry.status,
        request_id=entry.request_id[:200],
        response_id=entry.response_id[:200],
        first_byte_ms=_ms(entry.first_byte_ms),
        total_ms=_ms(entry.total_ms),
        recorded_at=datetime.now(UTC),
    )


def _bounded(usage: Usage, least: int) -> tuple[Usage, bool]:
    """Token counts that a column holds, and whether what the provider told was nonsense."""
    told = {name: getattr(usage, name) for name in COUNTS}
    kept = {name: max(least, min(MOST_TOKENS, count)) for name, count in told.items()}
    extra = {name: max(least, min(MOST_TOKENS, count)) for name, count in usage.extra.items()}
    if kept == told and extra == usage.extra:
        return usage, False
    return Usage(**kept, extra=extra, reported_usd=usage.reported_usd), True


def _ms(value: int | None) -> int | None:
    return None if value is None else max(0, min(MOST_MS, value))
