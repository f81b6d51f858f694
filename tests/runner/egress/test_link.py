"""Sessions and the egress process: each on its own, listeners handed over, and all of it back after a death."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from small_servers import SmallServer, ask, call, echo, open_descriptors, read_all, says_ok, tunnel
from support.sockets import is_alive, wait_until

from runner.egress.delivery import DOOR_PORT, PROXY_PORT, Delivery
from runner.egress.link import Egress
from runner.sandbox.netns import listeners_in

MakeEgress = Callable[..., Awaitable[Egress]]
MakeServer = Callable[..., SmallServer]
in_thread = asyncio.to_thread


def listeners(*names: str) -> tuple[dict[str, socket.socket], dict[str, int]]:
    made = {name: socket.create_server(("127.0.0.1", 0), backlog=64) for name in names}
    return made, {name: each.getsockname()[1] for name, each in made.items()}


def has_ended(delivery: Delivery) -> bool:
    with socket.socket(fileno=os.dup(delivery.fileno())) as peek:
        peek.settimeout(20)
        return peek.recv(1, socket.MSG_PEEK) == b""


def of_process(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()


async def kill(egress: Egress) -> None:
    """SIGKILL for the egress process; returns when another one is there."""
    pid = egress.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await in_thread(wait_until, "another process is up", lambda: egress.pid not in (None, pid))
    await egress.reached("nobody")


async def test_each_policy_has_its_ways(make_egress: MakeEgress) -> None:
    egress = await make_egress()
    nothing = await egress.open("a", "none", (), delivered=False)
    assert (nothing.door_port, nothing.proxy_port, nothing.token, nothing.address) == (0, 0, "", "")
    for network, has_proxy in (("gateway", False), ("open", False), ("proxy", True)):
        way = await egress.open("b", network, (), delivered=False)
        assert way.door_port
        assert bool(way.proxy_port) is has_proxy
        assert (way.token, way.address) == ("", "")
        way = await egress.open("c", network, (), delivered=True)
        assert (way.door_port, way.proxy_port) == (DOOR_PORT, PROXY_PORT if has_proxy else 0)
        assert len(way.token) == 32
        assert os.stat(way.address).st_mode & 0o777 == 0o600


async def test_delivered_listeners_serve_their_session(make_egress: MakeEgress, servers: MakeServer) -> None:
    server = servers(says_ok)
    egress = await make_egress(server.address)
    way = await egress.open("s", "proxy", (), delivered=True)
    made, ports = listeners("door", "proxy")
    delivery = Delivery(way.address, way.token, made)
    assert delivery.fileno() == -1
    assert delivery.connect()
    assert delivery.fileno() >= 0
    request = f"GET http://{server.address}/ HTTP/1.1\r\n\r\n".encode()
    assert (await in_thread(ask, ports["proxy"], request)).startswith(b"HTTP/1.1 200 ")
    assert (await in_thread(ask, ports["door"], b"GET / HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 404 ")
    assert [each["host"] for each in await egress.reached("s")] == ["127.0.0.1"]
    delivery.close()


async def test_when_who_delivered_is_gone_so_are_its_connections(make_egress: MakeEgress, servers: MakeServer) -> None:
    server = servers(echo)
    egress = await make_egress(server.address)
    assert egress.pid is not None
    before = open_descriptors(egress.pid)
    way = await egress.open("s", "proxy", (), delivered=True)
    made, ports = listeners("proxy")
    delivery = Delivery(way.address, way.token, made)
    delivery.connect()
    with await in_thread(tunnel, ports["proxy"], server.address) as connection:
        delivery.close()
        assert await in_thread(read_all, connection) == b""
    with pytest.raises(ConnectionRefusedError):
        call(ports["proxy"])
    pid = egress.pid
    await in_thread(wait_until, "nothing is held", lambda: open_descriptors(pid) <= before)


async def test_several_boxes_of_a_session_do_not_end_each_other(make_egress: MakeEgress, servers: MakeServer) -> None:
    server = servers(echo)
    egress = await make_egress(server.address)
    way = await egress.open("s", "proxy", (), delivered=True)
    (one, one_ports), (two, two_ports) = listeners("proxy"), listeners("proxy")
    first, second = Delivery(way.address, way.token, one), Delivery(way.address, way.token, two)
    assert first.connect()
    assert second.connect()
    with await in_thread(tunnel, two_ports["proxy"], server.address) as connection:
        (await in_thread(tunnel, one_ports["proxy"], server.address)).close()
        first.close()
        connection.sendall(b"still here")
        assert await in_thread(connection.recv, 100) == b"still here"
    second.close()


async def test_an_unknown_token_is_refused(make_egress: MakeEgress) -> None:
    egress = await make_egress()
    way = await egress.open("s", "gateway", (), delivered=True)
    for token, names in (("0" * 32, ("door",)), ("", ("door",)), (way.token, ("proxy",))):
        made, _ports = listeners(*names)
        delivery = Delivery(way.address, token, made)
        assert delivery.connect()
        assert await in_thread(has_ended, delivery)
        delivery.close()
    made, _ports = listeners("door")
    delivery = Delivery(way.address, way.token, made)
    delivery.connect()
    await egress.close("s")
    assert await in_thread(has_ended, delivery)
    delivery.lost()
    assert delivery.connect()
    assert await in_thread(has_ended, delivery)  # its token is worth nothing any more
    delivery.close()


@pytest.mark.parametrize(
    "message", [b"", b"{}\n", b"nonsense\n", b"[]\n", b'{"token": null, "listeners": 3}\n', b"\xff"]
)
async def test_nonsense_at_the_socket_harms_nobody(make_egress: MakeEgress, message: bytes) -> None:
    egress = await make_egress()
    way = await egress.open("s", "gateway", (), delivered=True)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(way.address)
        connection.sendall(message)
        connection.shutdown(socket.SHUT_WR)
        assert await in_thread(read_all, connection) == b""
    assert await egress.reached("s") == []


async def test_without_an_egress_process_a_delivery_can_be_tried_again(tmp_path: Path) -> None:
    made, _ports = listeners("door")
    delivery = Delivery(str(tmp_path / "egress.sock"), "0" * 32, made)
    assert not delivery.connect()
    assert delivery.fileno() == -1
    delivery.lost()
    assert not delivery.connect()
    delivery.close()


async def test_a_deep_home_folder_is_no_obstacle(tmp_path: Path) -> None:
    run = tmp_path / ("deep" * 20) / ("deeper" * 10) / "run"
    egress = Egress(run=run, logs=run.parent / "logs", private=())
    await egress.start()
    try:
        way = await egress.open("s", "gateway", (), delivered=True)
        made, ports = listeners("door")
        delivery = Delivery(way.address, way.token, made)
        assert delivery.connect()
        assert (await in_thread(ask, ports["door"], b"GET / HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 404 ")
        delivery.close()
    finally:
        await egress.aclose()


async def test_when_the_process_is_killed_another_serves_the_same_ports(
    make_egress: MakeEgress, servers: MakeServer
) -> None:
    server = servers(echo)
    egress = await make_egress(server.address)
    own = await egress.open("own", "proxy", (), delivered=False)
    gone = await egress.open("gone", "proxy", (), delivered=False)
    await egress.close("gone")
    way = await egress.open("s", "proxy", ("127.0.0.1",), delivered=True)
    made, ports = listeners("proxy")
    delivery = Delivery(way.address, way.token, made)
    delivery.connect()
    with await in_thread(tunnel, ports["proxy"], server.address) as connection:
        connection.sendall(b"x")
        assert await in_thread(connection.recv, 10) == b"x"
        await kill(egress)
        assert await in_thread(read_all, connection) == b""
    assert has_ended(delivery)
    with call(ports["proxy"]) as waiting:  # who calls meanwhile waits in the listener's queue
        waiting.sendall(f"CONNECT {server.address} HTTP/1.1\r\n\r\n".encode())
        delivery.lost()
        assert delivery.connect()
        assert (await in_thread(waiting.recv, 100)).startswith(b"HTTP/1.1 200 ")
    (await in_thread(tunnel, own.proxy_port, server.address)).close()
    answer = await in_thread(ask, ports["proxy"], b"CONNECT example.com:443 HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")  # it has been told the session's rules again
    with pytest.raises(ConnectionRefusedError):
        call(gone.proxy_port)
    delivery.close()


async def test_it_comes_back_however_often_it_dies(make_egress: MakeEgress) -> None:
    egress = await make_egress()
    way = await egress.open("s", "gateway", (), delivered=False)
    for _ in range(3):
        await kill(egress)
        assert (await in_thread(ask, way.door_port, b"GET / HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 404 ")


async def test_new_rules_take_the_place_of_the_old_ones(make_egress: MakeEgress, servers: MakeServer) -> None:
    server = servers(echo)
    egress = await make_egress(server.address)
    first = await egress.open("s", "proxy", (), delivered=False)
    with await in_thread(tunnel, first.proxy_port, server.address) as connection:
        second = await egress.open("s", "proxy", ("example.com",), delivered=False)
        assert await in_thread(read_all, connection) == b""
    request = f"CONNECT {server.address} HTTP/1.1\r\n\r\n".encode()
    assert (await in_thread(ask, second.proxy_port, request)).startswith(b"HTTP/1.1 403 ")
    assert [each["verdict"] for each in await egress.reached("s")] == ["allowed", "refused"]


async def test_the_process_ends_with_the_runner_and_knows_none_of_its_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-of-the-server")
    egress = Egress(run=tmp_path / "run", logs=tmp_path / "logs", private=())
    await egress.start()
    pid = egress.pid
    assert pid is not None
    assert "sk-ant" not in of_process(pid, "environ")
    assert os.readlink(f"/proc/{pid}/cwd") == "/"
    assert os.getsid(pid) == pid
    assert "NoNewPrivs:\t1" in of_process(pid, "status")
    await egress.aclose()
    assert not is_alive(pid)


def test_private_places_that_cannot_be_read_are_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="AGTERM_NETWORK_PRIVATE"):
        Egress(run=tmp_path, logs=tmp_path / "logs", private=["10.0.0.0/99"])


BOX = """
exec 3<>/dev/tcp/127.0.0.1/8788; printf 'CONNECT %s HTTP/1.1\\r\\n\\r\\n' "$1" >&3
IFS= read -r line <&3; echo "$line"; IFS= read -r line <&3; echo hello >&3; read -r line <&3; echo "$line"
(exec 4<>"/dev/tcp/${1%:*}/${1#*:}") 2>/dev/null && echo "reached directly" || echo "not directly"
"""


@contextlib.contextmanager
def held_box(*arguments: str) -> Iterator[tuple[int, Callable[[], str]]]:
    """A box whose program waits: the pid of its init, and what lets it run and gives what it printed."""
    read_end, write_end = os.pipe()
    hold, release = os.pipe()
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--info-fd", str(write_end), "--block-fd", str(hold)]
    for name in ("bin", "lib", "lib64"):
        command += ["--symlink", f"usr/{name}", f"/{name}"]
    command += ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev", "--", "bash", "-c", BOX, "box"]
    process = subprocess.Popen(
        [*command, *arguments], pass_fds=[write_end, hold], stdout=subprocess.PIPE, text=True, cwd="/",
        env={"PATH": "/usr/local/bin:/usr/bin:/bin"},
    )  # fmt: skip
    os.close(write_end)
    os.close(hold)

    def run() -> str:
        os.close(release)
        return process.communicate(timeout=20)[0]

    try:
        with os.fdopen(read_end) as stream:
            yield json.loads(stream.read())["child-pid"], run
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
async def test_a_box_without_a_network_gets_out_through_the_proxy_alone(
    make_egress: MakeEgress, servers: MakeServer
) -> None:
    server = servers(echo)
    egress = await make_egress(server.address)
    way = await egress.open("s", "proxy", (), delivered=True)
    with held_box(server.address) as (init_pid, run):
        door, proxy = listeners_in(init_pid, [way.door_port, way.proxy_port])
        delivery = Delivery(way.address, way.token, {"door": door, "proxy": proxy})
        assert delivery.connect()
        out = await in_thread(run)
    assert out.splitlines() == ["HTTP/1.1 200 Connection established", "hello", "not directly"]
    delivery.close()


RUNNER = """
import asyncio, pathlib, sys
from runner.egress.link import Egress
async def main():
    egress = Egress(run=pathlib.Path(sys.argv[1]), logs=pathlib.Path(sys.argv[1]).parent / "logs", private=())
    await egress.start()
    print(egress.pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def test_when_the_runner_is_killed_the_egress_process_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUNNER, str(tmp_path / "run")]
    runner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert runner.stdout is not None
        pid = int(runner.stdout.readline())
        assert is_alive(pid)
    finally:
        runner.kill()
        runner.communicate()
    wait_until("the egress process has ended", lambda: not is_alive(pid))
