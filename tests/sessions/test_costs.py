"""What a session has cost, its own budget, and the state of one that a budget holds."""

import importlib
import uuid

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from support.spending import spend

from core.errors import AgtermError
from costs import budgets
from costs.models import Basis, Entry, MeteredSession
from costs.money import picousd
from sessions import keys
from sessions.models import Session

NOTHING = {
    "costUsd": "0.00", "requests": 0, "inputTokens": 0, "cacheReadTokens": 0, "cacheWriteTokens": 0, "outputTokens": 0,
    "reasoningTokens": 0, "unpricedRequests": 0,
    "apiEquivalentUsd": "0.00", "apiEquivalentRequests": 0, "apiEquivalentTokens": 0,
}  # fmt: skip


@pytest.fixture
def shown(mine):
    """`shown(session)`: as the API shows it now; `by=` as it shows it to somebody else."""
    return lambda session, by=mine: by.get(f"/api/sessions/{session['id']}").json()["data"]["session"]


@pytest.fixture
def patch(mine):
    return lambda session, by=mine, **body: by.patch(f"/api/sessions/{session['id']}", body, format="json")


def known(session):
    return MeteredSession.objects.get(pk=session["id"])


# --- cost ------------------------------------------------------------------------------------------------------------


def test_a_new_one_has_cost_nothing_and_has_no_budget(start):
    session = start()
    assert (session["cost"], session["budget"], session["blockedBy"]) == (NOTHING, None, None)


def test_what_its_calls_cost_is_shown_with_it_and_in_the_list(start, shown, mine):
    session, other = start(), start()
    spend(session["id"], "0.25")
    spend(session["id"], "0.000000000001")
    spend(session["id"])
    wanted = NOTHING | {
        "costUsd": "0.250000000001", "requests": 3, "inputTokens": 300, "cacheReadTokens": 60, "outputTokens": 90,
        "reasoningTokens": 15, "unpricedRequests": 1,
    }  # fmt: skip
    assert shown(session)["cost"] == wanted
    listed = {s["id"]: s["cost"] for s in mine.get("/api/sessions").json()["data"]["sessions"]}
    assert listed == {session["id"]: wanted, other["id"]: NOTHING}


def test_a_subscriptions_calls_are_beside_the_dollars(start, shown):
    session = start()
    spend(session["id"], "0.50", basis=Basis.SUBSCRIPTION)
    cost = shown(session)["cost"]
    assert (cost["costUsd"], cost["requests"], cost["apiEquivalentUsd"]) == ("0.00", 0, "0.50")


def test_a_list_of_many_takes_no_more_queries_than_one_of_few(start, mine):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert mine.get("/api/sessions").status_code == 200
        return len(asked)

    def one_more():
        spend(start(budget={"limitUsd": 1})["id"], "2")

    one_more()
    queries()
    few = queries()
    for _ in range(4):
        one_more()
    assert queries() == few


# --- a session's own budget ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit", "said"), [("2.5", "2.50"), (2.5, "2.50"), (3, "3.00"), ("0.000000000001",) * 2])
def test_it_can_have_a_budget_from_the_start(start, shown, limit, said):
    session = start(budget={"limitUsd": limit})
    budget = session["budget"]
    assert (budget["limitUsd"], budget["spentUsd"], budget["leftUsd"], budget["percent"]) == (said, "0.00", said, 0)
    assert (budget["scope"], budget["period"], budget["action"]) == ("session", "total", "block")
    assert shown(session)["budget"] == budget


def test_the_budget_is_raised_lowered_made_and_removed(start, patch, shown):
    session = start()
    spend(session["id"], "0.75")
    for limit, percent in (("1", 75), ("1.50", 50)):
        budget = patch(session, budget={"limitUsd": limit}).json()["data"]["session"]["budget"]
        assert (budget["spentUsd"], budget["percent"]) == ("0.75", percent)
    assert patch(session, budget=None).json()["data"]["session"]["budget"] is None
    assert shown(session)["budget"] is None
    assert patch(session, budget=None).status_code == 200


@pytest.mark.parametrize("budget", [
    {}, {"limitUsd": 0}, {"limitUsd": "-1"}, {"limitUsd": "free"}, {"limitUsd": None}, {"limitUsd": True}, 5, "5", [],
    {"limitUsd": "0.0000000000001"}, {"limitUsd": 10_000_000}, {"limitUsd": "1", "period": "day"}, {"limitUsd": "1x"},
])  # fmt: skip
def test_a_budget_that_is_none_is_refused(start, mine, patch, budget, db):
    session = start()
    refused = patch(session, budget=budget)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "INVALID_REQUEST")
    refused = mine.post("/api/sessions", {"agent": "shell", "budget": budget}, format="json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "INVALID_REQUEST")


def test_a_budget_that_staff_has_set_is_staffs_to_raise(start, patch, shown, client, staff):
    session = start()
    assert patch(session, by=client(staff), budget={"limitUsd": "1"}).status_code == 200
    refused = patch(session, name="renamed", budget={"limitUsd": "100"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert (shown(session)["budget"]["limitUsd"], shown(session)["name"]) == ("1.00", session["name"])


def test_nobody_sets_a_strangers_budget(start, patch, client, stranger):
    assert patch(start(), by=client(stranger), budget={"limitUsd": "1"}).status_code == 404


# --- over budget -----------------------------------------------------------------------------------------------------


def test_at_its_limit_it_is_over_budget_until_the_limit_is_raised(start, patch, shown):
    session = start(budget={"limitUsd": "1"})
    spend(session["id"], "0.99")
    assert shown(session)["state"] != "over_budget"
    spend(session["id"], "0.01")
    held = shown(session)
    assert (held["state"], held["budget"]["percent"]) == ("over_budget", 100)
    assert held["blockedBy"]["budget"] == held["budget"]
    assert "$1.00" in held["blockedBy"]["message"]
    freed = patch(session, budget={"limitUsd": "2"}).json()["data"]["session"]
    assert freed["state"] != "over_budget"
    assert freed["blockedBy"] is None


def test_a_budget_of_the_owners_holds_all_that_he_runs(start, shown, owner):
    one, other = start(), start()
    budget = budgets.create(owner, scope="user", owner=owner, limit_picousd=picousd("1"), period="day", name="daily")
    spend(one["id"], "1")
    for session in (one, other):
        held = shown(session)
        assert (held["state"], held["budget"]) == ("over_budget", None)
        assert (held["blockedBy"]["budget"]["id"], held["blockedBy"]["budget"]["name"]) == (str(budget.pk), "daily")
    budgets.delete(budget, owner)
    assert shown(other)["blockedBy"] is None


def test_a_budget_that_only_warns_holds_nobody(start, shown, owner):
    session = start()
    budgets.create(owner, scope="user", owner=owner, limit_picousd=picousd("1"), action="warn")
    spend(session["id"], "2")
    assert (shown(session)["state"] != "over_budget", shown(session)["blockedBy"]) == (True, None)


def test_one_that_has_ended_is_ended_and_not_over_budget(start, shown, mine):
    session = start(budget={"limitUsd": "1"})
    spend(session["id"], "2")
    mine.post(f"/api/sessions/{session['id']}/stop")
    assert (shown(session)["state"], shown(session)["blockedBy"] is None) == ("exited", False)


# --- what the ledger knows -------------------------------------------------------------------------------------------


def test_the_ledger_knows_a_session_by_its_newest_name_and_agent(start, patch, mine, codex):
    session = start(name="first")
    assert (known(session).name, known(session).agent, known(session).owner.username) == ("first", "shell", "owner")
    before = spend(session["id"], "1").entry
    patch(session, name="second")
    mine.post(f"/api/sessions/{session['id']}/switch-agent", {"agent": "codex"}, format="json")
    assert (known(session).name, known(session).agent) == ("second", "codex")
    assert (Entry.objects.get(pk=before.pk).agent, spend(session["id"], "1").entry.agent) == ("shell", "codex")


def test_a_switch_that_fails_leaves_the_agent_that_runs(start, mine, runner, codex):
    session = start()
    codex.unlink()
    assert (
        mine.post(f"/api/sessions/{session['id']}/switch-agent", {"agent": "codex"}, format="json").status_code == 409
    )
    assert known(session).agent == "shell"


def test_a_session_that_is_deleted_stays_in_the_ledger_and_its_budget_goes(start, mine):
    session = start(budget={"limitUsd": "5"})
    spend(session["id"], "1")
    assert mine.delete(f"/api/sessions/{session['id']}").status_code == 200
    assert (known(session).entries.count(), known(session).budgets.count()) == (1, 0)
    assert mine.get("/api/costs/budgets").json()["data"]["budgets"] == []


def test_a_session_that_could_not_be_started_is_none(mine, runner):
    refused = mine.post(
        "/api/sessions", {"agent": "shell", "cwd": "/nowhere", "budget": {"limitUsd": 1}}, format="json"
    )
    assert refused.status_code == 400
    assert not MeteredSession.objects.exists()


def test_sessions_of_before_there_was_a_ledger_are_made_known(owner, teammate):
    rows = [
        Session.objects.create(owner=user, name=user.username, agent="shell", runner="unix:/nowhere")
        for user in (owner, teammate)
    ]
    migration = importlib.import_module("sessions.migrations.0004_known_to_the_ledger")
    migration.have_them_known(apps, None)
    migration.have_them_known(apps, None)
    found = {(s.pk, s.owner_id, s.name, s.agent, s.created_at) for s in MeteredSession.objects.all()}
    assert found == {(r.pk, r.owner_id, r.name, r.agent, r.created_at) for r in rows}


# --- its key at the providers' door ----------------------------------------------------------------------------------


def revoke(client_, session):
    return client_.post(f"/api/sessions/{session['id']}/revoke-key")


def counts(key):
    """Whether the key that says this counts."""
    return not isinstance(keys.owners([key])[key], AgtermError)


def test_a_key_that_is_revoked_counts_no_more_and_a_restart_gives_another(start, mine, row):
    session = start()
    old = keys.read(keys.issue(row(session)))
    assert counts(old)
    assert revoke(mine, session).json()["data"] == {"id": session["id"], "revoked": True}
    assert not counts(old)
    assert row(session).status == "running"
    assert mine.post(f"/api/sessions/{session['id']}/restart").status_code == 200
    assert counts(keys.read(keys.issue(row(session))))
    assert not counts(old)


def test_staff_revokes_anybodys_key_and_a_stranger_none(start, client, staff, stranger, row):
    session = start()
    key = keys.read(keys.issue(row(session)))
    assert revoke(client(stranger), session).status_code == 404
    assert revoke(client(), session).status_code == 401
    assert counts(key)
    assert revoke(client(staff), session).status_code == 200
    assert not counts(key)
    assert revoke(client(staff), {"id": str(uuid.uuid4())}).status_code == 404
