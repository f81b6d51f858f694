"""What works within a session counts on that session's budgets and in its figures; it may have a budget of its own."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from support.metering import CENT, USD, assert_all_agrees, call, done, spend

from core.errors import BudgetExceeded
from costs import budget_reports, budgets, ledger, metering
from costs.figures import Counts
from costs.models import Budget, MeteredSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def inner(session):
    """`inner(parent)`: the id of a session that works within that one."""

    def make(parent, agent="codex"):
        known, session_id = MeteredSession.objects.get(pk=parent), uuid.uuid4()
        ledger.know(session_id, known.owner_id, "A run", agent, datetime.now(UTC), parent_id=parent)
        return session_id

    return make


def spent(budget):
    return {status.subject: status.spent_picousd for status in budgets.statuses_of([budget])[budget.pk]}


def test_its_calls_count_on_the_budget_of_the_session_it_works_within(session, inner, owner):
    mine, other = session(owner), session(owner)
    made = budgets.for_session(mine, USD, owner)
    own = budgets.for_session(run := inner(mine), USD, owner)
    for each, cents in ((mine, 1), (run, 2), (inner(mine), 4), (other, 8), (inner(other), 16)):
        spend(each, cents * CENT)
    assert spent(made) == {str(mine): 7 * CENT}
    assert spent(own) == {str(run): 2 * CENT}
    assert_all_agrees()


def test_of_a_budget_on_each_session_it_uses_up_that_sessions_share(session, inner, owner, staff):
    mine, other = session(owner), session(owner)
    early = budgets.create(staff, scope="session", limit_picousd=USD)
    for each, cents in ((mine, 1), (inner(mine), 2), (other, 4)):
        spend(each, cents * CENT)
    late = budgets.create(staff, scope="session", limit_picousd=USD, period="day")
    assert spent(early) == spent(late) == {str(mine): 3 * CENT, str(other): 4 * CENT}
    assert_all_agrees()


def test_a_budget_that_is_made_later_knows_what_was_spent_within_and_what_is_under_way(session, inner, owner):
    mine = session(owner)
    run = inner(mine)
    spend(run, 2 * CENT)
    spend(run, 4 * CENT, at=datetime.now(UTC) - timedelta(days=40))
    metering.begin(begun := call(run))
    made = budgets.for_session(mine, USD, owner)
    month = budgets.create(owner, scope="session", limit_picousd=USD, owner=owner, session_id=mine, period="month")
    assert (spent(made), spent(month)) == ({str(mine): 6 * CENT}, {str(mine): 2 * CENT})
    assert budgets.status_of(made).reserved_picousd == CENT
    metering.end(begun.id, done())
    assert_all_agrees()


def test_the_budget_of_the_session_refuses_the_run_before_its_call_is_sent(session, inner, owner):
    mine = session(owner)
    run = inner(mine)
    made = budgets.for_session(mine, CENT, owner)
    metering.begin(first := call(mine))
    with pytest.raises(BudgetExceeded):
        metering.begin(call(run))
    metering.end(first.id, done(input_tokens=10_000, output_tokens=0))
    with pytest.raises(BudgetExceeded):
        metering.begin(call(run))
    held = budgets.blocked([mine, run])
    assert {key: one.status.budget for key, one in held.items()} == {mine: made, run: made}
    assert_all_agrees()


def test_the_runs_own_budget_holds_nobody_else(session, inner, owner):
    mine = session(owner)
    run, another = inner(mine), inner(mine)
    budgets.for_session(run, CENT, owner)
    spend(run, CENT)
    with pytest.raises(BudgetExceeded):
        metering.begin(call(run))
    metering.begin(call(mine))
    metering.begin(call(another))
    assert set(budgets.blocked([mine, run, another])) == {run}


@pytest.mark.django_db(transaction=True)
def test_of_many_that_call_at_once_only_as_many_are_sent_as_the_session_can_pay(session, inner, owner):
    mine = session(owner)
    budgets.for_session(mine, 3 * CENT, owner)
    begun, refused = [], []
    callers = [mine, *(inner(mine) for _ in range(7))]

    def ask(session_id):
        try:
            begun.append(metering.begin(call(session_id)))
        except BudgetExceeded as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(each,)) for each in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = [one for one in begun if one.cut_after_tokens is None]
    assert len(whole) <= 3
    assert len(begun) + len(refused) == 8
    status = budgets.status_of(Budget.objects.get())
    assert status.spent_picousd + status.reserved_picousd <= 3 * CENT
    assert_all_agrees()


def test_the_figures_of_a_session_can_be_had_with_and_without_what_worked_within_it(
    session, inner, owner, django_assert_num_queries
):
    mine, silent = session(owner), session(owner)
    run = inner(mine)
    spend(mine, CENT)
    spend(run, 2 * CENT)
    spend(run, 4 * CENT)
    with django_assert_num_queries(2):
        found = ledger.totals_with_inner([mine, silent, run])
    assert {key: (one.billed.cost_picousd, one.billed.requests) for key, one in found.items()} == {
        mine: (7 * CENT, 3), run: (6 * CENT, 2), silent: (0, 0),
    }  # fmt: skip
    assert ledger.totals_of([mine])[mine].billed.cost_picousd == CENT
    assert found[silent].billed == Counts()


def test_the_forecast_of_a_sessions_budget_goes_by_what_is_spent_within_it_too(session, inner, owner):
    mine = session(owner)
    made = budgets.create(owner, scope="session", limit_picousd=USD, owner=owner, session_id=mine, period="month")
    now = datetime.now(UTC)
    spend(inner(mine), 10 * CENT, at=now)
    (report,) = budget_reports.reported([made], now)
    assert report.fullest.spent_picousd == 10 * CENT
    assert report.forecast.picousd_an_hour > 0


def test_a_session_that_is_told_of_again_keeps_within_which_it_works(session, inner, owner):
    mine = session(owner)
    run = inner(mine)
    ledger.know(run, owner.pk, "Another name", "codex", datetime.now(UTC), parent_id=mine)
    assert MeteredSession.objects.get(pk=run).parent_id == mine
