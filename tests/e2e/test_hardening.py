"""Whole servers under careless and hostile use: memory, rights that end, ends by signal, callers who race."""

import contextlib
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from support.server import AgtermServer
from support.sockets import go_on, is_alive, pause, processes_with, rss_kib, wait_until
from websockets.exceptions import ConnectionClosed

from runner import client
from runner.sandbox import linux

MIB_IN_KIB = 1024


def growth_kib(pid, during):
    """The most that the process grew while `during()` went on, looked at again and again."""
    before = most = rss_kib(pid)
    for _ in during:
        most = max(most, rss_kib(pid))
    return max(most, rss_kib(pid)) - before


def ticks(seconds):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        time.sleep(0.05)
        yield


# --- ends ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "number"), [("uvicorn", signal.SIGINT), ("daphne", signal.SIGTERM)], ids=["uvicorn-INT", "daphne-TERM"]
)
def test_stop_sessions_ends_them_whatever_signal_ends_the_server(settings_of_servers, kind, number):
    mark = f"mark-of-{kind}-{number}"
    own = AgtermServer(settings_of_servers | {"AGTERM_SERVER": kind})
    try:
        own.start_web("--stop-sessions")
        own.start_session("shell", args=["-c", f"(setsid sleep 1050 &); trap '' HUP TERM; exec -a {mark} sleep 1051"])
        wait_until("it is up", lambda: processes_with(mark))
        runner = own.runner_pid
        family = [runner, *linux.descendants(runner)]
        own._end_web(number)
        assert own.web_status == 0
        assert processes_with(mark) == []
        assert [pid for pid in family if is_alive(pid)] == []
        wait_until("it says so", lambda: any("Ended 1 session(s)" in line for line in own.output))
        assert "Traceback" not in "".join(own.output)
    finally:
        own.stop()


# --- rights that end while a socket is open --------------------------------------------------------------------------


@pytest.fixture
def guest(server):
    """A user of this test's own, who is staff: `guest.token`, `guest.api`."""

    class Guest:
        name = f"guest{time.monotonic_ns()}"
        api = server.make_user(name)

    server.clerk.do(f"User.objects.filter(username={Guest.name!r}).update(is_staff=True)")
    Guest.token = server.access_token(Guest.name)
    yield Guest
    Guest.api.close()


def test_who_is_no_longer_staff_cannot_attach_to_others_sessions_over_the_socket_he_has(
    server, connect, session, guest
):
    socket = connect(guest.token)
    socket.attach(session, since=0)
    assert socket.answer("session:detach")["type"] == "session:detached"
    server.clerk.do(f"User.objects.filter(username={guest.name!r}).update(is_staff=False)")
    assert socket.answer("session:attach", sessionId=session)["payload"]["code"] == "SESSION_NOT_FOUND"
    assert socket.answer("terminal:input", data="x")["payload"]["code"] == "NO_SESSION"
    assert socket.answer("ping") == {"type": "pong"}


def test_who_is_no_longer_staff_cannot_switch_the_agent_of_a_session_he_is_attached_to(server, connect, session, guest):
    socket = connect(guest.token)
    socket.attach(session, since=0)
    server.clerk.do(f"User.objects.filter(username={guest.name!r}).update(is_staff=False)")
    seen = len(socket.messages)
    socket.send("agent:switch", agent="codex")
    assert socket.error(after=seen)["code"] == "SESSION_NOT_FOUND"
    assert server.api.get(f"/api/sessions/{session}").json()["data"]["session"]["agent"] == "shell"


@pytest.mark.parametrize("end", ["deactivated", "logged out"])
def test_who_is_deactivated_or_logged_out_cannot_attach_over_the_socket_he_has(server, connect, session, guest, end):
    caller = connect(guest.token)
    assert caller.answer("ping") == {"type": "pong"}
    if end == "deactivated":
        server.clerk.do(f"User.objects.filter(username={guest.name!r}).update(is_active=False)")
    else:
        headers = {"Authorization": f"Bearer {guest.token}"}
        assert guest.api.post("/api/auth/logout", headers=headers).status_code == 200
    with contextlib.suppress(ConnectionClosed):  # who logs out loses his sockets at once
        seen = len(caller.messages)
        caller.send("session:attach", sessionId=session)
        assert caller.error(after=seen)["code"] == "UNAUTHORIZED"
    assert not any(message["type"] == "session:attached" for message in caller.messages)


# --- what one client may cost ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("binary", [False, True], ids=["json", "binary"])
def test_a_client_that_never_reads_nor_acknowledges_costs_little_while_a_program_floods(server, connect, binary):
    session_id = server.start_session("shell", args=["-c", "stty -echo; echo up; read line; exec yes flood"])
    dawdler = connect()
    dawdler.attach(session_id, since=0, binary=binary)
    dawdler.see("up")
    grown = growth_kib(server.web_pid, _flooding(server, session_id))
    assert grown < 40 * MIB_IN_KIB, f"{grown // MIB_IN_KIB} MiB"
    assert server.api.get("/api/health").status_code == 200
    server.api.delete(f"/api/sessions/{session_id}")
    assert dawdler.error()["code"] == "SESSION_NOT_FOUND"


def _flooding(server, session_id):
    server.api.post(f"/api/sessions/{session_id}/input", json={"data": "\n"})
    yield from ticks(5)
    wait_until("a flood", lambda: client.call(server.runner_address, "get", id=session_id)["offset"] > 8 << 20, 60)
    yield


def test_a_client_that_read_nothing_for_a_while_is_served_again_when_it_reads(server, connect):
    """Held back is not forgotten: what waited for room goes on when there is some."""
    session_id = server.start_session(
        "shell", args=["-c", "stty -echo; echo up; read line; seq 1 900000; echo the very end; read line"]
    )
    socket = connect()
    socket.attach(session_id, since=0, binary=True)
    socket.see("up")
    server.api.post(f"/api/sessions/{session_id}/input", json={"data": "\n"})
    time.sleep(2)
    seen = lambda: b"the very end" in socket.output.data or any(b"the very end" in r[3] for r in socket.output.repaints)  # noqa: E731
    socket.until("the end of it", seen, 30)
    server.api.delete(f"/api/sessions/{session_id}")


def test_typing_at_a_runner_that_stands_still_costs_little_and_is_refused(server, connect, session):
    socket = connect()
    socket.attach(session, since=0)
    socket.see("ready")
    runner = server.runner_pid
    pause(runner)
    try:
        grown = growth_kib(server.web_pid, _typing(socket, 200))
        socket.until("a refusal", lambda: _codes(socket))
        socket.send("ping")
        socket.message("pong")
    finally:
        go_on(runner)
    assert _codes(socket) == {"TOO_LARGE"}
    assert grown < 60 * MIB_IN_KIB, f"{grown // MIB_IN_KIB} MiB"
    wait_until("the runner is back", lambda: server.api.get(f"/api/sessions/{session}").status_code == 200)


def _typing(socket, megabytes):
    for _ in range(megabytes):
        socket.send_bytes(b"x" * (1 << 20))
        socket.read(0.001)
        yield


def _codes(socket):
    return {message["payload"]["code"] for message in socket.messages if message["type"] == "error"}


# --- characters, views, nonsense -------------------------------------------------------------------------------------


@pytest.mark.parametrize("binary", [False, True], ids=["json", "binary"])
def test_a_character_half_printed_when_one_attaches_arrives_whole(server, connect, binary):
    script = r"stty -echo; printf 'before \303'; read line; printf '\251 after'; read line"
    session_id = server.start_session("shell", args=["-c", script])
    get = lambda: client.call(server.runner_address, "get", id=session_id)  # noqa: E731
    wait_until("it has printed half of it", lambda: get()["offset"] == len(b"before \xc3"))
    socket = connect()
    socket.attach(session_id, binary=binary)
    socket.until("a picture", lambda: socket.output.repaints)
    socket.type("\n")
    socket.see("é after")
    assert socket.output.screen() == "before é after"
    assert socket.output.position == get()["offset"]
    server.api.delete(f"/api/sessions/{session_id}")


def test_who_only_views_changes_nothing(server, connect, attached, session):
    viewer = connect()
    answer = viewer.attach(session, since=0, mode="view", cols=120, rows=50)
    assert (answer["control"], answer["cols"], answer["rows"]) == (False, 80, 24)
    refused = [
        json.dumps({"type": kind, "payload": payload})
        for kind, payload in (
            ("terminal:input", {"data": "echo from the viewer\n"}),
            ("terminal:resize", {"cols": 120, "rows": 50}),
            ("agent:switch", {"agent": "codex"}),
        )
    ]
    for text in (*refused, b"echo from the viewer\n"):
        seen = len(viewer.messages)
        viewer.send_bytes(text) if isinstance(text, bytes) else viewer.send_text(text)
        assert viewer.error(after=seen)["code"] == "FORBIDDEN"
    attached.type("stty size; echo driven\n")
    viewer.see("driven")
    assert b"24 80" in viewer.output.data
    assert b"from the viewer" not in viewer.output.data
    shown = server.api.get(f"/api/sessions/{session}").json()["data"]["session"]
    assert (shown["agent"], shown["cols"], shown["rows"]) == ("shell", 80, 24)
    viewer.attach(session, since=0, mode="control")
    viewer.type("echo now allowed\n")
    attached.see("now allowed")


def test_a_mode_nobody_knows_is_an_invalid_request(connect, session):
    answer = connect().answer("session:attach", sessionId=session, mode="admire")
    assert answer["payload"]["code"] == "INVALID_REQUEST"


@pytest.mark.parametrize("levels", [1_000, 100_000])
@pytest.mark.parametrize("around", [
    '{"type": "session:attach", "payload": {"sessionId": %s}}', '{"type": "terminal:input", "payload": {"data": %s}}',
    '{"type": "agent:switch", "payload": %s}', '{"type": %s}', "%s",
])  # fmt: skip
def test_json_nested_without_measure_is_refused_and_the_socket_stays_open(attached, around, levels):
    for nest in ("[" * levels + "]" * levels, '{"a":' * levels + "1" + "}" * levels):
        answer = attached.answer_to(around.replace("%s", nest))
        assert answer["payload"]["code"] in {"INVALID_REQUEST", "INVALID_MESSAGE"}
        assert len(json.dumps(answer)) < 10_000
    assert attached.answer("ping") == {"type": "pong"}


@pytest.mark.parametrize("levels", [1_000, 100_000])
def test_json_nested_without_measure_is_refused_by_rest_too(server, levels):
    nest = "[" * levels + "]" * levels
    answer = server.api.post(
        "/api/sessions", content=f'{{"agent": {nest}}}', headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["success"]) == (400, False)


# --- deleting and switching ------------------------------------------------------------------------------------------


def test_a_workspace_many_folders_deep_goes_with_its_session(server, connect):
    session_id = server.start_session(
        "shell", args=["-c", "mkdir -p $(printf 'd/%.0s' {1..1500}) && echo deep; read line"]
    )
    socket = connect()
    socket.attach(session_id, since=0)
    socket.see("deep", 60)
    workspace = Path(server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]["workspaceDir"])
    assert (workspace / "d" / "d").is_dir()
    assert server.api.delete(f"/api/sessions/{session_id}").status_code == 200
    assert server.api.get(f"/api/sessions/{session_id}").status_code == 404
    assert not workspace.exists()


def together(*calls):
    """Call all at the same moment, each in a thread; their answers."""
    ready = Barrier(len(calls))

    def one(call):
        ready.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def test_deleting_while_others_switch_and_resize_is_never_an_internal_error(frail):
    for number in range(20):
        url = f"/api/sessions/{frail.start_session('shell', args=['-c', 'sleep 1000'])}"
        answers = together(
            lambda url=url: frail.api.delete(url),
            lambda url=url: frail.api.post(f"{url}/switch-agent", json={"agent": "codex"}),
            lambda url=url, n=number: frail.api.post(f"{url}/resize", json={"cols": 90 + n, "rows": 30}),
            lambda url=url: frail.api.get(url),
        )
        statuses = [answer.status_code for answer in answers]
        assert statuses[0] == 200, answers[0].text
        assert set(statuses) <= {200, 404, 409}, [answer.text for answer in answers]
        assert frail.api.get(url).status_code == 404
    assert client.call(frail.runner_address, "list") == []
    assert "Traceback" not in "".join(frail.output)


def test_two_switches_at_once_end_with_row_and_process_agreeing(frail):
    programs = {"codex": "cat", "shell": "bash"}
    for _ in range(6):
        session_id = frail.start_session("shell")
        url = f"/api/sessions/{session_id}"
        answers = together(
            *(lambda a=agent, u=url: frail.api.post(f"{u}/switch-agent", json={"agent": a}) for agent in programs)
        )
        assert {answer.status_code for answer in answers} <= {200, 409}
        shown = frail.api.get(url).json()["data"]["session"]
        (listed,) = frail.api.get("/api/sessions").json()["data"]["sessions"]
        assert listed["agent"] == shown["agent"]
        command = Path(f"/proc/{shown['pid']}/comm")
        wait_until("that program runs", lambda c=command, s=shown: c.read_text().strip() == programs[s["agent"]])
        assert os.getpgid(shown["pid"]) == shown["pid"]
        assert frail.api.delete(url).status_code == 200
