"""Every endpoint of one session: who is not allowed, what is not there, and a runner that is down."""

import pytest

CALLS = {
    "get": ("get", "", None),
    "delete": ("delete", "", None),
    "switch-agent": ("post", "/switch-agent", {"agent": "shell"}),
    "input": ("post", "/input", {"data": "touch typed\n"}),
    "resize": ("post", "/resize", {"cols": 99, "rows": 33}),
    "signal": ("post", "/signal", {"signal": "SIGWINCH"}),
    "stop": ("post", "/stop", {}),
    "restart": ("post", "/restart", {}),
}
every = pytest.mark.parametrize("call", CALLS)


def send(client_, call, session_id):
    verb, path, body = CALLS[call]
    return getattr(client_, verb)(f"/api/sessions/{session_id}{path}", body, format="json")


def error_of(answer):
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
def unchanged(start, row, runner):
    """A session, and after the test the proof that nobody touched it."""
    session = start()
    stored, seen = row(session), runner.call("get", id=session["id"])
    yield session
    now, seen_now = row(session), runner.call("get", id=session["id"])
    assert (now.owner_id, now.agent, now.status, now.pid, now.cols) == (
        stored.owner_id, stored.agent, stored.status, stored.pid, stored.cols)  # fmt: skip
    assert (seen_now["pid"], seen_now["cols"], seen_now["status"]) == (seen["pid"], seen["cols"], "running")
    assert not (runner.home / "workspaces" / session["id"] / "typed").exists()


@every
def test_a_stranger_finds_nothing_there(unchanged, client, stranger, call):
    assert error_of(send(client(stranger), call, unchanged["id"])) == (404, "SESSION_NOT_FOUND")


@every
def test_nobody_is_told_to_log_in(unchanged, client, call):
    assert error_of(send(client(), call, unchanged["id"])) == (401, "UNAUTHORIZED")


@every
def test_a_session_that_never_was_is_not_found(mine, runner, nobodys, call):
    assert error_of(send(mine, call, nobodys)) == (404, "SESSION_NOT_FOUND")


@every
@pytest.mark.parametrize("session_id", ["x", "1", "..%2f..", "00000000", "%00"])
def test_an_id_that_is_none_is_not_found(mine, runner, call, session_id):
    assert error_of(send(mine, call, session_id)) in {(404, "SESSION_NOT_FOUND"), (404, "NOT_FOUND")}


@every
def test_a_runner_that_is_down_is_said_to_be_and_the_row_stays(start, mine, row, call, configure):
    session = start()
    stored = row(session)
    stored.runner = "unix:/nowhere/runner.sock"
    stored.save()
    assert error_of(send(mine, call, session["id"])) == (503, "HOST_UNAVAILABLE")
    now = row(session)
    for name in ("agent", "provider", "model", "status", "pid", "cols", "rows", "offset", "exit_code"):
        assert getattr(now, name) == getattr(stored, name)


@every
def test_staff_may(start, client, staff, call):
    assert send(client(staff), call, start()["id"]).status_code == 200


@every
def test_a_session_the_runner_has_forgotten_is_no_server_error(start, mine, runner, call):
    session = start()
    runner.call("remove", id=session["id"])
    answer = send(mine, call, session["id"])
    if call in ("get", "delete", "switch-agent", "restart"):
        assert answer.status_code == 200
    else:
        assert error_of(answer) in {(404, "SESSION_NOT_FOUND"), (409, "CONFLICT")}
