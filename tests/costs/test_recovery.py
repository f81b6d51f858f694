"""Calls whose server died are found, written down as lost, and put right if the truth comes to light after all."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError
from support.metering import INPUT, OUTPUT, USD, assert_all_agrees, call, done

from costs import budgets, metering, spans
from costs.ledger import totals_of
from costs.models import Entry, Kind, OpenCall, Outcome, Source
from costs.recovery import PATIENCE_S, Watch
from costs.reprice import reprice

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """The watch's clock stands still until it is moved: `clock.now += 60`."""
    clock = SimpleNamespace(now=1_000.0)
    monkeypatch.setattr("costs.recovery.time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


@pytest.fixture
def abandoned(session, owner, clock):
    """A call under a budget that nobody touches; `lose()` lets the time pass until it is lost."""
    made = budgets.for_session(mine := session(owner), USD, owner)
    begun = call(mine)
    metering.begin(begun)

    def lose():
        watch = Watch()
        watch.look()
        clock.now += PATIENCE_S
        return watch.look()

    return SimpleNamespace(call=begun, budget=made, lose=lose)


def test_a_lost_call_is_written_down_by_its_size_and_holds_nothing_more(abandoned):
    (settled,) = abandoned.lose()
    entry = Entry.objects.get()
    assert settled.entry == entry
    assert (entry.outcome, entry.is_estimated) == (Outcome.LOST, True)
    assert (entry.input_tokens, entry.cost_picousd) == (1_500, 1_500 * INPUT)
    assert not OpenCall.objects.exists()
    status = budgets.status_of(abandoned.budget)
    assert (status.spent_picousd, status.reserved_picousd) == (entry.cost_picousd, 0)


def test_a_lost_call_that_can_not_be_written_down_keeps_no_other_from_it(abandoned, monkeypatch):
    other = call(abandoned.call.session_id)
    metering.begin(other)
    end = metering.end

    def fail_once(call_id, ended):
        if call_id == abandoned.call.id:
            raise DatabaseError("no room")
        return end(call_id, ended)

    monkeypatch.setattr(metering, "end", fail_once)
    (settled,) = abandoned.lose()
    assert settled.entry.key == f"call:{other.id}"


def test_a_call_that_is_touched_is_not_lost_however_long_it_takes(abandoned, clock):
    watch = Watch()
    for _ in range(10):
        assert watch.look() == []
        clock.now += PATIENCE_S - 1
        metering.touch([abandoned.call.id])
    assert OpenCall.objects.exists()


def test_a_call_is_not_lost_because_of_what_a_clock_had_written(abandoned, clock):
    OpenCall.objects.update(touched_at=abandoned.call.at.replace(year=2001))
    watch = Watch()
    assert watch.look() == []
    clock.now += PATIENCE_S - 1
    assert watch.look() == []


def test_an_end_that_comes_after_all_puts_the_entry_right(abandoned):
    (settled,) = abandoned.lose()
    late = metering.end(abandoned.call.id, done(input_tokens=1_000, output_tokens=300))
    assert (late.entry.kind, late.entry.corrects) == (Kind.BELATED, settled.entry)
    total = totals_of([abandoned.call.session_id])[abandoned.call.session_id]
    assert (total.billed.requests, total.billed.input_tokens, total.billed.output_tokens) == (1, 1_000, 300)
    assert total.billed.cost_picousd == 1_000 * INPUT + 300 * OUTPUT
    assert budgets.status_of(abandoned.budget).spent_picousd == total.billed.cost_picousd
    metering.end(abandoned.call.id, done())
    assert Entry.objects.count() == 2
    assert_all_agrees()


def test_a_late_end_gives_a_price_to_what_had_none(abandoned, prices):
    prices.known = set()
    abandoned.lose()
    prices.known = {"tested"}
    metering.end(abandoned.call.id, done())
    total = totals_of([abandoned.call.session_id])[abandoned.call.session_id]
    assert (total.unpriced_requests, total.unpriced_tokens) == (0, 0)
    assert total.billed.cost_picousd == 1_500 * INPUT + 500 * OUTPUT
    assert_all_agrees()


def test_what_was_put_right_is_priced_anew_as_a_whole(abandoned, prices):
    prices.known = set()
    abandoned.lose()
    metering.end(abandoned.call.id, done(input_tokens=1_000, output_tokens=300))
    total = totals_of([abandoned.call.session_id])[abandoned.call.session_id]
    assert (total.unpriced_requests, total.unpriced_tokens) == (1, 1_300)
    prices.known = {"tested"}
    (repriced,) = reprice()
    assert repriced.new.cost_picousd == 1_000 * INPUT + 300 * OUTPUT
    total = totals_of([abandoned.call.session_id])[abandoned.call.session_id]
    assert (total.unpriced_requests, total.unpriced_tokens) == (0, 0)
    assert Entry.objects.exclude(source=Source.UNPRICED).get().kind == Kind.REPRICING
    (from_the_ledger,) = spans.sums([(abandoned.call.at, abandoned.call.at + timedelta(seconds=1))], {})
    assert (from_the_ledger.unpriced_requests, from_the_ledger.unpriced_tokens) == (0, 0)
    assert_all_agrees()
