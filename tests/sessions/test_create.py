"""POST /api/sessions"""

import re
import uuid

import pytest

from agents import discovery
from sessions.models import Session


@pytest.fixture
def refused(mine, runner):
    """`refused(status, code, match, **body)`: the answer is that error, and nothing is left of it anywhere."""

    def check(status, code, match="", **body):
        answer = mine.post("/api/sessions", {"agent": "shell"} | body, format="json")
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (status, code), answer.json()
        assert re.search(match, error["message"]), error
        assert not Session.objects.exists()
        assert runner.call("list") == []
        return error

    return check


def test_it_starts_the_agent_in_a_workspace_of_its_own(start, runner):
    session = start()
    uuid.UUID(session["id"])
    assert session["agent"] == "shell"
    assert session["status"] == "running"
    assert session["workspaceDir"] == str(runner.home / "workspaces" / session["id"])
    assert session["modelConfig"] == {"provider": None, "model": None}
    assert (session["cols"], session["rows"]) == (80, 24)
    assert (session["exitCode"], session["signal"]) == (None, None)
    assert session["pid"] == runner.call("get", id=session["id"])["pid"]
    for name in ("createdAt", "lastActiveAt"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", session[name])
    assert session["isolation"]["notes"]


def test_the_row_is_the_callers(start, row, owner):
    stored = row(start(name="Work", cols=100, rows=30))
    assert (stored.owner, stored.name, stored.agent) == (owner, "Work", "shell")
    assert (stored.cols, stored.rows, stored.status) == (100, 30, "running")


def test_a_session_without_a_name_gets_one(start):
    assert [start()["name"], start()["name"]] == ["Shell 1", "Shell 2"]


@pytest.mark.parametrize(
    ("given", "shown"), [("  padded ", "padded"), ("a\x1b]0;b\x07c\n", "a]0;bc"), ("\x07", "Shell 1")]
)
def test_control_characters_never_reach_a_name(start, given, shown):
    assert start(name=given)["name"] == shown


def test_the_size_and_the_arguments_reach_the_program(start, runner):
    session = start(cols=101, rows=31, args=["-c", "stty size; echo $0 $1", "me", "an argument"])
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
        assert b"31 101" in reader.output.data
        assert b"me an argument" in reader.output.data


def test_a_cwd_in_an_allowed_root_is_the_workspace(start, runner):
    folder = runner.roots / "project"
    folder.mkdir(exist_ok=True)
    assert start(cwd=str(folder))["workspaceDir"] == str(folder)


def test_an_agent_gets_its_model_and_not_our_key_in_the_row(start, codex, row):
    session = start(agent="codex", model="gpt-5")
    assert session["modelConfig"]["model"] == "gpt-5"
    assert session["modelConfig"]["provider"] == row(session).provider == "openai"


def test_a_field_this_version_does_not_know_is_refused_not_dropped(refused):
    """A budget or a repository that a session was asked to have must not silently be missing."""
    error = refused(400, "INVALID_REQUEST", somethingNew=1)
    assert error is None or "somethingNew" in str(error)


@pytest.mark.parametrize("body", [
    {"agent": ""}, {"agent": None}, {"agent": 5}, {"agent": "x" * 65}, {"name": 5}, {"name": "x" * 201},
    {"cols": 1}, {"cols": 1001}, {"rows": 0}, {"rows": "24"}, {"cols": 80.5}, {"cols": True}, {"args": "ls"},
    {"args": [1]}, {"args": ["\0"]}, {"args": ["x"] * 300}, {"cwd": ""}, {"cwd": 5},
    {"model": "x y"}, {"model": "gpt-5"}, {"provider": "openai"},
])  # fmt: skip
def test_bad_input_is_refused_and_leaves_nothing(refused, body):
    refused(400, "INVALID_REQUEST", **body)


@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_a_body_that_is_no_object_is_refused(mine, runner, body):
    answer = mine.post("/api/sessions", body, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
    assert not Session.objects.exists()


def test_a_missing_agent_is_named(mine, runner):
    answer = mine.post("/api/sessions", {}, format="json")
    assert answer.status_code == 400
    assert "agent" in answer.json()["error"]["message"]


def test_an_agent_that_is_none(refused):
    refused(404, "AGENT_NOT_FOUND", agent="no-such-agent")


def test_an_agent_that_is_disabled(refused, configure):
    configure(disabled_agents=("shell",))
    refused(403, "AGENT_DISABLED")


def test_an_agent_whose_cli_is_not_there_says_how_to_mend_it(refused, configure, monkeypatch):
    monkeypatch.setattr(discovery, "search_path", lambda: ["/usr/bin"])
    configure(provider_environment={"OPENAI_API_KEY": "sk-x"})
    discovery.forget()
    error = refused(409, "CONFLICT", "is not on this machine", agent="codex")
    assert error["details"]["installHint"]


def test_an_agent_without_its_key_says_which(refused, codex, configure):
    configure(provider_environment={})
    error = refused(409, "CONFLICT", "OPENAI_API_KEY", agent="codex")
    assert error["details"]["missingEnvVars"] == ["OPENAI_API_KEY"]


@pytest.mark.parametrize(("cwd", "message"), [
    ("relative", "cwd must be an absolute path"), ("/nowhere/at/all", "cwd does not exist"),
    ("/etc/passwd", "cwd is not a directory"), ("/etc", "outside the allowed roots"),
])  # fmt: skip
def test_a_cwd_that_cannot_be(refused, cwd, message):
    refused(400, "INVALID_REQUEST", message, cwd=cwd)


def test_a_runner_that_is_down(mine, db, no_runner):
    no_runner()
    answer = mine.post("/api/sessions", {"agent": "shell"}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "HOST_UNAVAILABLE")
    assert not Session.objects.exists()


def test_nobody_may(client, runner):
    answer = client().post("/api/sessions", {"agent": "shell"}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "UNAUTHORIZED")
    assert not Session.objects.exists()
    assert runner.call("list") == []
