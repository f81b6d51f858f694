"""What a session is doing is seen at a glance: in the list and on the socket, soon after it changes."""

import time

import pytest

pytestmark = pytest.mark.parametrize("server", ["uvicorn"], indirect=True, scope="session")  # it is the runner's affair


def state_of(server, session_id):
    return server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]["state"]


def wait_for_state(server, session_id, state, timeout_s=20):
    deadline = time.monotonic() + timeout_s
    while (now := state_of(server, session_id)) != state:
        assert time.monotonic() < deadline, f"still {now}, not {state}"
        time.sleep(0.1)


@pytest.mark.parametrize(("command", "state"), [
    ("for i in $(seq 100); do echo line $i; sleep 0.05; done", "working"),
    ("read -p 'Do you want to continue? [Y/n] ' answer", "needs_input"),
    ("read -s -p 'Password: ' answer", "needs_input"),
], ids=["prints", "asks", "password"])  # fmt: skip
def test_a_shell_is_idle_then_busy_or_asking_then_idle_again(server, command, state):
    session_id = server.start_session()
    wait_for_state(server, session_id, "idle")
    server.api.post(f"/api/sessions/{session_id}/input", json={"data": command + "\n"})
    wait_for_state(server, session_id, state)
    server.api.post(f"/api/sessions/{session_id}/input", json={"data": "\x03"})
    wait_for_state(server, session_id, "idle")
    server.api.delete(f"/api/sessions/{session_id}")


def test_who_watches_is_told_and_the_end_is_a_state_too(server, connect):
    session_id = server.start_session()
    wait_for_state(server, session_id, "idle")
    with connect() as socket:
        socket.attach(session_id)
        socket.type("read -p 'Really? [y/N] ' answer\r")
        told = socket.message("session:state")
        while told["payload"]["state"] != "needs_input":
            told = socket.message("session:state", after=socket.messages.index(told) + 1)
        assert told["payload"]["since"].endswith("Z")
        socket.type("y\rexit\r")
        socket.message("session:exited")
    session = server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]
    assert (session["status"], session["state"]) == ("exited", "exited")
    server.api.delete(f"/api/sessions/{session_id}")
