"""Our own agent headless behind a whole server: approvals by the stream, modes, diff and cost of one run."""

import json
from collections import deque

import pytest
from fakes.scripted import Scripted, Step
from support.books import PICODOLLARS, Books
from support.server import AgtermServer

from agterm_agent import events

PATIENCE_S = 60
BEGIN = "git init -q . && echo one > old.txt && git add . && git -c user.name=A -c user.email=a@b.c commit -qm begin"
WRITE = Step("I write.", calls=[("write_file", {"path": "new.txt", "content": "alpha\n"})])
SAY = Step("It is written.")


@pytest.fixture(scope="module")
def plan():
    """What the model does next; the last step again and again."""
    return deque([SAY])


@pytest.fixture(scope="module")
def model(plan):
    with Scripted(lambda _call, _number: plan.popleft() if len(plan) > 1 else plan[0]) as running:
        yield running


@pytest.fixture(scope="module")
def server(model):
    with AgtermServer(model.environment) as running:
        yield running


@pytest.fixture(autouse=True)
def _all_runs_end():
    """The server is a process of its own, with a database of its own."""


@pytest.fixture
def home(server, plan):
    """A session whose workspace is a git repository."""
    plan.clear()
    session_id = server.start_session("shell")
    done = server.api.post(f"/api/sessions/{session_id}/execute", json={"prompt": BEGIN, "waitFor": "idle"}).json()
    assert done["data"]["exitCode"] == 0, done
    yield session_id
    server.api.delete(f"/api/sessions/{session_id}")


def asked(home, **fields):
    return {"message": "Write alpha", "sessionId": home, **fields}


def test_a_call_is_allowed_by_whoever_hears_the_stream(server, model, plan, home):
    books = Books(model, server)
    plan.extend([WRITE, SAY])
    said, run = [], {}
    head = {"Accept": "text/event-stream"}
    with server.api.stream(
        "POST", "/api/run", json=asked(home, confirm=True), headers=head, timeout=PATIENCE_S
    ) as answer:
        for line in answer.iter_lines():
            if not line.startswith("data: "):
                continue
            event = json.loads(line.removeprefix("data: "))
            if "kind" not in event:
                run = event
                continue
            said.append(event)
            if event["kind"] == "awaiting_input":
                decision = {"id": event["id"], "decision": "once"}
                allowed = server.api.post(f"/api/runs/{run['runId']}/answer", json=decision)
                assert allowed.status_code == 200, allowed.text
    assert events.check(said) == []
    (result,) = [event for event in said if event["kind"] == "tool_result"]
    assert (result["status"], "+alpha" in result["diff"]) == ("ok", True)
    assert (said[-1]["status"], said[-1]["result"]) == ("done", "It is written.")
    shown = server.api.get(f"/api/runs/{run['runId']}").json()["data"]["run"]
    added = [line for line in shown["diff"].splitlines() if line.startswith("+")]
    assert added == ["+++ b/new.txt", "+alpha"]
    paid = sum(line.picousd for line in books.agree(calls=2))
    assert float(shown["cost"]["costUsd"]) == pytest.approx(paid / PICODOLLARS)


@pytest.mark.parametrize(
    ("mode", "status", "result"),
    [("confirm", "needs_input", "error"), ("dryRun", "done", "ok")],
)
def test_what_nobody_may_allow_or_is_only_tried_changes_nothing(server, plan, home, mode, status, result):
    plan.extend([WRITE, SAY])
    data = server.api.post("/api/run", json=asked(home, **{mode: True}), timeout=PATIENCE_S).json()["data"]
    assert (data["status"], data[mode], data["diff"]) == (status, True, "")
    assert events.check(data["events"]) == []
    assert [event["status"] for event in data["events"] if event["kind"] == "tool_result"] == [result]
    (call,) = [one for one in server.api.get("/api/history").json()["data"]["history"] if one["runId"] == data["runId"]]
    assert (call["tool"], call["safety"], call["status"]) == ("write_file", "mutating", result)
