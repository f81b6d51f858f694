"""Sessions whose agent is logged in by subscription: with a log-in made before, or to make one there."""

import json
from pathlib import Path

import pytest
from support.sockets import wait_until

from agents import discovery, logins
from sessions import handoff
from sessions.models import Session
from transcripts import services as transcripts

SECRET = "tokens-of-a-subscription"


def auth(at, token=SECRET):
    tokens = {"access_token": token, "refresh_token": "r"}
    return json.dumps({"auth_mode": "chatgpt", "tokens": tokens, "last_refresh": at})


@pytest.fixture
def codex(runner, configure):
    """A program in place of Codex: it shows what it was given, and renews its tokens when it is told to."""
    folder = runner.roots / "logged-in"
    folder.mkdir(exist_ok=True)
    program = folder / "codex"
    program.write_text(
        "#!/bin/sh\ncat $HOME/.codex/auth.json; echo; cat $HOME/.codex/config.toml; env; echo all shown\n"
        "while read line; do echo $line > $HOME/.codex/auth.json; echo written; done\n"
    )
    program.chmod(0o755)
    configure(agent_path=(str(folder),), provider_environment={})
    discovery.forget()
    yield program
    program.unlink()
    discovery.forget()


@pytest.fixture
def shown(mine):
    """`shown(session, text)`: what it printed, once `text` is in it."""

    def look(session, text):
        def output():
            answer = mine.get(f"/api/sessions/{session['id']}/output?lines=500")
            said = json.dumps(answer.json()["data"])
            return said if text in said else None

        return wait_until(f"{text!r} in the output", output)

    return look


def keep(owner, at="2026-11-22T10:00:00Z", **fields):
    assert logins.offer(owner.pk, "codex", {".codex/auth.json": auth(at, **fields).encode()}, since=owner.date_joined)


def test_where_there_is_no_key_a_session_starts_with_its_owners_log_in(codex, start, owner, shown):
    keep(owner)
    session = start(agent="codex")
    assert session["bySubscription"] is True
    said = shown(session, "all shown")
    assert SECRET in said
    assert "/llm/openai" not in said
    assert "agt-" not in said


def test_a_log_in_of_somebody_elses_is_no_use(codex, mine, stranger):
    keep(stranger)
    assert mine.post("/api/sessions", {"agent": "codex"}, format="json").status_code == 409


def test_a_key_comes_before_a_log_in_unless_one_says_other(codex, start, owner, configure, mine):
    keep(owner)
    configure(provider_environment={"OPENAI_API_KEY": "sk-of-the-server-0123456789"})
    assert start(agent="codex")["bySubscription"] is False
    assert start(agent="codex", credentials="subscription")["bySubscription"] is True
    configure(provider_environment={})
    assert mine.post("/api/sessions", {"agent": "codex", "credentials": "key"}, format="json").status_code == 409


def test_a_log_in_made_in_a_session_serves_the_next_one_and_its_renewal_is_kept(codex, start, owner, shown, mine):
    first = start(agent="codex", credentials="subscription")
    shown(first, "all shown")
    for at, token in (("2026-11-22T10:00:00Z", "made-here"), ("2026-11-22T11:00:00Z", "renewed-here")):
        mine.post(f"/api/sessions/{first['id']}/input", {"data": auth(at, token) + "\n"}, format="json")

        def is_kept(token=token):
            transcripts.read(Session.objects.get(pk=first["id"]))
            return token in json.dumps(logins.files_of(owner.pk, "codex"))

        wait_until("the log-in to be kept", is_kept)
    assert "renewed-here" in shown(start(agent="codex"), "all shown")
    assert mine.delete("/api/logins/codex").status_code == 200
    assert mine.post("/api/sessions", {"agent": "codex"}, format="json").status_code == 409


def test_a_log_in_that_is_made_just_before_its_session_is_deleted_is_kept(codex, start, owner, shown, mine):
    session = start(agent="codex", credentials="subscription")
    shown(session, "all shown")
    mine.post(f"/api/sessions/{session['id']}/input", {"data": auth("2026-11-22T10:00:00Z") + "\n"}, format="json")
    shown(session, "written")
    assert mine.delete(f"/api/sessions/{session['id']}").status_code == 200
    assert SECRET in json.dumps(logins.files_of(owner.pk, "codex"))


def test_tokens_renewed_just_before_a_restart_are_not_replaced_by_older_ones(codex, start, owner, shown, mine):
    keep(owner, token="the-first-tokens")
    session = start(agent="codex")
    shown(session, "all shown")
    renewed = auth("2026-11-22T11:00:00Z", "renewed-here") + "\n"
    mine.post(f"/api/sessions/{session['id']}/input", {"data": renewed}, format="json")
    shown(session, "written")
    assert mine.post(f"/api/sessions/{session['id']}/restart", {}, format="json").status_code == 200
    assert "renewed-here" in json.dumps(logins.files_of(owner.pk, "codex"))


def test_no_token_of_a_log_in_stands_in_the_word_for_the_next_agent(codex, start, owner, shown, mine):
    keep(owner)
    session = start(agent="codex")
    shown(session, "all shown")
    wanted = {"agent": "shell", "handoff": "summary"}
    assert mine.post(f"/api/sessions/{session['id']}/switch-agent", wanted, format="json").status_code == 200
    word = next(Path(Session.objects.get(pk=session["id"]).workspace).rglob(handoff.PATH)).read_text()
    assert "refresh_token" in word
    assert SECRET not in word


@pytest.mark.parametrize("network", ["gateway", "none"])
def test_without_the_internet_a_subscription_is_refused_with_the_reason(codex, mine, owner, network):
    keep(owner)
    answer = mine.post("/api/sessions", {"agent": "codex", "network": network}, format="json")
    assert answer.status_code == 400
    assert "proxy" in answer.json()["error"]["message"]


def test_only_agents_that_know_log_ins_can_be_asked_for_one(mine, runner):
    answer = mine.post("/api/sessions", {"agent": "shell", "credentials": "subscription"}, format="json")
    assert answer.status_code == 400
