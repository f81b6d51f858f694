"""The admin shows the money without counting a million lines, and sets budgets through the services."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from support.metering import USD, assert_all_agrees, spend

from costs import budgets
from costs.models import Budget, Entry


@pytest.fixture
def boss(db):
    made = Client()
    made.force_login(User.objects.create_superuser("boss"))
    return made


@pytest.fixture
def fields():
    return {
        "name": "Ours", "scope": "global", "owner": "", "session": "", "agent": "", "limit_usd": "12.345678901234",
        "period": "month", "time_zone": "Europe/Berlin", "soft_percent": "70", "action": "block",
    }  # fmt: skip


def test_the_ledger_is_shown_with_charts_and_can_not_be_changed(boss, session, owner):
    entry = spend(session(owner), USD, request_id="req_1")
    page = boss.get("/admin/costs/entry/")
    assert page.status_code == 200
    assert page.content.count(b"<figure") == 3
    assert b"<script>" not in page.content[page.content.index(b"<figure") : page.content.rindex(b"</figure>")]
    assert b"anthropic \xc2\xb7 tested" in page.content
    assert b"$1.00" in page.content
    assert boss.get(f"/admin/costs/entry/{entry.pk}/change/").status_code == 200
    for url in ("add/", f"{entry.pk}/delete/"):
        assert boss.get(f"/admin/costs/entry/{url}").status_code == 403
    assert boss.post(f"/admin/costs/entry/{entry.pk}/change/", {"model": "other"}).status_code == 403
    assert Entry.objects.get().model == "tested"


def test_a_line_is_found_by_its_request_and_its_session(boss, session, owner):
    wanted = spend(session(owner, name="The wanted one"), USD, request_id="req_1", response_id="msg_1")
    spend(session(owner, name="Another"), USD, request_id="req_2")
    for term in ("req_1", "msg_1", str(wanted.session_id)):
        rows = boss.get("/admin/costs/entry/", {"q": term}).context["cl"].result_list
        assert [row.pk for row in rows] == [wanted.pk]
    assert not boss.get("/admin/costs/entry/", {"q": "req_"}).context["cl"].result_list


def test_filters_offer_what_was_called(boss, session, owner):
    spend(session(owner), USD)
    spend(session(owner), USD, provider="openai")
    assert b"?provider=openai" in boss.get("/admin/costs/entry/").content
    rows = boss.get("/admin/costs/entry/?provider=openai&model=tested&agent=claude").context["cl"].result_list
    assert [row.provider for row in rows] == ["openai"]


@pytest.mark.parametrize("page", ["entry", "meteredsession", "budget"])
def test_more_rows_ask_no_more_of_the_database(boss, session, owner, page):
    def one_more():
        session_id = session(owner)
        spend(session_id, USD)
        budgets.create(owner, scope="session", limit_picousd=USD, owner=owner, session_id=session_id)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert boss.get(f"/admin/costs/{page}/").status_code == 200
        return seen.captured_queries

    one_more()
    few = queries()
    for _ in range(5):
        one_more()
    many = queries()
    assert len(many) == len(few)
    counted = [query["sql"] for query in many if "COUNT(*)" in query["sql"] and "agterm_ledger" in query["sql"]]
    assert all("LIMIT 10000" in sql for sql in counted)


def test_sessions_show_their_totals(boss, session, owner):
    session_id = session(owner, name="Dear")
    spend(session_id, 3 * USD)
    page = boss.get("/admin/costs/meteredsession/")
    assert b"Dear" in page.content
    assert b"3.00" in page.content
    assert boss.get(f"/admin/costs/meteredsession/{session_id}/change/").status_code == 200
    assert boss.get("/admin/costs/meteredsession/add/").status_code == 403


def test_the_front_page_has_a_chart_for_those_who_may_see_the_ledger(boss, session, owner, staff):
    spend(session(owner), USD)
    assert b"Dollars a day" in boss.get("/admin/").content
    visitor = Client()
    visitor.force_login(staff)
    assert b"Dollars a day" not in visitor.get("/admin/").content


def test_a_budget_is_made_and_raised_in_dollars_and_its_counters_follow(boss, session, owner, fields):
    spend(session(owner), 5 * USD)
    answer = boss.post("/admin/costs/budget/add/", fields)
    assert answer.status_code == 302, answer.context["errors"]
    budget = Budget.objects.get()
    assert (budget.limit_picousd, budget.created_by.username) == (12_345_678_901_234, "boss")
    assert budgets.status_of(budget, datetime.now(UTC)).spent_picousd == 5 * USD
    page = boss.get(f"/admin/costs/budget/{budget.pk}/change/").content
    assert b"12.345678901234" in page
    answer = boss.post(f"/admin/costs/budget/{budget.pk}/change/", fields | {"limit_usd": "20", "scope": "user"})
    assert answer.status_code == 302
    budget.refresh_from_db()
    assert (budget.limit_picousd, budget.scope) == (20 * USD, "user")
    assert budgets.status_of(budget).subject == str(owner.pk)
    assert_all_agrees()
    assert b"$5.00, 25 %" in boss.get("/admin/costs/budget/").content
    assert boss.post(f"/admin/costs/budget/{budget.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Budget.objects.exists()


def test_a_budget_that_makes_no_sense_is_told_beside_the_form(boss, session, owner, teammate, fields):
    session_id = str(session(owner))
    for wrong in (
        {"limit_usd": "-1"}, {"limit_usd": "9000001"}, {"limit_usd": "ten"}, {"time_zone": "Mars"}, {"scope": "planet"},
        {"session": session_id}, {"session": session_id, "scope": "session", "owner": str(teammate.pk)},
        {"soft_percent": "0"}, {"soft_percent": "101"},
    ):  # fmt: skip
        answer = boss.post("/admin/costs/budget/add/", fields | wrong, follow=True)
        assert answer.status_code == 200
        assert b"error" in answer.content
    assert not Budget.objects.exists()
