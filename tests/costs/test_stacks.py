"""Days by what they were for: exact in any zone, the dearest first, and nobody's but one's own."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

from costs import ledger
from costs.ledger import NewEntry
from costs.models import Source
from costs.pricing import Price
from providers.usage import Usage

RANGE = "startDate=2026-03-01&endDate=2026-03-03"


def spend(session_id, when, usd, model):
    cost = int(Decimal(usd) * 10**12)
    ledger.record(
        NewEntry(
            key=f"call:{uuid.uuid4()}", session_id=session_id, provider="anthropic", model=model,
            at=datetime.fromisoformat(when).replace(tzinfo=UTC), usage=Usage(input_tokens=10, output_tokens=5),
            price=Price(Source.COMPUTED, cost, "by hand"),
        )
    )  # fmt: skip


def test_days_are_told_by_model_and_by_user_and_add_up(session, owner, teammate, staff, stranger, client):
    mine, theirs = session(owner), session(teammate)
    spend(mine, "2026-03-01T23:30:00", "0.25", "small")
    spend(mine, "2026-03-02T10:00:00", "1.5", "large")
    spend(theirs, "2026-03-03T10:00:00", "4", "large")
    found = client(staff).get(f"/api/costs/stacked?{RANGE}&by=model&tz=Europe/Berlin").json()["data"]
    told = {part["name"]: [Decimal(day["costUsd"]) for day in part["days"]] for part in found["parts"]}
    assert list(told) == ["large", "small"]
    assert told == {"large": [0, Decimal("1.5"), 4], "small": [0, Decimal("0.25"), 0]}
    assert found["parts"][0]["days"][2] == {
        "date": "2026-03-03", "costUsd": "4.00", "apiEquivalentUsd": "0.00", "tokens": 15,
    }  # fmt: skip
    by_user = client(staff).get(f"/api/costs/stacked?{RANGE}&by=user&limit=1").json()["data"]["parts"]
    assert [part["name"] for part in by_user] == [teammate.username]
    own = client(owner).get(f"/api/costs/stacked?{RANGE}&by=model").json()["data"]["parts"]
    assert sum(Decimal(day["costUsd"]) for part in own for day in part["days"]) == Decimal("1.75")
    assert client(stranger).get(f"/api/costs/stacked?{RANGE}&by=agent").json()["data"]["parts"] == []
    assert client(owner).get(f"/api/costs/stacked?{RANGE}&by=user").status_code == 403
    assert client(owner).get(f"/api/costs/stacked?{RANGE}&by=moon").status_code == 400
