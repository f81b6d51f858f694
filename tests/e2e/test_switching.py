"""`agent:switch` lasts until the old program has ended; the socket that asked for it hears all else meanwhile."""

import pytest
from support.sockets import wait_until

DEAF = "echo re''ady; trap '' HUP TERM; while :; do sleep 0.05; done"  # has all of its grace, and is killed then


@pytest.fixture
def deaf(server, connect):
    """A socket attached to a session whose program does not want to end."""
    session_id = server.start_session("shell", args=["-c", DEAF])
    socket = connect()
    socket.attach(session_id, since=0)
    socket.see("ready")
    yield socket
    server.api.delete(f"/api/sessions/{session_id}")


def agent_of(server, session_id):
    return server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]["agent"]


def test_while_it_switches_a_socket_answers_and_types_and_may_look_at_another_session(deaf, session):
    deaf.send("agent:switch", agent="codex")
    deaf.send("ping")
    deaf.message("pong")
    assert "agent:switched" not in [message["type"] for message in deaf.messages]
    assert deaf.message("agent:switched")["payload"]["session"]["agent"] == "codex"
    deaf.see("codex here")
    deaf.type("typed\n")
    deaf.see("typed")


def test_a_second_switch_meanwhile_is_a_conflict_and_a_later_one_is_not(deaf):
    deaf.send("agent:switch", agent="codex")
    deaf.send("agent:switch", agent="shell")
    assert deaf.error()["code"] == "CONFLICT"
    assert deaf.message("agent:switched")["payload"]["session"]["agent"] == "codex"
    deaf.see("codex here")
    deaf.rest(0.2)  # the answer comes a moment after the event
    deaf.send("agent:switch", agent="shell")
    assert deaf.message("agent:switched", after=len(deaf.messages))["payload"]["session"]["agent"] == "shell"


def test_a_switch_that_fails_says_so_and_for_which_session(deaf):
    deaf.send("agent:switch", agent="no-such-agent")
    said = deaf.message("error")
    assert (said["payload"]["code"], said["sessionId"]) == ("AGENT_NOT_FOUND", deaf.session_id)
    deaf.send("agent:switch", agent="codex")
    deaf.message("agent:switched")


def test_a_switch_whose_caller_leaves_is_carried_through(deaf, server):
    deaf.send("agent:switch", agent="codex")
    deaf.send("ping")
    deaf.message("pong")
    deaf.close()
    wait_until("it is done", lambda: agent_of(server, deaf.session_id) == "codex")
    assert "Traceback" not in "".join(server.output)
