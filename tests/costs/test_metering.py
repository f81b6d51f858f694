"""Metering: room before a call is sent, the truth after it, and both once, whatever comes at the same time."""

import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from support.metering import CENT, INPUT, OUTPUT, USD, assert_all_agrees, call, done

from core.errors import BudgetExceeded, NotFound, SessionNotFound
from costs import budgets, metering
from costs.calls import Allowance, End
from costs.models import Budget, Entry, OpenCall, Outcome, Source, Spending
from costs.reprice import reprice
from providers.dialects import Reading
from providers.usage import Terms, Usage

pytestmark = pytest.mark.django_db
COST = 1_500 * INPUT + 500 * OUTPUT  # of `done()`


@pytest.fixture
def budget(staff):
    """`budget(limit, **fields)`: one that blocks, of all calls together unless said otherwise."""
    return lambda limit_picousd, scope="global", **fields: budgets.create(
        staff, scope=scope, limit_picousd=limit_picousd, **fields
    )


def test_a_call_without_budgets_is_let_in_and_written_down(session, owner):
    begun = call(session(owner), terms=Terms(service_tier="priority"))
    assert metering.begin(begun).cut_after_tokens is None
    reading = Reading(
        model="tested", usage=Usage(input_tokens=10, output_tokens=2), response_id="msg_1", request_id="req_1",
        terms=Terms(speed="fast"), is_complete=True,
    )  # fmt: skip
    end = End(outcome=Outcome.DONE, status=200, reading=reading, first_byte_ms=12, total_ms=345)
    settled = metering.end(begun.id, end)
    entry = Entry.objects.get()
    assert settled.entry == entry
    assert (settled.session_id, settled.owner_id, settled.warnings) == (begun.session_id, owner.pk, [])
    assert entry.key == f"call:{begun.id}"
    assert (entry.input_tokens, entry.output_tokens, entry.cost_picousd) == (10, 2, 10 * INPUT + 2 * OUTPUT)
    assert (entry.service_tier, entry.speed) == ("priority", "fast")
    assert (entry.request_id, entry.response_id, entry.status) == ("req_1", "msg_1", 200)
    assert (entry.first_byte_ms, entry.total_ms, entry.is_estimated) == (12, 345, False)
    assert not OpenCall.objects.exists()


def test_an_end_said_twice_counts_once(session, owner, budget):
    budget(USD)
    begun = call(session(owner))
    metering.begin(begun)
    first, again = metering.end(begun.id, done()), metering.end(begun.id, done(input_tokens=9))
    assert first.entry.pk == again.entry.pk
    one, other = metering.end_many([(begun.id, done()), (begun.id, done())])
    assert one.entry.pk == other.entry.pk == first.entry.pk
    assert_all_agrees()


def test_an_end_said_twice_in_one_breath_counts_once(session, owner, budget):
    budget(USD)
    begun = call(session(owner))
    metering.begin(begun)
    one, other = metering.end_many([(begun.id, done()), (begun.id, done(input_tokens=9))])
    assert one.entry.pk == other.entry.pk
    assert Entry.objects.get().cost_picousd == COST
    assert_all_agrees()


def test_what_never_began_can_not_end(db):
    with pytest.raises(NotFound):
        metering.end(uuid.uuid4(), done())


def test_a_session_that_the_ledger_does_not_know_can_not_begin(prices, db):
    with pytest.raises(SessionNotFound):
        metering.begin(call(uuid.uuid4()))


# --- the worst case is reserved ------------------------------------------------------------------------------------


def test_the_worst_case_is_held_until_the_call_has_ended(session, owner, budget):
    made = budget(USD)
    begun = call(session(owner))
    metering.begin(begun)
    assert budgets.status_of(made).reserved_picousd == CENT
    metering.end(begun.id, done())
    assert (budgets.status_of(made).reserved_picousd, budgets.status_of(made).spent_picousd) == (0, COST)


def test_more_bytes_than_the_model_reads_are_not_more_tokens(session, owner, budget):
    made = budget(USD)
    metering.begin(call(session(owner), input_bytes=10**7, max_output_tokens=1))
    assert budgets.status_of(made).reserved_picousd == 200_000 * INPUT + OUTPUT


@pytest.mark.parametrize(("answers", "most"), [(1, 8_000), (3, 24_000)])
def test_without_a_bound_each_answer_may_be_as_long_as_the_model_can(session, owner, budget, answers, most):
    made = budget(USD)
    metering.begin(call(session(owner), max_output_tokens=None, answers=answers))
    assert budgets.status_of(made).reserved_picousd == 6_000 * INPUT + most * OUTPUT


def test_a_call_that_may_not_fit_gets_most_of_what_is_left_and_is_watched(session, owner, budget):
    tight, wide = budget(4 * CENT), budget(USD)
    mine = session(owner)
    large = {"input_bytes": 6_000, "max_output_tokens": 100_000}
    assert metering.begin(call(mine, **large)).cut_after_tokens == (3 * CENT - 3_000 * INPUT) // OUTPUT
    assert budgets.status_of(wide).reserved_picousd == 3 * CENT
    assert metering.begin(call(mine)) == Allowance(), "a small one beside it"
    with pytest.raises(BudgetExceeded):
        metering.begin(call(mine))
    assert budgets.status_of(tight).left_picousd == 0


def test_an_answer_that_nobody_can_cut_is_only_begun_when_all_of_it_fits(session, owner, budget):
    budget(CENT * 9 // 10)
    mine = session(owner)
    with pytest.raises(BudgetExceeded, match=r"this call needs \$0.01 or more.* need less when they are streamed"):
        metering.begin(call(mine, can_be_cut=False))
    assert metering.begin(call(mine, can_be_cut=False, max_output_tokens=700)) == Allowance()


def test_what_a_call_is_admitted_by_pays_for_an_answer_worth_the_name(session, owner, budget):
    budget(150_000 * INPUT + 4_096 * OUTPUT)
    begun = call(session(owner), input_bytes=300_000, max_output_tokens=128_000)
    assert metering.begin(begun) == Allowance(cut_after_tokens=4_096)


def test_a_request_that_points_to_more_than_it_says_may_fill_the_models_window(session, owner, budget):
    made = budget(USD)
    metering.begin(call(session(owner), says_all=False, max_output_tokens=1))
    assert budgets.status_of(made).reserved_picousd == 200_000 * INPUT + OUTPUT


def test_a_call_that_has_no_hope_is_refused_in_words(session, owner, budget):
    budget(CENT // 2, name="Team")
    mine = session(owner)
    with pytest.raises(BudgetExceeded) as refused:
        metering.begin(call(mine))
    assert refused.value.status == 402
    assert "Team" in refused.value.message
    assert "$0.00 of $0.005 spent; this call needs $0.007 or more" in refused.value.message
    assert refused.value.details == {"scope": "global", "period": "total", "limitUsd": "0.005", "spentUsd": "0.00"}
    assert not OpenCall.objects.exists()


def test_a_budget_that_only_warns_refuses_nothing(session, owner, budget):
    budget(0, action="warn")
    assert metering.begin(call(session(owner))).cut_after_tokens is None


def test_a_model_without_a_price_is_refused_where_a_budget_must_be_kept(session, owner, budget):
    mine = session(owner)
    assert metering.begin(call(mine, model="unheard-of"))
    budget(USD)
    with pytest.raises(BudgetExceeded, match="no price is known for the model 'unheard-of'"):
        metering.begin(call(mine, model="unheard-of"))


def test_what_costs_nothing_passes_a_budget_that_is_used_up(session, owner, budget, prices):
    budget(0)
    prices.factor = 0
    assert metering.begin(call(session(owner))).cut_after_tokens is None


def test_a_call_that_was_never_sent_leaves_nothing_behind(session, owner, budget):
    made = budget(USD)
    begun = call(session(owner))
    metering.begin(begun)
    metering.forget_many([begun.id])
    assert budgets.status_of(made).reserved_picousd == 0
    assert not OpenCall.objects.exists()
    assert not Entry.objects.exists()


# --- what is written down when not all is known --------------------------------------------------------------------


def ended(session_id, end, **fields):
    begun = call(session_id, **fields)
    metering.begin(begun)
    return metering.end(begun.id, end).entry


@pytest.mark.parametrize(("told", "billed"), [("", ""), ("flex", "flex"), ("default", "default")])
def test_a_discount_counts_when_the_answer_tells_of_it(session, owner, told, billed):
    end = done(terms=Terms(service_tier=told))
    assert ended(session(owner), end, terms=Terms(service_tier="flex")).service_tier == billed


def test_a_provider_that_refuses_bills_nothing(session, owner):
    entry = ended(session(owner), End(outcome=Outcome.ERROR, status=429, reading=Reading(request_id="req_9")))
    assert (entry.cost_picousd, entry.source, entry.is_estimated) == (0, Source.COMPUTED, False)
    assert (entry.status, entry.request_id) == (429, "req_9")


def test_usage_that_was_never_told_is_reckoned_from_sizes_and_marked(session, owner):
    entry = ended(session(owner), End(outcome=Outcome.BROKEN, status=200, reading=Reading(), output_bytes=401))
    assert (entry.input_tokens, entry.output_tokens, entry.is_estimated) == (1_500, 101, True)
    assert entry.cost_picousd == 1_500 * INPUT + 101 * OUTPUT


def test_of_an_answer_that_broke_off_the_told_input_counts_and_the_seen_output(session, owner):
    reading = Reading(usage=Usage(input_tokens=1_200, output_tokens=1))
    entry = ended(session(owner), End(outcome=Outcome.BROKEN, status=200, reading=reading, output_bytes=400))
    assert (entry.input_tokens, entry.output_tokens, entry.is_estimated) == (1_200, 100, True)


def test_a_caller_who_hung_up_is_metered_exactly(session, owner):
    reading = Reading(usage=Usage(input_tokens=1_200, output_tokens=7), is_complete=True)
    entry = ended(session(owner), End(outcome=Outcome.HUNG_UP, status=200, reading=reading, output_bytes=4_000))
    assert (entry.output_tokens, entry.is_estimated, entry.outcome) == (7, False, Outcome.HUNG_UP)


def test_times_that_can_not_be_are_cut_to_what_can(session, owner):
    usage = Usage(input_tokens=1)
    end = End(outcome=Outcome.DONE, reading=Reading(usage=usage, is_complete=True), first_byte_ms=-5, total_ms=10**12)
    entry = ended(session(owner), end)
    entry.refresh_from_db()
    assert (entry.first_byte_ms, entry.total_ms) == (0, 2**31 - 1)


@pytest.mark.parametrize("hours", [-1000, 1000])
def test_a_clock_that_jumps_moves_a_call_into_the_period_that_it_says(session, owner, budget, hours):
    made = budget(USD, period="day")
    mine = session(owner)
    at = datetime.now(UTC) + timedelta(hours=hours)
    ended(mine, done(), at=at)
    assert budgets.status_of(made).spent_picousd == 0
    assert budgets.status_of(made, at).spent_picousd == COST
    assert_all_agrees()


def test_a_call_that_ends_after_midnight_counts_where_it_began(session, owner, budget):
    made = budget(USD, period="day")
    began = call(session(owner), at=datetime.now(UTC) - timedelta(days=1))
    metering.begin(began)
    metering.end(began.id, done())
    assert budgets.status_of(made, began.at).spent_picousd == COST
    assert budgets.status_of(made).spent_picousd == 0


# --- at the same time ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_fifty_calls_at_once_never_spend_more_than_the_budget_has_room_for(session, owner, budget):
    made = budget(10 * CENT)
    mine = session(owner)
    calls = [call(mine) for _ in range(50)]

    def begin(begun):
        try:
            return metering.begin(begun)
        except BudgetExceeded:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(begin, calls))
    let_in = [begun for begun, answer in zip(calls, answers, strict=True) if answer]
    assert len(let_in) == 10
    assert budgets.status_of(made).left_picousd == 0
    for begun in let_in:
        metering.end(begun.id, done(input_tokens=6_000, output_tokens=1_000))  # each at its worst
    assert budgets.status_of(made).spent_picousd == 10 * CENT
    assert_all_agrees()


def test_room_that_was_held_and_not_used_is_free_for_the_next(session, owner, budget):
    made = budget(2 * CENT)
    mine = session(owner)
    held = [call(mine), call(mine)]
    for begun in held:
        metering.begin(begun)
    with pytest.raises(BudgetExceeded, match=r"held for calls under way.* Try again when they have ended\."):
        metering.begin(call(mine))
    metering.end(held[0].id, done(input_tokens=500, output_tokens=100))
    assert metering.begin(call(mine)).cut_after_tokens is not None
    assert 0 <= budgets.status_of(made).left_picousd < CENT // 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_at_once_counters_totals_and_ledger_agree(session, owner, teammate, staff, prices, seed):
    sessions = [session(owner), session(owner, agent="codex"), session(teammate)]
    prices.known = {"tested"}

    def live(number):
        dice = random.Random(seed * 100 + number)
        mine: list = []
        try:
            for _ in range(12):
                _do_something(dice, sessions, mine, staff)
            metering.end_many([(begun.id, done()) for begun in mine])
        finally:
            connection.close()

    failures = []

    def run(number):
        try:
            live(number)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert_all_agrees()
    prices.known = {"tested", "later"}
    prices.factor = 3
    list(reprice(everything=True))
    assert_all_agrees()
    assert not Entry.objects.filter(source=Source.UNPRICED, corrections=None).exists()
    assert not Spending.objects.exclude(reserved_picousd=0).exists()


def _do_something(dice, sessions, mine, staff):
    what = dice.choice(["begin", "begin", "begin", "end", "end", "forget", "make", "change", "delete", "reprice"])
    existing = list(Budget.objects.order_by("?")[:1])
    if what == "begin":
        at = datetime.now(UTC) - timedelta(hours=dice.choice([0, 0, 0, 30, 900]))
        begun = call(dice.choice(sessions), at=at, model=dice.choice(["tested", "tested", "later"]))
        try:
            metering.begin(begun)
        except BudgetExceeded:
            return
        mine.append(begun)
    elif what == "end" and mine:
        end = dice.choice([done(dice.randrange(5_000), dice.randrange(900)), End(outcome=Outcome.BROKEN), done()])
        metering.end(mine.pop(dice.randrange(len(mine))).id, end)
    elif what == "forget" and mine:
        metering.forget_many([mine.pop().id])
    elif what == "make":
        budgets.create(
            staff,
            scope=dice.choice(["global", "user", "session", "agent"]),
            limit_picousd=dice.choice([CENT, 5 * CENT, USD]),
            period=dice.choice(["total", "day", "week", "month"]),
            time_zone=dice.choice(["UTC", "Asia/Tokyo"]),
            agent=dice.choice(["", "codex"]),
            action=dice.choice(["warn", "block"]),
        )
    elif what == "reprice":
        list(reprice(everything=True))
    elif existing and what == "change":
        fields = dice.choice([{"period": "day"}, {"limit_picousd": 3 * CENT}, {"scope": "user"}, {"action": "block"}])
        _if_it_is_still_there(budgets.change, existing[0], staff, **fields)
    elif existing and what == "delete":
        _if_it_is_still_there(budgets.delete, existing[0], staff)


def _if_it_is_still_there(change, *arguments, **fields):
    try:
        change(*arguments, **fields)
    except NotFound:
        pass
