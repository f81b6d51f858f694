"""Pricing entries of the ledger anew: the difference is appended, the old figure stays."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from costs import ledger, pricing
from costs.ledger import COUNTS, NewEntry
from costs.models import Basis, Entry, Kind, Source
from costs.pricing import Price
from costs.totals import tokens_of
from costs.turns import turn
from providers.usage import Terms, Usage

AT_ONCE = 500  # entries a transaction, so that calls need not wait long


@dataclass(frozen=True, slots=True, kw_only=True)
class Repriced:
    """What came of one entry. `new` is None when there is still no price for it."""

    provider: str
    model: str
    old: Price
    new: Price | None

    @property
    def difference_picousd(self) -> int:
        return self.new.cost_picousd - self.old.cost_picousd if self.new else 0

    @property
    def is_changed(self) -> bool:
        return self.new is not None and (self.old.source == Source.UNPRICED or self.difference_picousd != 0)


def reprice(
    *, since: datetime | None = None, model: str | None = None, everything: bool = False, is_dry: bool = False
) -> Iterator[Repriced]:
    """Price the entries that have none, or all that we priced (`everything`), by the lists as they are now.

    What the provider itself reported stays. With `is_dry` nothing is written.
    """
    last = 0
    while ids := list(_candidates(since, model, everything).filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        with turn():
            found = list(_looked_at(Entry.objects.filter(pk__in=ids).order_by("pk")))
            if not is_dry:
                ledger.write([new for _, new in found if new])
        yield from (repriced for repriced, _ in found)
        last = ids[-1]


def _candidates(since: datetime | None, model: str | None, everything: bool) -> QuerySet[Entry]:
    rows = Entry.objects.filter(corrects=None).exclude(source=Source.REPORTED).order_by("pk")
    if since is not None:
        rows = rows.filter(at__gte=since)
    if model is not None:
        rows = rows.filter(model=model)
    if not everything:
        priced_later = Entry.objects.filter(corrects=OuterRef("pk")).exclude(source=Source.UNPRICED)
        rows = rows.filter(~Exists(priced_later), source=Source.UNPRICED)
    return rows


def _looked_at(entries: QuerySet[Entry]) -> Iterator[tuple[Repriced, NewEntry | None]]:
    corrections: dict[int, list[Entry]] = defaultdict(list)
    for row in Entry.objects.filter(corrects__in=entries).order_by("pk"):
        corrections[row.corrects_id or 0].append(row)
    for entry in entries:
        yield _priced_anew(entry, corrections[entry.pk])


def _priced_anew(entry: Entry, corrections: Sequence[Entry]) -> tuple[Repriced, NewEntry | None]:
    parts = [entry, *corrections]
    known = [part for part in parts if part.source != Source.UNPRICED]
    old = Price(
        Source(known[-1].source) if known else Source.UNPRICED,
        sum(part.cost_picousd for part in parts),
        known[-1].price_version if known else "",
    )
    terms = Terms(service_tier=parts[-1].service_tier, speed=parts[-1].speed)
    price = pricing.price(entry.provider, (entry.model,), _usage(parts), entry.at, terms)
    new = None if price.source == Source.UNPRICED else price
    repriced = Repriced(provider=entry.provider, model=entry.model, old=old, new=new)
    if new is None or not repriced.is_changed:
        return repriced, None
    return repriced, NewEntry(
        key=f"reprice:{entry.pk}:{sum(part.kind == Kind.REPRICING for part in corrections)}",
        kind=Kind.REPRICING,
        basis=Basis(entry.basis),
        corrects=entry,
        session_id=entry.session_id,
        agent=entry.agent,
        provider=entry.provider,
        model=entry.model,
        at=entry.at,
        terms=terms,
        price=Price(new.source, repriced.difference_picousd, new.version),
        priced_tokens=None if known else sum(tokens_of(part) for part in parts),
        is_estimated=entry.is_estimated,
    )


def _usage(parts: Sequence[Entry]) -> Usage:
    """What the call used up, whatever was put right about it later."""
    extra: dict[str, int] = defaultdict(int)
    for part in parts:
        for name, count in part.extra.items():
            extra[name] += count
    return Usage(**{name: sum(getattr(part, name) for part in parts) for name in COUNTS}, extra=dict(extra))
