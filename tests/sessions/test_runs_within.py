"""Headless runs as sessions: alone or within another one's workspace, what of them stays, and what they are held by."""

import json
import uuid

import pytest
from support.rest import KEY
from support.sockets import processes_with, wait_until
from support.spending import spend

from agents import discovery
from agents.headless import Ask
from core.errors import Conflict, InvalidRequest, SessionNotFound
from costs import budgets, ledger
from costs.counters import Who
from costs.models import MeteredSession
from costs.money import picousd
from sessions import keys, lifecycle, money, runs, services
from sessions.models import Session

ASK = Ask(message="Say what you were started with")
FAKE = """#!/bin/sh
echo '{"type":"thread.started","thread_id":"t-1"}'
echo "{\\"type\\":\\"error\\",\\"message\\":\\"$PWD $HOME $GW_KEY\\"}"
[ -e wait ] && exec sleep 1000
exit 0
"""


@pytest.fixture
def agent(codex):
    """In place of the agent `codex`: prints two lines and ends, or waits where a file says so."""
    codex.write_text(FAKE)
    discovery.forget()
    return codex


@pytest.fixture
def run(owner, agent):
    """`run(within, **fields)`: the row of a run of the owner's."""

    def start(within=None, **fields):
        return runs.start(owner, agent="codex", ask=ASK, within=within, **fields)

    return start


@pytest.fixture
def home(start, row):
    """A session of the owner's that a run may stand in."""
    return row(start(args=["-c", "echo word > left; exec sleep 1000"]))


@pytest.fixture
def printed(runner):
    """`printed(row)`: what the run printed until its end."""

    def read(row):
        with runner.watch(str(row.pk)) as reader:
            reader.event("exited")
            return reader.output.data.decode()

    return read


def waiting(runner, home):
    """Whatever starts there waits."""
    (runner.home / "workspaces" / str(home.pk) / "wait").write_text("")


def is_known(runner, row_id):
    return any(info["id"] == str(row_id) for info in runner.call("list"))


def test_one_that_stands_alone_has_a_workspace_of_its_own_and_stays_as_one_that_has_exited(run, runner, printed, mine):
    row = run(name="The first")
    lines = [json.loads(line) for line in printed(row).split("\n")[:-1]]
    assert lines[0] == {"type": "thread.started", "thread_id": "t-1"}
    workspace, home, key = lines[1]["message"].split()
    assert (workspace, home.endswith(f"{row.pk}/home")) == (str(runner.home / "workspaces" / str(row.pk)), True)
    assert KEY not in key
    assert runs.finish(row).billed.requests == 0
    (shown,) = mine.get("/api/sessions").json()["data"]["sessions"]
    facts = ("id", "kind", "withinId", "name", "status", "exitCode")
    assert tuple(shown[name] for name in facts) == (str(row.pk), "run", None, "The first", "exited", 0)
    assert (runner.home / "workspaces" / str(row.pk)).exists()


def test_one_within_a_session_has_its_workspace_and_a_key_of_its_own(run, home, printed, mine):
    row = run(home)
    workspace, _, key = json.loads(printed(row).split("\n")[1])["message"].split()
    row.refresh_from_db()
    assert workspace == row.workspace == home.workspace
    assert keys.read(key) == (row.pk, 1)
    shown = mine.get(f"/api/sessions/{row.pk}").json()["data"]["session"]
    assert (shown["kind"], shown["withinId"], shown["color"]) == ("run", str(home.pk), home.color)


def test_what_is_finished_within_a_session_is_gone_and_leaves_its_workspace(run, home, runner):
    waiting(runner, home)
    row = run(home)
    wait_until("it waits", lambda: processes_with("sleep\x001000"))
    row_id = row.pk
    spend(row_id, "0.25")
    assert runs.finish(row).billed.cost_picousd == picousd("0.25")
    assert not Session.objects.filter(pk=row_id).exists()
    assert not is_known(runner, row_id)
    assert (runner.home / "workspaces" / str(home.pk) / "left").read_text() == "word\n"
    assert services.look(home).status == "running"
    assert runs.finish(row).billed.cost_picousd == picousd("0.25")


def test_it_is_ended_for_certain_and_its_output_stays_until_it_is_finished(run, home, runner, printed):
    waiting(runner, home)
    row = run(home)
    wait_until("it runs", lambda: processes_with("sleep\x001000"))
    runs.end(row)
    assert (row.status, row.ended_by) == ("exited", "stop")
    assert "thread.started" in printed(row)
    runs.end(row)


def test_a_run_within_a_run_stands_beside_it(run, printed):
    alone = run()
    printed(alone)
    row = run(alone)
    another = run(row)
    assert (row.within_id, another.within_id) == (alone.pk, alone.pk)
    assert {printed(each).split('"message":"')[1].split()[0] for each in (alone, row, another)} == {
        services.look(alone).workspace
    }


def test_a_stop_and_another_start_of_the_session_leave_it_alone(run, home, runner, mine):
    waiting(runner, home)
    row = run(home)
    for act in ("stop", "restart"):
        assert mine.post(f"/api/sessions/{home.pk}/{act}", {}, format="json").status_code == 200
        assert services.look(row).status == "running"


def test_the_deletion_of_the_session_takes_it_along(run, home, runner, mine):
    waiting(runner, home)
    row = run(home, limit_picousd=picousd(1))
    assert mine.delete(f"/api/sessions/{home.pk}").status_code == 200
    assert not Session.objects.filter(pk__in=(home.pk, row.pk)).exists()
    assert not is_known(runner, row.pk)
    assert budgets.status_for_sessions([row.pk]) == {}
    assert MeteredSession.objects.filter(pk=row.pk, parent=home.pk).exists()


def test_in_a_session_that_is_deleted_meanwhile_nothing_starts_and_nothing_stays(run, home):
    gone = Session.objects.get(pk=home.pk)
    services.delete(home)
    with pytest.raises(SessionNotFound):
        run(gone)
    assert not Session.objects.exists()
    assert MeteredSession.objects.count() == 1


def test_where_its_runner_has_lost_the_folders_nothing_starts_and_nothing_stays(run, home, runner):
    runner.call("remove", id=str(home.pk))
    with pytest.raises(SessionNotFound):
        run(home)
    assert list(Session.objects.values_list("pk", flat=True)) == [home.pk]
    assert not MeteredSession.objects.exclude(pk=home.pk).exists()


def test_a_session_that_can_not_start_is_gone_though_a_run_was_about_to_start_in_it(run, runner, monkeypatch):
    def refuse(row, op, **params):
        inner = Session.objects.create(owner=row.owner, within=row, kind="run", agent="codex", runner=row.runner)
        services.know(inner)
        raise Conflict("It can't start")

    monkeypatch.setattr(services, "ask", refuse)
    with pytest.raises(Conflict, match="can't start"):
        run()
    assert not Session.objects.exists()


def test_one_that_was_lost_with_its_runner_is_finished_at_the_next_look(run, home, runner):
    waiting(runner, home)
    row, alone = run(home), run()
    for each in (row, alone, home):
        runner.call("remove", id=str(each.pk), keep_workspace=True)
    services.reconcile()
    assert dict(Session.objects.values_list("pk", "status")) == {home.pk: "lost", alone.pk: services.look(alone).status}
    assert runs.finish(Session.objects.get(pk=alone.pk)).billed.requests == 0


def test_a_run_is_not_started_again(run, printed, mine):
    row = run()
    printed(row)
    runs.finish(row)
    for path, body in (("restart", {}), ("switch-agent", {"agent": "shell"})):
        answer = mine.post(f"/api/sessions/{row.pk}/{path}", body, format="json")
        assert (answer.status_code, "run" in answer.json()["error"]["message"]) == (409, True)
    with pytest.raises(Conflict):
        lifecycle.restart(row, None)


def test_the_list_can_be_of_one_kind(run, home, mine):
    row = run(home)
    listed = {
        kind: [s["id"] for s in mine.get(f"/api/sessions?{kind}").json()["data"]["sessions"]]
        for kind in ("kind=run", "kind=interactive", "")
    }
    assert listed == {
        "kind=run": [str(row.pk)], "kind=interactive": [str(home.pk)], "": [str(row.pk), str(home.pk)],
    }  # fmt: skip
    assert mine.get("/api/sessions?kind=other").status_code == 400


def test_an_agent_that_can_not_run_headless_is_refused_and_nothing_stays(owner, home):
    with pytest.raises(InvalidRequest, match="headless"):
        runs.start(owner, agent="shell", ask=ASK, within=home)
    assert Session.objects.count() == 1


def test_it_takes_a_place_among_those_that_its_owner_may_have(run, home, configure):
    configure(max_sessions_per_user=1)
    with pytest.raises(Conflict, match="allows 1"):
        run(home)


def test_staff_in_somebodys_session_run_as_that_one(home, staff, agent):
    row = runs.start(staff, agent="codex", ask=ASK, within=home)
    assert row.owner == home.owner
    assert Who.has(MeteredSession.objects.get(pk=row.pk)).owner_id == home.owner_id


def test_its_network_is_the_sessions(run, start, row, printed):
    with pytest.raises(InvalidRequest, match="network"):
        run(row(start(network="none")))
    assert services.look(run(row(start(network="gateway")))).isolation["network"] == "gateway"


def test_what_it_costs_is_in_the_figures_of_the_session(run, home, mine, printed):
    row = run(home)
    spend(home.pk, "0.50")
    spend(row.pk, "0.25")
    shown = {s["id"]: s["cost"] for s in mine.get("/api/sessions").json()["data"]["sessions"]}
    assert (shown[str(home.pk)]["costUsd"], shown[str(row.pk)]["costUsd"]) == ("0.75", "0.25")
    assert shown[str(home.pk)]["requests"] == 2
    printed(row)
    runs.finish(row)
    shown = mine.get(f"/api/sessions/{home.pk}").json()["data"]["session"]["cost"]
    assert shown["costUsd"] == "0.75"
    assert ledger.totals_of([home.pk])[home.pk].billed.cost_picousd == picousd("0.50")


def test_of_what_it_costs_the_session_is_told_too(run, home, owner, monkeypatch):
    told = []
    monkeypatch.setattr(money, "_tell", told.extend)
    budgets.for_session(home.pk, picousd(1), owner)
    row = run(home)
    done = spend(row.pk, "1")
    money._publish([money.cost_of(row.pk), *map(money._of_budget, done.warnings)], {row.pk})
    costs = {one["id"] for one in told if one["event"] == "cost"}
    assert costs == {str(row.pk), str(home.pk)}
    assert [one["id"] for one in told if one["event"] == "budget_exceeded"] == [str(home.pk)]


def test_a_budget_that_holds_the_session_is_shown_to_hold_the_run(run, home, owner, mine):
    budgets.for_session(home.pk, picousd(1), owner)
    row = run(home)
    spend(row.pk, "1")
    shown = {s["id"]: s["blockedBy"] for s in mine.get("/api/sessions").json()["data"]["sessions"]}
    assert shown[str(home.pk)]["budget"] == shown[str(row.pk)]["budget"]
    assert shown[str(row.pk)]["budget"]["spentUsd"] == "1.00"


def test_nobody_hears_of_a_run_that_is_not_his(run, client, stranger):
    row = run()
    assert client(stranger).get(f"/api/sessions/{row.pk}").status_code == 404
    assert client(stranger).get(f"/api/sessions/{uuid.uuid4()}").status_code == 404
