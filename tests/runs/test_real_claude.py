"""Claude Code headless behind a whole server: its trail, the ledger, its conversation, and a web process that dies."""

import json
import os

import pytest
from fakes.provider import Provider
from support.agents import installed_home
from support.books import PICODOLLARS, Books
from support.server import AgtermServer
from support.sockets import wait_until

from agterm_agent import events

PATIENCE_S = 60


@pytest.fixture(scope="module")
def provider():
    with Provider() as running:
        yield running


@pytest.fixture(scope="module")
def server(provider):
    made = AgtermServer(provider.environment)
    os.symlink(installed_home("claude") / "agents", made.home / "agents")
    with made:
        yield made


@pytest.fixture(autouse=True)
def _all_runs_end():
    """The server is a process of its own, with a database of its own."""


@pytest.fixture
def ask(server):
    def post(message, **fields):
        answer = server.api.post("/api/run", json={"message": message, "agent": "claude"} | fields, timeout=PATIENCE_S)
        assert answer.status_code in (200, 202), answer.text
        return answer.json()["data"]

    return post


def test_a_run_works_in_the_box_and_costs_what_the_ledger_says(server, provider, ask):
    books = Books(provider, server)
    data = ask("please run `echo it ran > ran.txt; cat ran.txt`")
    lines = books.agree(calls=2)
    assert (data["status"], data["reason"]) == ("done", None)
    assert "PONG" in data["result"]
    assert events.check(data["events"]) == []
    (call,) = [event for event in data["events"] if event["kind"] == "tool_call"]
    (result,) = [event for event in data["events"] if event["kind"] == "tool_result"]
    assert "ran.txt" in json.dumps(call["arguments"])
    assert (result["status"], "it ran" in json.dumps(result["result"])) == ("ok", True)
    paid = sum(line.picousd for line in lines)
    assert paid > 0
    assert float(data["cost"]["costUsd"]) == pytest.approx(paid / PICODOLLARS)
    assert data["cost"]["requests"] == len(lines)
    assert data["events"][-1]["cost_usd"] == data["cost"]["costUsd"]


def test_a_run_in_a_session_works_in_its_workspace_and_goes_on_with_its_conversation(server, ask):
    session_id = server.start_session("shell")
    first = ask("please run `echo here > here.txt`", sessionId=session_id)
    second = ask("Say ping", sessionId=session_id)
    assert first["sessionId"] == second["sessionId"] == session_id
    assert first["conversation"] == second["conversation"]
    said = server.api.post(f"/api/sessions/{session_id}/execute", json={"prompt": "cat here.txt", "waitFor": "idle"})
    assert said.json()["data"]["output"].strip() == "here"
    session = server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]
    assert session["status"] == "running"
    assert float(session["cost"]["costUsd"]) >= float(first["cost"]["costUsd"]) > 0


def test_a_run_outlives_the_web_process_and_its_stream_goes_on(server, ask):
    begun = ask("please run `echo a; sleep 4; echo b`", **{"async": True})
    path = f"/api/runs/{begun['runId']}"
    wait_until("the call", lambda: "tool_call" in server.api.get(path).text)
    server.kill_web()
    server.start_web()
    seen = []
    with server.api.stream("GET", f"{path}/events", timeout=PATIENCE_S) as answer:
        for line in answer.iter_lines():
            if line.startswith('data: {"kind"'):
                seen.append(json.loads(line.removeprefix("data: ")))
    assert events.check(seen) == []
    assert seen[-1]["status"] == "done"
    assert server.api.get(path).json()["data"]["run"]["status"] == "done"


def test_who_hangs_up_leaves_the_run_alone_and_a_cancel_ends_the_real_program(server):
    asked = {"message": "please run `tail -f /dev/null`", "agent": "claude"}
    with server.api.stream("POST", "/api/run", json=asked, timeout=PATIENCE_S) as answer:  # and it is not read
        path = answer.headers["location"]
    wait_until("the call", lambda: "tool_call" in server.api.get(path).text)
    shown = server.api.post(f"{path}/cancel").json()["data"]["run"]
    assert shown["status"] == "cancelled"
    session = server.api.get(f"/api/sessions/{shown['sessionId']}").json()["data"]["session"]
    assert (session["status"], session["isolation"]["end"]) == ("exited", "certain")


def test_a_run_that_may_cost_next_to_nothing_reaches_its_limit_and_says_which(ask):
    data = ask("Say ping", budgetUsd="0.000001")
    assert data["status"] == "limit"
    assert "budget" in data["reason"]
    assert data["cost"]["costUsd"] == "0.00"
