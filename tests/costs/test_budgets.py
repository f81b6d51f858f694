"""Budgets: whose calls count, from when, who may set them, and what is told of them."""

from datetime import UTC, datetime, timedelta

import pytest
from support.metering import CENT, INPUT, USD, assert_all_agrees, call, done, spend

from core.errors import BudgetExceeded, Conflict, Forbidden, InvalidRequest, NotFound, SessionNotFound
from costs import budgets, metering
from costs.ledger import NewEntry, record
from costs.models import Basis, Budget, Kind
from providers.usage import Usage

pytestmark = pytest.mark.django_db


def spent(budget):
    return {status.subject: status.spent_picousd for status in budgets.statuses_of([budget])[budget.pk]}


def test_each_scope_counts_what_it_says(session, owner, teammate, staff):
    mine, mine_too = session(owner), session(owner, agent="codex")
    others = session(teammate)
    made = {s: budgets.create(staff, scope=s, limit_picousd=USD) for s in ("global", "user", "session", "agent")}
    for each, cents in ((mine, 1), (mine_too, 2), (others, 4)):
        spend(each, cents * CENT)
    assert spent(made["global"]) == {"": 7 * CENT}
    assert spent(made["user"]) == {str(owner.pk): 3 * CENT, str(teammate.pk): 4 * CENT}
    assert spent(made["session"]) == {str(mine): CENT, str(mine_too): 2 * CENT, str(others): 4 * CENT}
    assert spent(made["agent"]) == {"claude": 5 * CENT, "codex": 2 * CENT}
    assert_all_agrees()


def test_a_budget_can_be_narrowed_to_a_user_a_session_or_an_agent(session, owner, teammate, staff):
    mine, mine_too, others = session(owner), session(owner, agent="codex"), session(teammate)
    of_owner = budgets.create(staff, scope="global", limit_picousd=USD, owner=owner)
    of_session = budgets.create(staff, scope="session", limit_picousd=USD, session_id=mine)
    of_agent = budgets.create(staff, scope="agent", limit_picousd=USD, agent="codex")
    for each in (mine, mine_too, others):
        spend(each, CENT)
    assert spent(of_owner) == {"": 2 * CENT}
    assert spent(of_session) == {str(mine): CENT}
    assert spent(of_agent) == {"codex": CENT}


def test_a_new_budget_knows_what_its_period_has_cost_so_far(session, owner, teammate, staff):
    now = datetime.now(UTC)
    mine, others = session(owner), session(teammate)
    for each, at, cents in ((mine, now, 1), (mine, now - timedelta(days=40), 2), (others, now, 4)):
        spend(each, cents * CENT, at=at)
    assert spent(budgets.create(staff, scope="user", limit_picousd=USD, period="month")) == {
        str(owner.pk): CENT,
        str(teammate.pk): 4 * CENT,
    }
    assert spent(budgets.create(staff, scope="global", limit_picousd=USD)) == {"": 7 * CENT}
    assert spent(budgets.create(owner, scope="global", limit_picousd=USD, owner=owner)) == {"": 3 * CENT}


def test_a_new_budget_holds_what_calls_under_way_may_cost(session, owner, staff):
    begun = call(session(owner))
    metering.begin(begun)
    made = budgets.create(staff, scope="user", limit_picousd=USD)
    assert budgets.status_of(made).reserved_picousd == CENT
    metering.end(begun.id, done())
    assert budgets.status_of(made).reserved_picousd == 0
    assert_all_agrees()


def test_what_a_subscription_made_is_no_spending(session, owner, staff):
    made = budgets.create(staff, scope="global", limit_picousd=USD)
    entry = NewEntry(
        key="transcript:claude:1", kind=Kind.TRANSCRIPT, basis=Basis.SUBSCRIPTION, session_id=session(owner),
        provider="anthropic", model="tested", at=datetime.now(UTC), usage=Usage(input_tokens=5),
    )  # fmt: skip
    assert record(entry).cost_picousd == 5 * INPUT
    assert budgets.status_of(made).spent_picousd == 0


def test_other_periods_and_subjects_are_reckoned_anew_when_they_change(session, owner, staff):
    mine = session(owner)
    spend(mine, CENT, at=datetime.now(UTC) - timedelta(days=400))
    spend(mine, 2 * CENT)
    made = budgets.create(staff, scope="global", limit_picousd=USD)
    begun = call(mine)
    metering.begin(begun)
    made = budgets.change(made, staff, period="month", scope="user")
    assert spent(made) == {str(owner.pk): 2 * CENT}
    assert budgets.status_of(made).reserved_picousd == CENT
    metering.end(begun.id, done())
    assert budgets.status_of(made).reserved_picousd == 0
    assert_all_agrees()


def test_the_days_of_a_budget_begin_in_its_own_time_zone(session, owner, staff, configure):
    configure(time_zone="Asia/Tokyo")
    here = budgets.create(staff, scope="global", limit_picousd=USD, period="day")
    there = budgets.create(staff, scope="global", limit_picousd=USD, period="day", time_zone="America/Los_Angeles")
    assert (here.time_zone, there.time_zone) == ("Asia/Tokyo", "America/Los_Angeles")
    at = datetime(2026, 5, 1, 16, tzinfo=UTC)  # the 2nd in Tokyo, the 1st in Los Angeles
    mine = session(owner)
    spend(mine, CENT, at=at)
    spend(mine, 2 * CENT, at=at - timedelta(hours=2))
    assert budgets.status_of(here, at).spent_picousd == CENT
    assert budgets.status_of(there, at).spent_picousd == 3 * CENT


def test_a_budget_can_go_while_calls_are_under_way(session, owner, staff):
    made = budgets.create(staff, scope="global", limit_picousd=USD)
    begun = call(session(owner))
    metering.begin(begun)
    budgets.delete(made, staff)
    assert metering.end(begun.id, done()).entry.cost_picousd
    assert_all_agrees()


# --- who may -------------------------------------------------------------------------------------------------------


def test_only_staff_set_budgets_on_what_others_spend(owner, teammate, staff):
    for whose in (None, teammate):
        with pytest.raises(Forbidden):
            budgets.create(owner, scope="global", limit_picousd=USD, owner=whose)
    assert budgets.create(staff, scope="global", limit_picousd=USD, owner=teammate)
    assert budgets.create(owner, scope="global", limit_picousd=USD, owner=owner)


def test_nobody_raises_what_an_administrator_has_set_for_him(session, owner, staff):
    mine = session(owner)
    budgets.for_session(mine, CENT, staff)
    with pytest.raises(Forbidden):
        budgets.for_session(mine, USD, owner)
    with pytest.raises(Forbidden):
        budgets.for_session(mine, None, owner)
    assert budgets.status_for_sessions([mine])[mine].limit_picousd == CENT


def test_nobody_makes_his_budget_somebody_elses(owner, teammate):
    mine = budgets.create(owner, scope="global", limit_picousd=USD, owner=owner)
    for whose in (None, teammate):
        with pytest.raises(Forbidden):
            budgets.change(mine, owner, owner=whose)
    mine.refresh_from_db()
    assert mine.owner == owner


def test_a_strangers_budget_and_session_are_not_there(session, owner, stranger):
    mine = budgets.create(owner, scope="global", limit_picousd=USD, owner=owner)
    with pytest.raises(NotFound):
        budgets.find(stranger, mine.pk)
    with pytest.raises(SessionNotFound):
        budgets.for_session(session(owner), USD, stranger)
    assert list(budgets.visible_to(owner)) == [mine]
    assert not budgets.visible_to(stranger).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"scope": "planet"},
        {"period": "year"},
        {"action": "shout"},
        {"limit_picousd": -1},
        {"limit_picousd": 10**19},
        {"soft_percent": 0},
        {"soft_percent": 101},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(staff, fields):
    with pytest.raises(InvalidRequest):
        budgets.create(staff, **{"scope": "global", "limit_picousd": USD} | fields)
    assert not Budget.objects.exists()


# --- a session's own -----------------------------------------------------------------------------------------------


def test_a_session_has_one_budget_that_is_made_changed_and_removed(session, owner):
    mine = session(owner)
    made = budgets.for_session(mine, CENT, owner)
    assert budgets.for_session(mine, 2 * CENT, owner).pk == made.pk
    assert budgets.status_for_sessions([mine])[mine].limit_picousd == 2 * CENT
    with pytest.raises(Conflict):
        budgets.create(owner, scope="session", limit_picousd=CENT, owner=owner, session_id=mine)
    assert budgets.for_session(mine, None, owner) is None
    assert budgets.status_for_sessions([mine]) == {}


def test_many_sessions_are_looked_at_in_a_few_queries(session, owner, staff, django_assert_max_num_queries):
    mine = [session(owner) for _ in range(20)]
    for each in mine:
        budgets.for_session(each, CENT, owner)
    budgets.create(staff, scope="user", limit_picousd=USD)
    spend(mine[0], CENT)
    with django_assert_max_num_queries(5):
        standing, blocked = budgets.status_for_sessions(mine), budgets.blocked(mine)
    assert len(standing) == 20
    assert standing[mine[0]].percent == 100
    assert list(blocked) == [mine[0]]


# --- blocked -------------------------------------------------------------------------------------------------------


def test_a_used_up_budget_blocks_until_it_is_raised(session, owner):
    mine = session(owner)
    made = budgets.for_session(mine, CENT, owner)
    assert budgets.blocked([mine]) == {}
    spend(mine, CENT)
    refused = budgets.blocked([mine])[mine]
    assert refused.status.budget == made
    assert "$0.01 of $0.01 spent" in refused.why
    with pytest.raises(BudgetExceeded):
        metering.begin(call(mine))
    budgets.for_session(mine, USD, owner)
    assert budgets.blocked([mine]) == {}
    assert metering.begin(call(mine))


def test_a_session_whose_last_call_found_too_little_is_blocked_though_something_is_left(session, owner):
    mine, other = session(owner), session(owner)
    made = budgets.create(owner, scope="global", limit_picousd=CENT // 2, owner=owner)
    with pytest.raises(BudgetExceeded):
        metering.begin(call(mine))
    assert list(budgets.blocked([mine, other])) == [mine]
    assert metering.begin(call(mine, input_bytes=10, max_output_tokens=10))
    assert budgets.blocked([mine]) == {}
    with pytest.raises(BudgetExceeded):
        metering.begin(call(mine))
    budgets.change(made, owner, limit_picousd=USD)
    assert budgets.blocked([mine]) == {}


def test_room_that_was_only_held_blocks_until_it_is_free(session, owner):
    mine = session(owner)
    budgets.for_session(mine, CENT, owner)
    begun = call(mine)
    metering.begin(begun)
    with pytest.raises(BudgetExceeded):
        metering.begin(call(mine))
    assert mine in budgets.blocked([mine])
    metering.end(begun.id, done(input_tokens=1, output_tokens=0))
    assert budgets.blocked([mine]) == {}


def test_a_new_day_unblocks(session, owner):
    mine = session(owner)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    budgets.create(owner, scope="global", limit_picousd=CENT, owner=owner, period="day")
    spend(mine, CENT, at=yesterday)
    with pytest.raises(BudgetExceeded):
        metering.begin(call(mine, at=yesterday))
    assert budgets.blocked([mine]) == {}
    assert metering.begin(call(mine))


def test_a_budget_that_warns_blocks_nobody(session, owner):
    mine = session(owner)
    budgets.create(owner, scope="global", limit_picousd=CENT, owner=owner, action="warn")
    spend(mine, 2 * CENT)
    assert budgets.blocked([mine]) == {}


# --- news ----------------------------------------------------------------------------------------------------------


def told(session_id, cents, **fields):
    begun = call(session_id, **fields)
    metering.begin(begun)
    settled = metering.end(begun.id, done(input_tokens=cents * CENT // INPUT, output_tokens=0))
    return [(news.kind, news.status.percent) for news in settled.warnings]


def test_a_warning_and_the_end_are_told_once_each(session, owner):
    mine = session(owner)
    budgets.create(owner, scope="global", limit_picousd=10 * CENT, owner=owner, soft_percent=50, action="warn")
    assert told(mine, 4) == []
    assert told(mine, 1) == [("warning", 50)]
    assert told(mine, 1) == []
    assert told(mine, 4) == [("exceeded", 100)]
    assert told(mine, 1) == []


def test_both_are_told_again_in_the_next_period_and_for_another_limit(session, owner):
    mine = session(owner)
    made = budgets.create(
        owner, scope="global", limit_picousd=CENT, owner=owner, soft_percent=50, action="warn", period="day"
    )
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert told(mine, 1, at=yesterday) == [("exceeded", 100)]
    assert told(mine, 1) == [("exceeded", 100)]
    assert told(mine, 1) == []
    budgets.change(made, owner, limit_picousd=4 * CENT)
    assert told(mine, 1) == [("warning", 75)]
    assert told(mine, 1) == [("exceeded", 100)]


def test_a_refusal_is_told_once_as_well(session, owner):
    mine = session(owner)
    budgets.for_session(mine, CENT // 2, owner)
    first, again = metering.begin_many([call(mine), call(mine)])
    assert [news.kind for news in first.news] == ["exceeded"]
    assert again.news == []
    assert (first.news[0].session_id, first.news[0].owner_id) == (mine, owner.pk)


def test_room_that_is_only_held_is_not_told_as_used_up_so_that_the_real_end_is(session, owner):
    mine = session(owner)
    budgets.for_session(mine, CENT, owner)
    begun = call(mine)
    _, held_up = metering.begin_many([begun, call(mine)])
    assert held_up.news == []
    settled = metering.end(begun.id, done(input_tokens=6_000, output_tokens=1_000))
    assert [news.kind for news in settled.warnings] == ["exceeded"]
