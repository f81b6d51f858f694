"""Calls that cost what a test says, written as the providers' door writes them."""

import uuid
from datetime import UTC, datetime
from typing import Any

from costs import ledger
from costs.calls import Settled
from costs.ledger import NewEntry
from costs.models import Source
from costs.money import picousd
from costs.pricing import Price
from costs.turns import turn
from providers.usage import Usage


def spend(session_id: str | uuid.UUID, usd: str = "", **fields: Any) -> Settled:
    """One call of the session; without `usd` it is unpriced."""
    price = Price(Source.COMPUTED, picousd(usd), "a test's") if usd else Price(Source.UNPRICED)
    call = NewEntry(
        key=f"call:{uuid.uuid4()}",
        session_id=uuid.UUID(str(session_id)),
        provider="anthropic",
        model="claude-x",
        at=datetime.now(UTC),
        price=price,
        **{"usage": Usage(input_tokens=100, cache_read_tokens=20, output_tokens=30, reasoning_tokens=5)} | fields,
    )
    with turn():
        (written,) = ledger.write([call])
    entry = written.entry
    return Settled(entry=entry, session_id=entry.session_id, owner_id=entry.owner_id, warnings=written.news)
