"""Reports add up to the ledger to the pico-dollar: whatever the zone, the range and who asks."""

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from costs import ledger
from costs.ledger import NewEntry
from costs.models import Basis, Entry, Kind, Source
from costs.pricing import Price
from providers.usage import Usage

ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Auckland", "Pacific/Kiritimati")
MARCH = "startDate=2026-03-20&endDate=2026-04-10"  # clocks change in Berlin, St. John's and Auckland


def line(session_id, at, *, model="tested", cost=None, tokens=100, **fields):
    """A line for the ledger; without `cost` the price list says what it costs."""
    price = Price(Source.COMPUTED, cost, "by hand") if cost is not None else None
    usage = Usage(input_tokens=tokens, cache_read_tokens=3, cache_write_tokens=2, output_tokens=1, reasoning_tokens=1)
    fields = {"key": f"call:{uuid.uuid4()}", "provider": "anthropic", "usage": usage, "price": price} | fields
    return NewEntry(session_id=session_id, model=model, at=at, **fields)


@pytest.fixture
def call(session):
    """`call(session_id, at, …)` writes a line of the ledger."""
    return lambda *told, **fields: ledger.record(line(*told, **fields))


@pytest.fixture
def many(session, owner, teammate):
    """Three weeks of calls of two people, of every kind, as a list of entries."""
    chance = random.Random(5)
    sessions = [(session(user, agent), agent) for user in (owner, teammate) for agent in ("claude", "codex")]
    begin = datetime(2026, 3, 18, tzinfo=UTC)
    lines = []
    for _ in range(250):
        session_id, agent = chance.choice(sessions)
        known = chance.random() < 0.9
        lines.append(
            line(
                session_id, begin + timedelta(seconds=chance.randrange(26 * 86_400)), agent=agent,
                model=chance.choice(("tested", "dearer")) if known else "unheard-of",
                cost=chance.randrange(1, 10**12) if known else None,
                tokens=chance.randrange(10_000),
                basis=Basis.SUBSCRIPTION if chance.random() < 0.2 else Basis.BILLED,
                provider=chance.choice(("anthropic", "openai")),
            )
        )  # fmt: skip
    entries = ledger.record_all(lines)
    for unpriced in [entry for entry in entries if entry.source == Source.UNPRICED][::2]:
        entries.append(repriced(unpriced, chance.randrange(1, 10**12)))
    return entries


def repriced(entry, cost):
    """What `agterm reprice` writes."""
    tokens = entry.input_tokens + entry.cache_read_tokens + entry.cache_write_tokens + entry.output_tokens
    return ledger.record(
        NewEntry(
            key=f"reprice:{entry.pk}:1", kind=Kind.REPRICING, basis=entry.basis, session_id=entry.session_id,
            agent=entry.agent, provider=entry.provider, model=entry.model, at=entry.at, corrects=entry,
            price=Price(Source.COMPUTED, cost, "by hand"), priced_tokens=tokens,
        )
    )  # fmt: skip


def expected(entries):
    """What the ledger's lines come to, added up one by one."""
    billed = [entry for entry in entries if entry.basis == Basis.BILLED]
    beside = [entry for entry in entries if entry.basis != Basis.BILLED]
    later = {entry.corrects_id for entry in entries if entry.corrects_id}
    unpriced = [entry for entry in entries if entry.source == Source.UNPRICED and entry.pk not in later]
    return {
        **counts(billed),
        "apiEquivalent": counts(beside),
        "unpriced": {"requests": len(unpriced), "tokens": sum(tokens(entry) for entry in unpriced)},
    }


def counts(entries):
    names = {
        "inputTokens": "input_tokens", "cacheReadTokens": "cache_read_tokens", "cacheWriteTokens": "cache_write_tokens",
        "outputTokens": "output_tokens", "reasoningTokens": "reasoning_tokens",
    }  # fmt: skip
    return {
        "costUsd": Decimal(sum(entry.cost_picousd for entry in entries)).scaleb(-12),
        "requests": sum(entry.corrects_id is None for entry in entries),
        **{wire: sum(getattr(entry, name) for entry in entries) for wire, name in names.items()},
    }


def tokens(entry):
    return entry.input_tokens + entry.cache_read_tokens + entry.cache_write_tokens + entry.output_tokens


def shown(figures):
    """A part of an answer, to compare with `expected`."""
    kept = {name: figures[name] for name in (*counts([]), "apiEquivalent", "unpriced")}
    kept["unpriced"] = {name: kept["unpriced"][name] for name in ("requests", "tokens")}
    beside = kept["apiEquivalent"]
    kept["apiEquivalent"] = beside | {"costUsd": Decimal(beside["costUsd"])}
    return kept | {"costUsd": Decimal(kept["costUsd"])}


def data(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def within(entries, zone, first=date(2026, 3, 20), last=date(2026, 4, 10)):
    return [entry for entry in entries if first <= entry.at.astimezone(ZoneInfo(zone)).date() <= last]


@pytest.mark.parametrize("zone", ZONES)
def test_every_figure_of_the_dashboard_is_the_sum_of_its_lines_in_any_zone(many, staff, client, zone):
    found = data(client(staff).get(f"/api/costs/dashboard?{MARCH}&tz={zone}"))
    entries = within(many, zone)
    assert shown(found["total"]) == expected(entries)
    for name, key, column in (
        ("byProvider", "provider", "provider"), ("byModel", "model", "model"), ("byAgent", "agent", "agent"),
        ("byUser", "userId", "owner_id"), ("topSessions", "sessionId", "session_id"),
    ):  # fmt: skip
        parts = {}
        for part in found[name]:
            parts.setdefault(part[key], []).append(part)
        for value, rows in parts.items():
            mine = [entry for entry in entries if str(getattr(entry, column)) == str(value)]
            if name != "byModel":
                assert shown(rows[0]) == expected(mine)
        assert sum(Decimal(part["costUsd"]) for part in found[name]) == Decimal(found["total"]["costUsd"])
    assert [day["date"] for day in found["byDay"]] == [str(date(2026, 3, 20) + timedelta(days=n)) for n in range(22)]
    for day in found["byDay"]:
        assert shown(day) == expected(within(entries, zone, *[date.fromisoformat(day["date"])] * 2))


@pytest.mark.parametrize("server", ["Europe/Berlin", "Pacific/Kiritimati"])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "Pacific/Honolulu"])
def test_the_servers_own_zone_changes_no_figure(configure, session, owner, client, server, zone):
    configure(time_zone=server)
    mine = session(owner)
    chance = random.Random(server + zone)
    begin = datetime(2026, 3, 18, tzinfo=UTC)
    moments = [begin + timedelta(minutes=chance.randrange(26 * 1440)) for _ in range(150)]
    entries = ledger.record_all([line(mine, at, cost=chance.randrange(10**12)) for at in moments])
    found = data(client(owner).get(f"/api/costs/daily?{MARCH}&tz={zone}"))
    for day in found["days"]:
        assert shown(day) == expected(within(entries, zone, *[date.fromisoformat(day["date"])] * 2))
    assert shown(found["total"]) == expected(within(entries, zone))
    one = data(client(owner).get(f"/api/costs/providers?startDate=2026-03-29&endDate=2026-03-29&tz={zone}"))
    assert shown(one["total"]) == expected(within(entries, zone, date(2026, 3, 29), date(2026, 3, 29)))


def test_shares_add_up_to_a_hundred_percent(session, call, owner, client):
    for model in ("one", "two", "three"):
        call(session(owner), datetime.now(UTC), model=model, cost=1)
    found = data(client(owner).get("/api/costs/models"))
    assert sorted(part["sharePercent"] for part in found["models"]) == [33.33, 33.33, 33.34]
    assert {part["costUsd"] for part in found["models"]} == {"0.000000000001"}
    assert found["total"]["costUsd"] == "0.000000000003"


def test_sums_beyond_what_64_bits_hold_are_exact(session, owner, client):
    for mine in (session(owner), session(owner)):
        ledger.record_all([line(mine, datetime.now(UTC), cost=10**17 - 1) for _ in range(90)])
    assert data(client(owner).get("/api/costs/dashboard"))["total"]["costUsd"] == "17999999.99999999982"
    assert data(client(owner).get("/api/costs/daily?tz=Asia/Tokyo"))["total"]["costUsd"] == "17999999.99999999982"


def test_users_see_their_own_and_staff_see_all_or_one(many, owner, teammate, staff, client):
    mine = data(client(owner).get(f"/api/costs/dashboard?{MARCH}"))
    assert shown(mine["total"]) == expected([e for e in within(many, "UTC") if e.owner_id == owner.pk])
    assert [part["user"] for part in mine["byUser"]] == ["owner"]
    theirs = data(client(staff).get(f"/api/costs/dashboard?{MARCH}&owner=teammate"))
    assert shown(theirs["total"]) == expected([e for e in within(many, "UTC") if e.owner_id == teammate.pk])
    for visitor, name in ((owner, "teammate"), (owner, "nobody"), (staff, "nobody")):
        answer = client(visitor).get(f"/api/costs/sessions?owner={name}")
        assert (answer.status_code, "owner" in answer.json()["error"]["message"]) == (400, True)
    assert client(owner).get("/api/costs/users").status_code == 403
    users = data(client(staff).get(f"/api/costs/users?{MARCH}"))["users"]
    assert {part["user"] for part in users} == {"owner", "teammate"}


def test_models_without_a_price_are_named(session, call, owner, client):
    call(session(owner), datetime.now(UTC), model="unheard-of")
    found = data(client(owner).get("/api/costs/dashboard"))
    assert found["unpriced"] == {"requests": 1, "tokens": 106, "models": ["unheard-of"]}
    assert found["total"]["costUsd"] == "0.00"


def test_nothing_said_is_the_last_thirty_days_with_zeros(owner, client):
    found = data(client(owner).get("/api/costs/dashboard"))
    today = datetime.now(UTC).date()
    assert found["range"] == {
        "startDate": str(today - timedelta(days=29)), "endDate": str(today), "days": 30, "tz": "UTC"
    }  # fmt: skip
    assert len(found["byDay"]) == 30
    assert {day["costUsd"] for day in found["byDay"]} == {"0.00"}
    assert found["total"]["sessions"] == 0
    assert len(data(client(owner).get("/api/costs/daily?days=3660"))["days"]) == 3660


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("startDate=2026-02-30", "startDate"), ("startDate=20260201", "startDate"), ("endDate=yesterday", "endDate"),
        ("startDate=2026-02-02T00:00:00", "startDate"), ("endDate=0", "endDate"), ("startDate=0001-01-01", "startDate"),
        ("startDate=2026-02-02&endDate=2026-02-01", "endDate"),
        ("startDate=2010-01-01&endDate=2026-02-01", "startDate"),
        ("startDate=1980-01-01", "startDate"), ("days=0", "days"), ("days=3661", "days"), ("days=ten", "days"),
        ("days=3&startDate=2026-01-01", "days"), ("tz=Mars/Olympus", "tz"), ("tz=../../etc/passwd", "tz"),
        ("tz=America", "tz"), ("tz=", "tz"), ("tz=%00", "tz"), ("from=2026-01-01", "from"), ("limit=5", "limit"),
    ],
)  # fmt: skip
def test_a_range_that_makes_no_sense_is_refused_by_name(owner, client, query, field):
    answer = client(owner).get(f"/api/costs/dashboard?{query}")
    assert answer.status_code == 400, answer.json()
    assert field in answer.json()["error"]["message"]


def test_one_session_tells_its_calls_and_its_pace(session, call, owner, staff, stranger, client):
    mine = session(owner, name="The one")
    old = call(mine, datetime.now(UTC) - timedelta(hours=3), cost=24 * 10**12)
    new = call(mine, datetime.now(UTC) - timedelta(minutes=3), cost=10**12)
    call(session(owner), datetime.now(UTC), cost=10**12)
    for reader in (owner, staff):
        found = data(client(reader).get(f"/api/costs/sessions/{mine}"))
        assert (found["session"]["name"], found["session"]["costUsd"]) == ("The one", "25.00")
        assert [event["id"] for event in found["events"]] == [str(new.pk), str(old.pk)]
        assert (found["burnRatePerHour"], found["burnRatePerHour24h"]) == ("1.00", "1.041666666666")
    for hidden in (client(stranger).get(f"/api/costs/sessions/{mine}"), client(owner).get("/api/costs/sessions/x")):
        assert (hidden.status_code, hidden.json()["error"]["code"]) == (404, "SESSION_NOT_FOUND")


def test_sessions_come_in_pages_the_dearest_first(session, call, owner, client):
    costs = [3, 1, 2]
    for cost in costs:
        call(session(owner, name=f"of {cost}"), datetime.now(UTC), cost=cost * 10**12)
    first = data(client(owner).get("/api/costs/sessions?limit=2"))
    rest = data(client(owner).get(f"/api/costs/sessions?limit=2&cursor={first['nextCursor']}"))
    assert [row["name"] for row in first["sessions"] + rest["sessions"]] == ["of 3", "of 2", "of 1"]
    assert rest["nextCursor"] is None
    assert client(owner).get("/api/costs/sessions?cursor=-1").status_code == 400


def test_events_come_in_pages_each_once_the_newest_first(many, owner, staff, stranger, client):
    reader, seen, cursor = client(staff), [], ""
    while cursor is not None:
        found = data(reader.get(f"/api/costs/events?{MARCH}&limit=100{cursor and '&cursor='}{cursor}"))
        seen += found["events"]
        cursor = found["nextCursor"]
    wanted = sorted(within(many, "UTC"), key=lambda entry: (entry.at, entry.pk), reverse=True)
    assert [event["id"] for event in seen] == [str(entry.pk) for entry in wanted]
    assert data(client(stranger).get(f"/api/costs/events?{MARCH}"))["events"] == []
    unpriced = data(reader.get(f"/api/costs/events?{MARCH}&source=unpriced"))["events"]
    assert {event["costUsd"] for event in unpriced} == {None}
    mine = data(client(owner).get(f"/api/costs/events?{MARCH}&sessionId={many[0].session_id}"))["events"]
    assert {event["sessionId"] for event in mine} <= {str(many[0].session_id)}
    for query in ("cursor=x", "sessionId=x", "source=guessed"):
        assert reader.get(f"/api/costs/events?{query}").status_code == 400


def test_the_month_is_forecast_by_the_pace_of_late(session, call, owner, client):
    call(session(owner), datetime.now(UTC) - timedelta(minutes=1), cost=10**12)
    found = data(client(owner).get("/api/costs/dashboard"))["forecast"]
    assert Decimal(found["forecastUsd"]) >= Decimal(found["spentUsd"])
    assert "average since" in found["method"]
    assert found["periodEnd"].endswith("Z")


def test_more_sessions_ask_no_more_of_the_database(session, call, owner, client):
    reader = client(owner)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            for name in ("dashboard", "sessions", "events", "models", "dashboard?tz=Asia/Tokyo"):
                data(reader.get(f"/api/costs/{name}"))
        return len(seen)

    call(session(owner), datetime.now(UTC), cost=1)
    few = queries()
    for _ in range(10):
        call(session(owner, agent="codex"), datetime.now(UTC), cost=1)
    assert queries() == few


@pytest.mark.parametrize(
    "name", ["dashboard", "sessions", "sessions/x", "providers", "models", "agents", "users", "daily", "events",
             "export", "budgets", "budgets/x"]
)  # fmt: skip
def test_nobody_sees_costs_without_logging_in(client, db, name):
    assert client().get(f"/api/costs/{name}").status_code == 401


def test_the_ledger_has_as_many_lines_as_were_written(many):
    assert Entry.objects.count() == len(many)
