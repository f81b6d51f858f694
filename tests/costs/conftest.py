"""What every test of the money can ask for: sessions that the ledger knows, and prices that are easy to reckon."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from support.metering import INPUT, OUTPUT, USD

from costs import ledger
from providers.prices import Model, Priced
from providers.usage import Terms, Usage

STANDARD = Terms()
WINDOW, MOST_OUTPUT = 200_000, 8_000


@pytest.fixture
def prices(monkeypatch):
    """A price list with one model, `tested`; `prices.factor` multiplies it, `prices.known` holds more names."""

    class List:
        factor = 1
        known = {"tested"}

        def cost_of(self, provider, model, usage, at, terms=STANDARD):
            if usage.reported_usd is not None:
                return Priced(int(Decimal(usage.reported_usd) * USD), "reported", is_reported=True)
            if model not in self.known:
                return None
            whole_input = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
            return Priced(self.factor * (whole_input * INPUT + usage.output_tokens * OUTPUT), f"test {self.factor}")

        def worst_case(self, provider, model, *, input_tokens, output_tokens, at, terms=STANDARD):
            usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
            found = self.cost_of(provider, model, usage, at)
            return found.cost_picousd if found else None

        def model(self, provider, model):
            if model not in self.known:
                return None
            return Model(
                id=model, name=model, description="", context_window=WINDOW, max_output_tokens=MOST_OUTPUT, prices={}
            )

    found = List()
    for name in ("cost_of", "worst_case", "model"):
        monkeypatch.setattr(f"providers.prices.{name}", getattr(found, name))
    return found


@pytest.fixture
def session(prices):
    """`session(user)`: the id of a session that the ledger knows."""

    def make(user, agent="claude", name="A session"):
        session_id = uuid.uuid4()
        ledger.know(session_id, user.pk, name, agent, datetime.now(UTC))
        return session_id

    return make
