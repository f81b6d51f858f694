"""Budgets through the API: whose they are, what they may say, and what they show."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from support.metering import USD, assert_all_agrees, spend

from costs.models import Budget


@pytest.fixture
def make(client):
    """`make(user, **fields)`: the answer to a POST."""
    return lambda user, **fields: client(user).post(
        "/api/costs/budgets", {"scope": "user", "limitUsd": "10"} | fields, format="json"
    )


def made(answer):
    assert answer.status_code == 201, answer.json()
    return answer.json()["data"]["budget"]


def test_a_budget_shows_what_was_spent_before_it_was_made(make, session, owner, client):
    spend(session(owner), 9 * USD)
    budget = made(make(owner, period="month", timeZone="Europe/Berlin", name="Mine"))
    assert (budget["owner"], budget["createdBy"], budget["scope"], budget["period"]) == (
        "owner",
        "owner",
        "user",
        "month",
    )
    assert (budget["limitUsd"], budget["spentUsd"], budget["remainingUsd"]) == ("10.00", "9.00", "1.00")
    assert (budget["percent"], budget["state"], budget["action"]) == (90, "warning", "block")
    assert budget["subjects"][0]["subjectName"] == "owner"
    assert budget["periodEnd"] > budget["periodStart"]
    assert Decimal(budget["forecast"]["forecastUsd"]) >= 9
    assert client(owner).get(f"/api/costs/budgets/{budget['id']}").json()["data"]["budget"]["id"] == budget["id"]
    assert client(owner).get("/api/costs/dashboard").json()["data"]["budgets"][0]["id"] == budget["id"]
    assert_all_agrees()


@pytest.mark.parametrize(("limit", "shown"), [("2.50", "2.50"), (2.5, "2.50"), (3, "3.00"), ("0.000000000001",) * 2])
def test_a_limit_is_dollars_as_text_or_number_and_exact(make, owner, limit, shown):
    assert made(make(owner, limitUsd=limit))["limitUsd"] == shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("limitUsd", value) for value in (
            0, -1, "0", "-0.01", 9_000_000.01, "9000001", 1e300, "1e99", "1e-99999999", "NaN", "Infinity", "ten", "",
            True, None, [], "1_000", "0.0000000000001", "٣", "9" * 5000,
        )),
        ("scope", "planet"), ("scope", None), ("period", "year"), ("timeZone", "Mars/Olympus"), ("timeZone", "../etc"),
        ("softPercent", 0), ("softPercent", 101), ("softPercent", "80"), ("action", "shoot"), ("name", "x" * 201),
        ("name", "a\nb"), ("agent", "claude"), ("color", "#ffffff"),
        ("sessionId", "550e8400-e29b-41d4-a716-446655440000"),
    ],
)  # fmt: skip
def test_what_makes_no_budget_is_refused_by_name(make, owner, field, value):
    answer = make(owner, **{field: value})
    assert answer.status_code == 400, answer.json()
    assert field in answer.json()["error"]["message"]
    assert not Budget.objects.exists()


def test_names_that_name_nothing_are_refused_by_field(make, session, owner, staff, teammate):
    for user, fields, field in (
        (owner, {"scope": "session", "sessionId": str(uuid.uuid4())}, "sessionId"),
        (owner, {"scope": "session", "sessionId": str(session(teammate))}, "sessionId"),
        (owner, {"scope": "session", "sessionId": "x"}, "sessionId"),
        (owner, {"scope": "agent", "agent": "hal"}, "agent"),
        (staff, {"owner": "nobody"}, "owner"),
    ):
        answer = make(user, **fields)
        assert (answer.status_code, field in answer.json()["error"]["message"]) == (400, True)


def test_members_limit_themselves_and_staff_limit_anybody(make, session, owner, staff):
    mine = str(session(owner))
    assert made(make(owner, scope="session", sessionId=mine))["sessionId"] == mine
    assert made(make(owner, scope="agent", agent="claude"))["agent"] == "claude"
    for fields in ({"scope": "global"}, {"owner": "staff"}, {"owner": None}, {"scope": "session", "owner": None}):
        assert make(owner, **fields).status_code == 403
    assert made(make(staff, scope="global"))["owner"] is None
    assert made(make(staff, scope="user", owner=None))["owner"] is None
    assert made(make(staff, scope="agent", owner="owner"))["owner"] == "owner"
    other = str(session(owner))
    assert made(make(staff, scope="session", sessionId=other))["owner"] == "owner"
    again = make(owner, scope="session", sessionId=mine)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "CONFLICT")


def test_strangers_see_no_budget_and_can_not_touch_it(make, owner, stranger, staff, client):
    budget = made(make(owner))
    for_all = made(make(staff, scope="global"))
    for budget_id in (budget["id"], for_all["id"], "x", str(uuid.uuid4())):
        url = f"/api/costs/budgets/{budget_id}"
        caller = client(stranger)
        answers = [caller.get(url), caller.patch(url, {"limitUsd": 99}, format="json"), caller.delete(url)]
        assert {answer.status_code for answer in answers} == {404}
    assert client(stranger).get("/api/costs/budgets").json()["data"]["budgets"] == []
    assert len(client(staff).get("/api/costs/budgets").json()["data"]["budgets"]) == 2
    assert [b["id"] for b in client(owner).get("/api/costs/budgets").json()["data"]["budgets"]] == [budget["id"]]


def test_raising_the_limit_is_one_patch(make, session, owner, client):
    spend(session(owner), 10 * USD)
    budget = made(make(owner))
    assert (budget["state"], budget["forecast"]["usedUpAt"] <= datetime.now(UTC).isoformat()) == ("exceeded", True)
    url = f"/api/costs/budgets/{budget['id']}"
    raised = client(owner).patch(url, {"limitUsd": "25.5"}, format="json").json()["data"]["budget"]
    assert (raised["limitUsd"], raised["spentUsd"], raised["state"]) == ("25.50", "10.00", "ok")
    changed = client(owner).patch(url, {"action": "warn", "name": "Soft", "softPercent": 5}, format="json")
    assert (
        changed.json()["data"]["budget"] | {"action": "warn", "name": "Soft", "state": "warning"}
        == (changed.json()["data"]["budget"])
    )
    assert_all_agrees()
    for body in ({}, {"limitUsd": 0}, {"scope": "global"}, {"owner": "staff"}, {"limitUsd": None}):
        assert client(owner).patch(url, body, format="json").status_code == 400


def test_what_staff_set_for_a_user_he_sees_and_can_not_change(make, owner, staff, client):
    budget = made(make(staff, owner="owner"))
    url = f"/api/costs/budgets/{budget['id']}"
    assert client(owner).get(url).status_code == 200
    assert client(owner).patch(url, {"limitUsd": 99}, format="json").status_code == 403
    assert client(owner).delete(url).status_code == 403
    assert client(staff).delete(url).json()["data"] == {"id": budget["id"], "deleted": True}
    assert client(staff).get(url).status_code == 404


def test_budgets_come_in_pages(make, owner, client):
    ids = [made(make(owner, name=str(number)))["id"] for number in range(3)]
    first = client(owner).get("/api/costs/budgets?limit=2").json()["data"]
    rest = client(owner).get(f"/api/costs/budgets?limit=2&cursor={first['nextCursor']}").json()["data"]
    assert [budget["id"] for budget in first["budgets"] + rest["budgets"]] == ids
    assert rest["nextCursor"] is None


def test_each_session_of_a_budget_has_a_counter_of_its_own(make, session, owner):
    dear, cheap = session(owner, name="Dear"), session(owner, name="Cheap")
    spend(dear, 11 * USD)
    spend(cheap, USD)
    budget = made(make(owner, scope="session"))
    assert [(one["subjectName"], one["spentUsd"], one["state"]) for one in budget["subjects"]] == [
        ("Dear", "11.00", "exceeded"), ("Cheap", "1.00", "ok"),
    ]  # fmt: skip
    assert (budget["spentUsd"], budget["remainingUsd"], budget["subjectCount"]) == ("11.00", "0.00", 2)
