"""Calls that tests meter, and the question whether ledger, totals and budgets agree."""

import uuid
from datetime import UTC, datetime

from costs import ledger
from costs.calls import Begin, End
from costs.models import Basis, DailyTotal, Entry, OpenCall, Outcome, Source, Spending
from costs.periods import bounds
from providers.dialects import Reading
from providers.usage import Usage

USD = 10**12
CENT = 10**10
INPUT, OUTPUT = 1_000_000, 4_000_000  # pico-dollars a token of the model that tests call: $1 and $4 a million


def call(session_id, **fields):
    """A call that costs 1 cent in its worst case: 6,000 bytes and 1,000 tokens of answer."""
    usual = {
        "id": uuid.uuid4(),
        "session_id": session_id,
        "provider": "anthropic",
        "model": "tested",
        "at": datetime.now(UTC),
        "input_bytes": 6_000,
        "max_output_tokens": 1_000,
    }
    return Begin(**usual | fields)


def done(input_tokens=1_500, output_tokens=500, **fields):
    """The end of a call that went well; without more said it cost 0.35 cent."""
    usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
    return End(outcome=Outcome.DONE, status=200, reading=Reading(usage=usage, is_complete=True, **fields))


def spend(session_id, picousd, **fields):
    """Have the session spend exactly that, past all budgets."""
    tokens, rest = divmod(picousd, INPUT)
    assert not rest
    usual = {"provider": "anthropic", "model": "tested", "at": datetime.now(UTC)}
    usage = Usage(input_tokens=tokens)
    return ledger.record(
        ledger.NewEntry(key=f"call:{uuid.uuid4()}", session_id=session_id, usage=usage, **usual | fields)
    )


def assert_all_agrees():
    """Every counter equals the ledger, so does every daily total, and only open calls hold reservations."""
    entries = list(Entry.objects.select_related("session"))
    billed = [entry for entry in entries if entry.basis == Basis.BILLED]
    held = {}
    for open_call in OpenCall.objects.all():
        for spending_id, picousd in open_call.reserved:
            held[spending_id] = held.get(spending_id, 0) + picousd
    for row in Spending.objects.select_related("budget"):
        budget = row.budget
        period = bounds(budget.period, budget.time_zone, row.begins_at)
        mine = [
            entry
            for entry in billed
            if entry.at >= period.begins_at
            and (period.ends_at is None or entry.at < period.ends_at)
            and budget.owner_id in (None, entry.owner_id)
            and budget.session_id in (None, entry.session_id, entry.session.parent_id)
            and budget.agent in ("", entry.agent)
            and row.subject == _subject(budget, entry)
        ]
        assert row.spent_picousd == sum(entry.cost_picousd for entry in mine), (budget.scope, row.subject)
        assert row.reserved_picousd == held.get(row.pk, 0), (budget.scope, row.subject)
    totals = {}
    for entry in entries:
        key = (entry.day, entry.session_id, entry.agent, entry.provider, entry.model, entry.basis)
        sums = totals.setdefault(key, [0, 0, 0, 0])
        sums[0] += entry.cost_picousd
        sums[1] += entry.input_tokens
        sums[2] += entry.output_tokens
        sums[3] += entry.corrects_id is None
    assert totals == {
        (row.day, row.session_id, row.agent, row.provider, row.model, row.basis): [
            row.cost_picousd,
            row.input_tokens,
            row.output_tokens,
            row.requests,
        ]
        for row in DailyTotal.objects.all()
    }
    unpriced = [
        entry
        for entry in entries
        if entry.corrects_id is None
        and entry.source == Source.UNPRICED
        and not any(other.corrects_id == entry.pk and other.source != Source.UNPRICED for other in entries)
    ]
    assert sum(row.unpriced_requests for row in DailyTotal.objects.all()) == len(unpriced)


def _subject(budget, entry):
    return {
        "global": "",
        "user": str(entry.owner_id),
        "session": str(budget.session_id or entry.session.parent_id or entry.session_id),
        "agent": entry.agent,
    }[budget.scope]
