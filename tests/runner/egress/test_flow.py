"""What time does to a connection: heads that drip in, tunnels nobody uses, requests that come when all is said."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from small_servers import SmallServer, ask, call, echo, read_all, says_ok, tunnel
from support.sockets import wait_until

from runner.egress import flow, proxy
from runner.egress.connecting import Connector
from runner.egress.destinations import Private
from runner.egress.flow import Gate, Opened
from runner.egress.heads import Head
from runner.egress.log import NetworkLog
from runner.egress.proxy import ProxyWay

MakeServer = Callable[..., SmallServer]
OpenGate = Callable[..., Awaitable[tuple[Gate, int]]]
in_thread = asyncio.to_thread


@pytest.fixture
async def open_gate(tmp_path: Path) -> AsyncIterator[OpenGate]:
    """`await open_gate()`: a gate to the proxy on this event loop, whose limits a test may change, and its port."""
    opened: list[Gate] = []

    async def make(way: flow.Way | None = None) -> tuple[Gate, int]:
        connector = Connector(Private.parse(["127.0.0.1"]))
        gate = Gate(way or ProxyWay("s", (), connector, NetworkLog(tmp_path / "log.jsonl")))
        listener = socket.create_server(("127.0.0.1", 0))
        opened.append(gate)
        await gate.listen(listener)
        return gate, listener.getsockname()[1]

    yield make
    for gate in opened:
        gate.close()


async def until_empty(gate: Gate) -> None:
    await in_thread(wait_until, "nobody is in the gate any more", lambda: not gate.callers)


async def test_a_head_that_drips_in_is_ended_after_its_time(
    open_gate: OpenGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "HEAD_LIMIT_S", 0.3)
    gate, port = await open_gate()

    def drip() -> bytes:
        with call(port) as connection:
            connection.settimeout(0.02)
            for byte in b"GET http://a/ HTTP/1.1\r\n" + b"X: y\r\n" * 1000:
                connection.sendall(bytes((byte,)))
                try:
                    return connection.recv(1000)
                except TimeoutError:
                    continue
        return b"it was let drip"

    assert (await in_thread(drip)).startswith(b"HTTP/1.1 408 ")
    await until_empty(gate)


async def test_a_caller_who_says_nothing_is_ended_after_its_time(
    open_gate: OpenGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "HEAD_LIMIT_S", 0.1)
    monkeypatch.setattr(flow, "LINGER_S", 0.1)
    gate, port = await open_gate()
    with call(port) as connection:
        assert (await in_thread(read_all, connection)).startswith(b"HTTP/1.1 408 ")
        await until_empty(gate)  # though it holds its end open


async def test_a_tunnel_that_nobody_uses_is_ended_and_a_used_one_is_not(
    open_gate: OpenGate, servers: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy, "TUNNEL_IDLE_S", 0.5)
    server = servers(echo)
    gate, port = await open_gate()

    def use() -> bytes:
        with tunnel(port, server.address) as idle, tunnel(port, server.address) as used:
            idle.settimeout(0.1)
            for _ in range(200):
                used.sendall(b"x")
                assert used.recv(10) == b"x"
                try:
                    return idle.recv(10)
                except TimeoutError:
                    continue
                except ConnectionResetError:
                    return b""
        return b"never ended"

    assert await in_thread(use) == b""
    await until_empty(gate)


async def test_a_server_that_keeps_the_connection_open_does_not_keep_the_next_request_waiting(
    open_gate: OpenGate, servers: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "SURPLUS_PATIENCE_S", 0.1)

    def keeps_open(server: SmallServer, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        read_all(connection)

    server = servers(keeps_open)
    _gate, port = await open_gate()
    request = f"GET http://{server.address}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode()

    def ask_twice() -> bytes:
        with call(port) as connection:
            connection.sendall(request)
            got = b""
            while not got.endswith(b"ok"):
                got += connection.recv(1000)
            connection.sendall(request)  # as a client does that takes the connection for one it may use again
            return read_all(connection)

    assert await in_thread(ask_twice) == b""  # then it makes another
    assert len(server.heads) == 1


async def test_far_more_callers_than_are_let_in_cost_nothing(
    open_gate: OpenGate, servers: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "MAX_CALLERS", 2)
    monkeypatch.setattr(flow, "MAX_TURNED_AWAY", 2)
    gate, port = await open_gate()
    held = [await in_thread(call, port) for _ in range(20)]
    answers = await asyncio.gather(*(in_thread(read_all, each) for each in held[2:]))
    assert sorted(answer[:12] for answer in answers) == [b""] * 16 + [b"HTTP/1.1 503"] * 2
    assert len(gate.callers) <= 4
    for each in held:
        each.close()
    await until_empty(gate)


async def test_a_gate_that_is_closed_while_somebody_is_on_the_way_lets_nothing_through(
    open_gate: OpenGate, servers: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = servers(echo)
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(self: Connector, session_id: str, host: str, port: int) -> list[object]:
        asked.set()
        await go_on.wait()
        return []

    monkeypatch.setattr(Connector, "_resolve", slowly)
    gate, port = await open_gate()
    waiting = asyncio.create_task(in_thread(ask, port, f"CONNECT {server.address} HTTP/1.1\r\n\r\n".encode()))
    await asked.wait()
    gate.close()
    assert await waiting == b""
    await until_empty(gate)
    assert server.connections == 0


async def test_a_mistake_of_ours_is_an_answer_and_not_a_silence(open_gate: OpenGate) -> None:
    class Broken(ProxyWay):
        async def open(self, head: Head) -> Opened:
            raise RuntimeError("a mistake")

    way = Broken("s", (), Connector(Private()), NetworkLog(Path("/nowhere")))
    gate, port = await open_gate(way)
    assert (await in_thread(ask, port, b"CONNECT a:1 HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 500 ")
    await until_empty(gate)


async def test_an_answer_to_a_refused_upload_arrives_though_the_caller_goes_on_sending(open_gate: OpenGate) -> None:
    _gate, port = await open_gate()

    def send() -> bytes:
        with call(port) as connection:
            connection.sendall(b"POST /no-proxy-request HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n")
            for _ in range(50):
                connection.sendall(b"x" * 20_000)
            connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    assert (await in_thread(send)).startswith(b"HTTP/1.1 400 ")


async def test_an_answer_that_comes_before_the_upload_is_over_arrives(open_gate: OpenGate, servers: MakeServer) -> None:
    def refuses(server: SmallServer, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(b"HTTP/1.1 413 Too large\r\nContent-Length: 2\r\n\r\nno")
        connection.shutdown(socket.SHUT_WR)
        read_all(connection)

    server = servers(refuses)
    gate, port = await open_gate()

    def send() -> bytes:
        with call(port) as connection:
            connection.sendall(f"PUT http://{server.address}/ HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n".encode())
            assert connection.recv(12) == b"HTTP/1.1 413"
            for _ in range(50):
                connection.sendall(b"x" * 20_000)
            connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    assert (await in_thread(send)).endswith(b"no")
    await until_empty(gate)


async def test_an_upload_waits_for_a_server_that_is_slow_to_read(open_gate: OpenGate, servers: MakeServer) -> None:
    def counts(server: SmallServer, connection: socket.socket) -> None:
        server.read_head(connection)
        left = 8_000_000
        while left:
            left -= len(connection.recv(100_000))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmuch")

    server = servers(counts)
    _gate, port = await open_gate()
    head = f"PUT http://{server.address}/ HTTP/1.1\r\nContent-Length: 8000000\r\n\r\n".encode()
    assert (await in_thread(ask, port, head + b"x" * 8_000_000)).endswith(b"much")


async def test_an_address_without_a_path_means_the_root(open_gate: OpenGate, servers: MakeServer) -> None:
    server = servers(says_ok)
    _gate, port = await open_gate()
    answer = await in_thread(ask, port, f"GET http://{server.address} HTTP/1.1\r\n\r\n".encode())
    assert answer.endswith(b"\r\n\r\nok")
    assert server.heads[0].startswith(b"GET / HTTP/1.1\r\n")
