"""A provider's key that a user has stored: his sessions start with it, and nothing of theirs ever says it."""

import pytest

from agents import discovery
from sessions import handoff

OWN = "sk-stored-0123456789-of-the-owner-alone"


@pytest.fixture
def keyless(codex, configure):
    """The agent `codex` is there, but the environment has no key for it."""
    configure(provider_environment={})
    discovery.forget()


@pytest.fixture
def store(client):
    def put(user, key=OWN):
        answer = client(user).put("/api/providers/keys", {"provider": "openai", "key": key}, format="json")
        assert answer.status_code in (200, 201), answer.json()

    return put


def wanted(client_, **fields):
    return client_.post("/api/sessions", {"agent": "codex", **fields}, format="json")


def test_it_is_enough_to_start_an_agent_of_ones_own_and_of_nobody_elses(keyless, store, mine, owner, client, teammate):
    assert wanted(mine).status_code == 409
    store(owner)
    assert wanted(mine).status_code == 201
    assert wanted(client(teammate)).status_code == 409


def test_a_switch_takes_it_as_well(keyless, store, start, mine, owner):
    session = start()
    store(owner)
    answer = mine.post(f"/api/sessions/{session['id']}/switch-agent", {"agent": "codex"}, format="json")
    assert answer.status_code == 200, answer.json()


def test_the_word_for_the_next_agent_hides_it(codex, store, start, mine, owner, runner):
    store(owner)
    session = start(args=["-c", f"stty -echo; echo {OWN}; echo all done; exec cat"])
    with runner.watch(session["id"]) as reader:
        reader.see(b"all done")
    body = {"agent": "codex", "handoff": "summary"}
    assert mine.post(f"/api/sessions/{session['id']}/switch-agent", body, format="json").status_code == 200
    text = (runner.home / "workspaces" / session["id"] / handoff.PATH).read_text()
    assert "all done" in text
    assert OWN not in text
    assert handoff.MASK in text
