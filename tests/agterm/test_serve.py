"""`agterm serve`: what it says when it starts, and where it can be found."""

import asyncio
import resource
import socket
import stat

import httpx
import pytest
from support.hiding import needs_root, without_bubblewrap
from support.server import AgtermServer
from support.sockets import wait_until
from twisted.internet.protocol import Factory

from agterm.cli.daphne_server import BoundPort
from runner.egress.door import DoorWay
from runner.egress.flow import Problem
from runner.egress.heads import Head


def line_of(output, beginning):
    return next(line.strip() for line in output if line.startswith(beginning))


def test_it_says_how_well_sessions_are_walled_in():
    with AgtermServer() as server:
        said = line_of(server.output, "Isolation: ")
        report = server.api.get("/api/isolation").json()["data"]
        assert said.removeprefix("Isolation: ").startswith(report["level"])
        assert said in server.command("runner", "status").stdout


@needs_root
def test_of_a_weaker_level_it_says_why_and_how_to_get_a_better_one():
    with AgtermServer(through=without_bubblewrap()) as server:
        said = line_of(server.output, "Isolation: ")
        assert "namespaces does not start here: bwrap is not installed. To mend it: install bubblewrap" in said


@needs_root
def test_a_level_that_was_asked_for_and_does_not_start_is_said_to_start_nothing():
    with AgtermServer({"AGTERM_ISOLATION": "namespaces"}, through=without_bubblewrap()) as server:
        said = line_of(server.output, "Isolation: ")
        assert said.startswith("Isolation: no session starts; namespaces does not start here: bwrap is not installed")


def test_a_level_that_nobody_wanted_better_is_just_named():
    with AgtermServer({"AGTERM_ISOLATION": "none"}) as server:
        assert line_of(server.output, "Isolation: ") == "Isolation: none"


def test_it_may_open_as_many_files_as_the_machine_lets_it():
    few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(few, most - 1, 4096), most))
    try:
        with AgtermServer() as server:
            assert resource.prlimit(server.web_pid, resource.RLIMIT_NOFILE) == (most, most)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))


@pytest.fixture(params=["uvicorn", "daphne"])
def server(request):
    with AgtermServer({"AGTERM_SERVER": request.param}) as started:
        yield started


async def asks_at_the_door(server):
    """The status that a session's request gets: the server's, or the relay's own."""
    run = server.home / "run"
    way = DoorWay("no-session", bytes.fromhex((run / "relay.key").read_text()), run / "door")
    try:
        opened = await way.open(Head(b"GET", b"/llm/x", b"HTTP/1.1", ()))
    except Problem as problem:
        return problem.status
    with opened.socket as connection:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(connection, opened.first)
        return int((await loop.sock_recv(connection, 65536)).split()[1])


def test_sessions_requests_come_by_a_socket_of_the_servers_user_alone(server):
    path = server.home / "run" / "web.sock"
    assert stat.S_ISSOCK(path.stat().st_mode)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert (server.home / "run" / "door").read_text() == f"unix:{path}"
    assert asyncio.run(asks_at_the_door(server)) == 403
    assert httpx.get(f"{server.url}/api/health").status_code == 200


def test_who_listens_at_the_port_while_the_server_is_down_hears_nothing_of_sessions(server):
    port = int(server.url.rpartition(":")[2])
    server.kill_web()
    with socket.create_server(("127.0.0.1", port)) as other:
        assert asyncio.run(asks_at_the_door(server)) == 503
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.accept()
    server.start_web()
    assert asyncio.run(asks_at_the_door(server)) == 403


def test_a_second_server_takes_over_the_socket_and_keeps_it_when_the_first_one_ends(server):
    path = server.home / "run" / "web.sock"
    first = path.stat().st_ino
    server.environment["AGTERM_PORT"] = "0"
    second = server.spawn("serve")
    try:
        wait_until("the second listens", lambda: path.stat().st_ino != first)
        server.kill_web()
        wait_until("the second answers", lambda: asyncio.run(asks_at_the_door(server)) == 403)
    finally:
        second.kill()
        second.communicate(timeout=30)


def test_the_socket_stays_as_it_is_whatever_twisted_does_at_its_start_and_end(tmp_path):
    path = tmp_path / "web.sock"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o600)
    listener.listen()
    listener.setblocking(False)
    port = BoundPort(listener, Factory())
    port.startListening()
    assert path.stat().st_mode & 0o777 == 0o600
    port.stopReading()
    port.connectionLost(None)
    assert path.exists()
