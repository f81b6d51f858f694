"""How long the cost dashboard takes over a growing ledger: from the daily totals, and in zones that need the ledger."""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.results import Verdict, conclude

SIZES = (10_000, 100_000, 1_000_000)
USERS, CALLS_A_SESSION, DAYS = 12, 500, 30
PACE_S = 12  # between two calls of a session
OWN = "UTC"
ZONES = (OWN, "America/New_York", "Asia/Kolkata", "Pacific/Fiji")  # Fiji is half a day off: the worst there is
MODELS = (
    ("claude", "anthropic", ("claude-sonnet-4-5", "claude-haiku-4-5")),
    ("codex", "openai", ("gpt-5.2-codex", "gpt-5-mini")),
    ("gemini", "google", ("gemini-2.5-pro", "gemini-2.5-flash")),
)
LIMITS_MS = {"warm": 100.0, "ledger": 300.0}
COLUMNS = (
    "key", "kind", "basis", "session_id", "owner_id", "agent", "provider", "model", "at", "day", "input_tokens",
    "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "output_tokens", "reasoning_tokens", "extra",
    "is_estimated", "service_tier", "speed", "source", "cost_picousd", "price_version", "outcome", "status",
    "request_id", "response_id", "first_byte_ms", "total_ms", "recorded_at",
)  # fmt: skip
TOTALS = """
INSERT INTO agterm_daily_total (day, session_id, owner_id, agent, provider, model, basis, requests, input_tokens,
    cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_picousd, unpriced_requests,
    unpriced_tokens)
SELECT day, session_id, owner_id, agent, provider, model, basis, COUNT(*), SUM(input_tokens), SUM(cache_read_tokens),
    SUM(cache_write_tokens), SUM(output_tokens), SUM(reasoning_tokens), SUM(cost_picousd), SUM(source = 'unpriced'),
    SUM((source = 'unpriced') * (input_tokens + cache_read_tokens + cache_write_tokens + output_tokens))
FROM agterm_ledger GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--times", type=int, default=7, help="dashboards of each kind; the median counts")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="lines of the ledger, growing")


async def run(chosen: argparse.Namespace) -> int:
    """The whole answer of `/api/costs/dashboard` for staff, in this process; the lines fill its thirty days."""
    with tempfile.TemporaryDirectory(prefix="agterm-bench-") as home:
        os.environ |= {"AGTERM_HOME": home, "DJANGO_SETTINGS_MODULE": "agterm.settings"}
        figures = await asyncio.to_thread(_measure_all, chosen)
    return _present(figures)


def _measure_all(chosen: argparse.Namespace) -> dict[int, dict[str, float]]:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    people = _people()
    chance = random.Random(1)  # noqa: S311 - the same ledger each time
    figures: dict[int, dict[str, float]] = {}
    lines = 0
    for size in sorted(chosen.sizes):
        began = time.perf_counter()
        _write(size - lines, people, chance)
        lines = size
        print(f"{size:>9,} lines, written in {time.perf_counter() - began:.0f} s", flush=True)
        figures[size] = {zone: _dashboard_ms(people[0], zone, chosen.times, size) for zone in ZONES}
        figures[size]["one user"] = _dashboard_ms(people[1], OWN, chosen.times)
    connection.close()
    return figures


def _people() -> list[Any]:
    from django.contrib.auth.models import User

    staff = User.objects.create_user("staff", is_staff=True)
    return [staff, *(User.objects.create_user(f"user{number}") for number in range(USERS))]


def _write(count: int, people: list[Any], chance: random.Random) -> None:
    from django.db import connection, transaction

    from costs.models import MeteredSession

    now = datetime.now(UTC)
    begin = now - timedelta(days=DAYS)
    room_s = (now - begin).total_seconds() - CALLS_A_SESSION * PACE_S
    sessions = []
    for number in range(-(-count // CALLS_A_SESSION)):
        owner = chance.choice(people[1:])
        agent, provider, models = chance.choice(MODELS)
        at = begin + timedelta(seconds=chance.random() * room_s)
        row = MeteredSession(id=uuid.uuid4(), owner=owner, name=f"Session {number}", agent=agent, created_at=at)
        sessions.append((row, provider, models))
    MeteredSession.objects.bulk_create([row for row, _, _ in sessions], batch_size=1000)
    places = ", ".join(["%s"] * len(COLUMNS))
    with transaction.atomic(), connection.cursor() as cursor:
        statement = f"INSERT INTO agterm_ledger ({', '.join(COLUMNS)}) VALUES ({places})"  # noqa: S608
        cursor.executemany(statement, _lines(count, sessions, chance))
        cursor.execute("DELETE FROM agterm_daily_total")
        cursor.execute(TOTALS)


def _lines(count: int, sessions: list[Any], chance: random.Random) -> Iterator[tuple[Any, ...]]:
    for number in range(count):
        row, provider, models = sessions[number // CALLS_A_SESSION]
        at = row.created_at + timedelta(seconds=number % CALLS_A_SESSION * PACE_S + chance.random())
        moment = at.strftime("%Y-%m-%d %H:%M:%S.%f")
        is_unpriced = chance.random() < 0.01
        yield (
            f"call:{row.id}:{number}", "call", "billed" if chance.random() < 0.9 else "subscription", row.id.hex,
            row.owner_id, row.agent, provider, models[chance.random() < 0.2], moment, moment[:10],
            chance.randrange(3000), chance.randrange(90_000), chance.randrange(5000), 0, chance.randrange(3000),
            chance.randrange(500), "{}", False, "", "", "unpriced" if is_unpriced else "computed",
            0 if is_unpriced else chance.randrange(10**8, 10**11), "genai-prices 0.2.3", "done", 200,
            f"req_{number:024d}", f"msg_{number:024d}", 400, 4000, moment,
        )  # fmt: skip


def _dashboard_ms(user: Any, zone: str, times: int, expected: int | None = None) -> float:
    from django.core.cache import cache
    from rest_framework.test import APIClient

    cache.clear()  # the caller's limit
    caller = APIClient(HTTP_HOST="localhost")
    caller.force_authenticate(user)
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        answer = caller.get(f"/api/costs/dashboard?tz={zone}")
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.content
    found = answer.json()["data"]
    seen = found["total"]["requests"] + found["apiEquivalent"]["requests"]
    assert expected is None or seen > 0.9 * expected, f"{seen:,} of {expected:,} calls in the dashboard"
    assert seen == sum(day["requests"] + day["apiEquivalent"]["requests"] for day in found["byDay"])
    return statistics.median(taken)


def _present(figures: dict[int, dict[str, float]]) -> int:
    kinds = list(next(iter(figures.values())))
    print("\n| lines | " + " | ".join(f"{kind}, ms" for kind in kinds) + " |\n" + "| ---: " * (len(kinds) + 1) + "|")
    for size, by_kind in figures.items():
        print(f"| {size:,} | " + " | ".join(f"{by_kind[kind]:.1f}" for kind in kinds) + " |")
    smallest, largest = min(figures), max(figures)
    growth = {kind: figures[largest][kind] / figures[smallest][kind] for kind in kinds}
    told = ", ".join(f"{kind} {times:.1f}×" for kind, times in growth.items())
    print(f"\nFrom {smallest:,} to {largest:,} lines ({largest // smallest}×): {told}")
    verdicts = [
        Verdict(f"dashboard over {largest:,} lines, {kind}", figures[largest][kind], LIMITS_MS[limit], unit=" ms")
        for kind in kinds
        for limit in ("warm" if kind in (OWN, "one user") else "ledger",)
    ]
    return conclude("costs", verdicts, medians=figures, growth=growth)
