"""POST /api/sessions/:id/switch-agent"""

from dataclasses import replace

import pytest

from agents import services as agents


@pytest.fixture
def switch(mine):
    return lambda session, **body: mine.post(f"/api/sessions/{session['id']}/switch-agent", body, format="json")


def test_another_agent_takes_over_the_session_and_its_history(start, switch, runner, codex, row):
    session = start(args=["-c", "echo from the shell; echo kept > file; sleep 1000"])
    with runner.watch(session["id"]) as reader:
        reader.see(b"from the shell")
        shown = switch(session, agent="codex").json()["data"]["session"]
        reader.see(b"codex here")
    assert (shown["id"], shown["agent"], shown["status"]) == (session["id"], "codex", "running")
    assert shown["modelConfig"]["provider"] == "openai"
    assert shown["workspaceDir"] == session["workspaceDir"]
    assert shown["pid"] != session["pid"]
    stored = row(session)
    assert (stored.agent, stored.provider, stored.pid) == ("codex", "openai", shown["pid"])
    with runner.watch(session["id"], since=0) as late:
        late.see(b"codex here")
        assert b"from the shell" in late.output.data


def test_and_back(start, switch, codex, row):
    session = start(agent="codex")
    assert switch(session, agent="shell").status_code == 200
    assert (row(session).agent, row(session).provider, row(session).model) == ("shell", "", "")


@pytest.fixture
def kept(start, row, runner):
    """A session whose switch fails: afterwards it is what it was and runs what it ran."""
    session = start()
    yield session
    stored = row(session)
    assert (stored.agent, stored.provider, stored.model, stored.status) == ("shell", "", "", "running")
    assert runner.call("get", id=session["id"])["pid"] == session["pid"]


@pytest.mark.parametrize(("body", "status", "code"), [
    ({}, 400, "INVALID_REQUEST"), ({"agent": ""}, 400, "INVALID_REQUEST"), ({"agent": 5}, 400, "INVALID_REQUEST"),
    ({"agent": "no-such-agent"}, 404, "AGENT_NOT_FOUND"), ({"agent": "shell", "model": "x"}, 400, "INVALID_REQUEST"),
    ({"agent": "shell", "provider": "openai"}, 400, "INVALID_REQUEST"),
])  # fmt: skip
def test_a_switch_that_cannot_be_changes_nothing(kept, switch, body, status, code):
    answer = switch(kept, **body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_switch_to_a_disabled_agent_changes_nothing(kept, switch, configure):
    configure(disabled_agents=("codex",))
    answer = switch(kept, agent="codex")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AGENT_DISABLED")


def test_a_switch_to_an_agent_without_its_key_changes_nothing(kept, switch, codex, configure):
    configure(provider_environment={})
    answer = switch(kept, agent="codex")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")


def test_a_switch_whose_program_does_not_start_keeps_the_old_agent_in_the_row(start, switch, codex, row, monkeypatch):
    session, real = start(), agents.prepare_launch
    monkeypatch.setattr(agents, "prepare_launch", lambda *a, **k: replace(real(*a, **k), argv=["/no/such/program"]))
    answer = switch(session, agent="codex")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
    stored = row(session)
    assert (stored.agent, stored.provider, stored.model) == ("shell", "", "")


def test_a_program_that_exited_is_followed_by_another(start, switch, runner, codex):
    session = start(args=["-c", "exit 3"])
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
    shown = switch(session, agent="codex").json()["data"]["session"]
    assert (shown["status"], shown["exitCode"]) == ("running", None)
