"""`agterm serve` and `agterm runner` as commands, and a server without its runner."""

import os
import re
import signal
import subprocess

import pytest
from support.server import AgtermServer
from support.sockets import WebSocket, is_alive, processes_with, wait_until

from runner.sandbox import linux

HIDERS = "(setsid sleep 1030 &); trap '' HUP TERM; exec -a {mark} sleep 1031"


def hide(server, mark):
    """A session that does not want to end; its processes, and the runner's."""
    session_id = server.start_session("shell", args=["-c", HIDERS.format(mark=mark)])
    wait_until("it is up", lambda: processes_with(mark))
    family = linux.descendants(server.runner_pid)
    assert len(family) >= 4
    return session_id, [server.runner_pid, *family]


def test_a_runner_that_is_down_is_said_to_be_and_all_works_again_when_it_is_back(frail):
    session_id = frail.start_session("shell")
    socket = WebSocket(frail.socket_url, frail.token)
    socket.attach(session_id)
    frail.kill_runner()
    assert socket.error()["code"] == "HOST_UNAVAILABLE"
    for answer in (
        frail.api.get("/api/sessions"),
        frail.api.get(f"/api/sessions/{session_id}"),
        frail.api.post("/api/sessions", json={"agent": "shell"}),
        frail.api.delete(f"/api/sessions/{session_id}"),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "HOST_UNAVAILABLE")
    seen = len(socket.messages)
    socket.send("session:attach", sessionId=session_id)
    assert socket.error(after=seen)["code"] == "HOST_UNAVAILABLE"
    assert frail.api.get("/api/health").status_code == 200

    frail.start_runner()
    lost = frail.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]
    assert (lost["status"], lost["pid"]) == ("lost", None)
    assert frail.api.delete(f"/api/sessions/{session_id}").status_code == 200
    fresh = frail.start_session("shell", args=["-c", "echo fresh; read line"])
    socket.attach(fresh, since=0)
    socket.see("fresh")
    socket.close()
    frail.api.delete(f"/api/sessions/{fresh}")


def test_the_server_starts_a_runner_that_is_gone_by_itself(settings_of_servers):
    with AgtermServer(settings_of_servers | {"AGTERM_RECONCILE_SECONDS": "1"}) as server:
        session_id, old = server.start_session("shell"), server.runner_pid
        server.kill_runner()
        wait_until("another runner", lambda: server.api.get("/api/sessions").status_code == 200)
        assert server.runner_pid != old
        wait_until(
            "the row says so",
            lambda: server.api.get("/api/sessions").json()["data"]["sessions"][0]["status"] == "lost",
        )
        assert server.api.delete(f"/api/sessions/{session_id}").status_code == 200


def test_ctrl_c_ends_the_server_and_leaves_sessions_alive_until_the_runner_is_stopped(settings_of_servers):
    """The terminal sends Ctrl-C to the server's whole process group; the runner is none of it."""
    with AgtermServer(settings_of_servers) as own:
        session_id, family = hide(own, "mark-of-ctrl-c")
        os.killpg(os.getpgid(own.web_pid), signal.SIGINT)
        wait_until("the server is gone", lambda: own.web_status is not None)
        wait_until("it says what goes on", lambda: any("sessions go on" in line for line in own.output))
        assert "Traceback" not in "".join(own.output)
        assert all(is_alive(pid) for pid in family)
        said = own.command("runner", "status").stdout
        assert session_id in said
        assert re.search(r"Runner \S+, pid \d+, 1 session\(s\)", said)
        for pid in family:
            with open(f"/proc/{pid}/environ", "rb") as stream:
                assert own.environment["OPENAI_API_KEY"].encode() not in stream.read()

        assert own.command("runner", "stop").stdout == "Ended 1 session(s) and the runner.\n"
        wait_until("every process is gone", lambda: not any(map(is_alive, family)))
        assert processes_with("mark-of-ctrl-c") == []
        assert not (own.home / "run" / "runner.sock").exists()


def test_stop_sessions_ends_every_process_with_the_server(settings_of_servers):
    with AgtermServer(settings_of_servers) as server:
        server.stop_web()
        server.start_web("--stop-sessions")
        _, family = hide(server, "mark-of-stop-sessions")
        server.stop_web()
        wait_until("it says so", lambda: any("Ended 1 session(s)" in line for line in server.output))
        wait_until("every process is gone", lambda: not any(map(is_alive, family)))
        assert processes_with("mark-of-stop-sessions") == []


def test_without_a_runner_the_runner_commands_say_so(tmp_path):
    server = AgtermServer()
    try:
        for command in ("stop", "status"):
            with pytest.raises(subprocess.CalledProcessError) as failure:
                server.command("runner", command)
            assert failure.value.stderr.startswith("No runner is running")
            assert "Traceback" not in failure.value.stderr
    finally:
        server.stop()


def test_a_second_server_on_a_taken_port_prints_one_clear_message(frail):
    second = frail.spawn("serve")
    said, _ = second.communicate(timeout=60)
    assert second.returncode != 0
    port = frail.url.rpartition(":")[2]
    assert said.strip().splitlines() == [
        f"agterm: can't listen on 127.0.0.1:{port}: Address already in use."
        " Stop what uses it, or choose another with AGTERM_PORT (0: any free one)."
    ]
    assert frail.api.get("/api/health").status_code == 200


def test_a_disabled_shell_is_refused_at_every_door(settings_of_servers):
    with AgtermServer(settings_of_servers | {"AGTERM_DISABLED_AGENTS": "shell"}) as server:
        answer = server.api.post("/api/sessions", json={"agent": "shell"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AGENT_DISABLED")
        session_id = server.start_session("codex")
        with WebSocket(server.socket_url, server.access_token()) as socket:
            socket.attach(session_id, since=0)
            socket.see("codex here")
            socket.send("agent:switch", agent="shell")
            assert socket.error()["code"] == "AGENT_DISABLED"
            socket.type("still codex\n")
            socket.see("still codex")
        answer = server.api.post(f"/api/sessions/{session_id}/switch-agent", json={"agent": "shell"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AGENT_DISABLED")
