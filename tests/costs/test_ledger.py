"""The ledger: each call once, priced or marked, summed up at once, and never changed."""

import threading
import uuid
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from support.metering import CENT, INPUT, OUTPUT, assert_all_agrees, spend

from costs import ledger
from costs.figures import Figures
from costs.ledger import NewEntry, record, record_all, totals_of
from costs.models import Basis, DailyTotal, Entry, Kind, MeteredSession, Source
from providers.usage import Terms, Usage

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry(session_id, key="call:1", **fields):
    usual = {"provider": "anthropic", "model": "tested", "at": AT, "usage": Usage(input_tokens=100, output_tokens=10)}
    return NewEntry(key=key, session_id=session_id, **usual | fields)


def test_an_entry_says_whose_call_it_was_what_it_used_and_what_it_cost(session, owner):
    mine = session(owner)
    usage = Usage(input_tokens=1, cache_read_tokens=2, cache_write_tokens=3, output_tokens=4, reasoning_tokens=2)
    found = record(entry(mine, usage=usage, terms=Terms(service_tier="flex", speed="fast")))
    found.refresh_from_db()
    assert (found.session_id, found.owner_id, found.agent) == (mine, owner.pk, "claude")
    assert (found.input_tokens, found.cache_read_tokens, found.cache_write_tokens) == (1, 2, 3)
    assert (found.output_tokens, found.reasoning_tokens) == (4, 2)
    assert (found.service_tier, found.speed) == ("flex", "fast")
    assert (found.source, found.cost_picousd, found.price_version) == (
        Source.COMPUTED,
        6 * INPUT + 4 * OUTPUT,
        "test 1",
    )
    assert found.at == AT
    assert found.day == AT.date()


def test_a_key_counts_once_whoever_says_it_again(session, owner):
    mine = session(owner)
    first = record(entry(mine))
    again = record(entry(mine, usage=Usage(input_tokens=999)))
    assert again.pk == first.pk
    assert Entry.objects.count() == 1
    assert totals_of([mine])[mine].billed.requests == 1


def test_a_key_counts_once_within_one_batch(session, owner):
    mine = session(owner)
    first, second, other = record_all([entry(mine), entry(mine), entry(mine, key="call:2")])
    assert first.pk == second.pk != other.pk
    assert totals_of([mine])[mine].billed.requests == 2
    assert_all_agrees()


@pytest.mark.django_db(transaction=True)
def test_a_key_counts_once_when_many_write_it_at_the_same_time(session, owner):
    mine = session(owner)

    def write():
        record(entry(mine))
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Entry.objects.count() == 1
    assert_all_agrees()


def test_a_model_that_has_no_price_is_marked_and_not_free(session, owner):
    mine = session(owner)
    found = record(entry(mine, model="unheard-of"))
    assert (found.source, found.cost_picousd) == (Source.UNPRICED, 0)
    total = totals_of([mine])[mine]
    assert (total.unpriced_requests, total.unpriced_tokens) == (1, 110)


def test_the_name_that_was_asked_for_gives_the_price_when_the_answers_name_has_none(session, owner):
    found = record(entry(session(owner), model="tested-20260301", asked_model="tested"))
    assert (found.model, found.source) == ("tested-20260301", Source.COMPUTED)


def test_a_call_that_used_nothing_costs_nothing_whatever_the_model(session, owner):
    found = record(entry(session(owner), model="unheard-of", usage=Usage()))
    assert (found.source, found.cost_picousd) == (Source.COMPUTED, 0)


def test_what_the_provider_reports_is_taken_as_it_is(session, owner):
    found = record(
        entry(session(owner), model="unheard-of", usage=Usage(input_tokens=1, reported_usd="0.012345678901"))
    )
    assert (found.source, found.cost_picousd) == (Source.REPORTED, 12_345_678_901)


def test_a_price_list_that_fails_loses_no_call(session, owner, monkeypatch):
    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr("providers.prices.cost_of", broken)
    assert record(entry(session(owner))).source == Source.UNPRICED


@pytest.mark.parametrize("tokens", [10**30, -5])
def test_nonsense_that_a_provider_tells_is_cut_to_what_can_be_and_marked(session, owner, tokens):
    mine = session(owner)
    found = record(entry(mine, usage=Usage(input_tokens=tokens, output_tokens=1)))
    found.refresh_from_db()
    assert 0 <= found.input_tokens <= ledger.MOST_TOKENS
    assert found.is_estimated
    assert_all_agrees()


def test_names_of_any_length_and_kind_can_be_written(session, owner):
    found = record(entry(session(owner), model="ü" * 500, request_id="r" * 500, response_id="'; --"))
    found.refresh_from_db()
    assert (len(found.model), len(found.request_id), found.response_id) == (200, 200, "'; --")


def test_what_a_subscription_made_stands_beside_the_dollars_and_is_never_added(session, owner):
    mine = session(owner)
    spend(mine, CENT)
    record(entry(mine, kind=Kind.TRANSCRIPT, basis=Basis.SUBSCRIPTION))
    total = totals_of([mine])[mine]
    assert (total.billed.cost_picousd, total.billed.requests) == (CENT, 1)
    assert (total.equivalent.cost_picousd, total.equivalent.requests) == (100 * INPUT + 10 * OUTPUT, 1)
    assert total.equivalent.tokens == 110


def test_totals_of_many_sessions_take_one_query_and_know_the_silent_ones(session, owner, django_assert_num_queries):
    spent, silent = session(owner), session(owner)
    spend(spent, CENT)
    with django_assert_num_queries(1):
        found = totals_of([spent, silent])
    assert found[spent].billed.cost_picousd == CENT
    assert found[silent] == Figures()


def test_days_begin_in_the_servers_own_time_zone(session, owner, configure):
    configure(time_zone="Asia/Tokyo")
    found = record(entry(session(owner), at=datetime(2026, 3, 1, 15, 30, tzinfo=UTC)))
    assert found.day.isoformat() == "2026-03-02"
    assert DailyTotal.objects.get().day == found.day


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agterm_ledger SET cost_picousd = 0",
        "DELETE FROM agterm_ledger",
        "UPDATE agterm_ledger SET at = recorded_at WHERE id > 0",
    ],
)
def test_the_database_refuses_to_change_what_stands_there(session, owner, statement):
    found = record(entry(session(owner)))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.get() == found


def test_a_session_is_known_by_its_newest_name_and_agent(session, owner):
    mine = session(owner, name="Old", agent="claude")
    ledger.know(mine, owner.pk, "New", "codex", AT)
    row = MeteredSession.objects.get(pk=mine)
    assert (row.name, row.agent, row.owner) == ("New", "codex", owner)
    assert record(entry(mine)).agent == "codex"
    assert record(entry(mine, key="call:2", agent="claude")).agent == "claude"


def test_an_entry_of_a_session_that_nobody_knows_is_refused(prices, db):
    with pytest.raises(KeyError):
        record(entry(uuid.uuid4()))
    assert not Entry.objects.exists()
