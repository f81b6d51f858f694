"""The machine goes down with everything on it: files are there afterwards, and sessions can be gone on with."""

import pytest
from support.server import AgtermServer
from support.sockets import WebSocket, processes_with, wait_until

SCRIPT = (
    "stty -echo; echo life >> lives; echo at home >> ~/lives; echo lives: $(wc -l < lives) $(wc -l < ~/lives); exec cat"
)


@pytest.fixture(scope="module")
def server(settings_of_servers):
    with AgtermServer(settings_of_servers) as started:
        started.token = started.access_token()
        yield started


@pytest.fixture
def before(server):
    """A session with output that somebody has seen: its id and the offset after that output."""
    session_id = server.start_session("shell", args=["-c", SCRIPT], env={"SESSION_MARK": "before-the-reboot"})
    with WebSocket(server.socket_url, server.token) as socket:
        socket.attach(session_id, since=0, binary=True)
        socket.see("lives: 1 1\r\n")
        since = socket.output.position
    reboot(server)
    yield session_id, since
    server.api.delete(f"/api/sessions/{session_id}")


def reboot(server):
    """kill -9 for web and runner, with what that takes along; then both start again."""
    server.kill_runner()
    server.kill_web()
    wait_until("every process is gone", lambda: not processes_with("before-the-reboot"))
    server.start_web()


def seen(server, session_id):
    return server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]


def restart(server, session_id, **body):
    answer = server.api.post(f"/api/sessions/{session_id}/restart", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["session"]


def test_a_session_is_lost_and_comes_back_in_its_workspace_with_its_files(server, before):
    session_id, _since = before
    lost = seen(server, session_id)
    assert (lost["status"], lost["state"], lost["pid"]) == ("lost", "lost", None)
    back = restart(server, session_id)
    assert (back["status"], back["workspaceDir"], back["endedBy"]) == ("running", lost["workspaceDir"], None)
    with WebSocket(server.socket_url, server.token) as socket:
        socket.attach(session_id, binary=True)
        socket.until("it is up", lambda: "lives: 2 2" in socket.output.screen())
        socket.type("still typed\n")
        socket.see("still typed")
    assert seen(server, session_id)["status"] == "running"


def test_who_comes_back_with_an_old_offset_gets_a_picture_and_no_wrong_bytes(server, before):
    session_id, since = before
    back = restart(server, session_id)
    with WebSocket(server.socket_url, server.token) as socket:
        answer = socket.attach(session_id, since=since, binary=True)
        assert answer["replay"] == "screen"
        socket.until("the picture", lambda: socket.output.repaints and "lives: 2 2" in socket.output.screen())
        assert "lives: 1 1" not in socket.output.screen()
        assert socket.output.position >= 2**36 > since
        socket.type("more\n")
        socket.see("more\r\n")
    assert back["offset"] >= 2**36


def test_what_happens_twice_jumps_twice(server, before):
    session_id, _since = before
    first = restart(server, session_id)["offset"]
    reboot(server)
    assert restart(server, session_id)["offset"] >= first + 2**36 - 4096


def test_a_lost_session_that_nobody_wants_back_is_deleted_with_its_files(server, before):
    session_id, _since = before
    assert server.api.delete(f"/api/sessions/{session_id}").status_code == 200
    assert not list(server.home.glob(f"*/{session_id}"))
