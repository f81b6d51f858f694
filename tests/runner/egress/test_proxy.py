"""The proxy, asked by real callers for real servers: what passes, what is refused and said of it, and what it costs."""

import asyncio
import hashlib
import json
import os
import random
import socket
import threading
from collections.abc import Awaitable, Callable

import httpx
import pytest
from small_servers import SmallServer, ask, call, echo, open_descriptors, read_all, redirects_to, says_ok, tunnel
from support.sockets import rss_kib, wait_until

from runner.egress import flow
from runner.egress.link import Egress

MakeEgress = Callable[..., Awaitable[Egress]]
MakeServer = Callable[..., SmallServer]
MEBIBYTE = 1024 * 1024
in_thread = asyncio.to_thread


async def proxy_port(egress: Egress, *, session: str = "s", allow: tuple[str, ...] = ()) -> int:
    return (await egress.open(session, "proxy", allow, delivered=False)).proxy_port


async def test_a_tunnel_carries_fifty_megabytes_both_ways_in_bounded_memory(
    make_egress: MakeEgress, servers: MakeServer
) -> None:
    server = servers(echo)
    egress = await make_egress(server.address)
    port = await proxy_port(egress)
    assert egress.pid is not None
    before = rss_kib(egress.pid)
    block = random.Random(1).randbytes(MEBIBYTE)

    def talk() -> tuple[str, str, int]:
        sent, received = hashlib.sha256(), hashlib.sha256()
        with tunnel(port, server.address) as connection:

            def send() -> None:
                for number in range(50):
                    data = number.to_bytes(4, "big") + block
                    sent.update(data)
                    connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)

            sender = threading.Thread(target=send)
            sender.start()
            size = 0
            while data := connection.recv(65536):
                received.update(data)
                size += len(data)
            sender.join()
        return sent.hexdigest(), received.hexdigest(), size

    sent, received, size = await in_thread(talk)
    assert (size, received) == (50 * (MEBIBYTE + 4), sent)
    assert rss_kib(egress.pid) - before < 16 * 1024


async def test_a_caller_that_does_not_read_stops_the_far_server(make_egress: MakeEgress, servers: MakeServer) -> None:
    sent: list[int] = []

    def pours(_server: SmallServer, connection: socket.socket) -> None:
        while True:
            sent.append(connection.send(b"x" * 65536))

    server = servers(pours)
    egress = await make_egress(server.address)
    port = await proxy_port(egress)
    assert egress.pid is not None
    before = rss_kib(egress.pid)
    with await in_thread(tunnel, port, server.address):
        amount = -1
        while amount != sum(sent):  # until nothing moves any more
            amount = sum(sent)
            await asyncio.sleep(0.5)
        assert 0 < amount < 32 * MEBIBYTE  # what the kernel's own queues take
        assert rss_kib(egress.pid) - before < 8 * 1024


async def test_an_end_passes_through_a_tunnel_and_the_other_direction_goes_on(
    make_egress: MakeEgress, servers: MakeServer
) -> None:
    def answers_after_the_end(_server: SmallServer, connection: socket.socket) -> None:
        connection.sendall(b"%d" % len(read_all(connection)))

    server = servers(answers_after_the_end)
    port = await proxy_port(await make_egress(server.address))

    def talk() -> bytes:
        with tunnel(port, server.address) as connection:
            connection.sendall(b"x" * 1000)
            connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    assert await in_thread(talk) == b"1000"


async def test_what_a_server_says_last_arrives_though_it_closes_at_once(
    make_egress: MakeEgress, servers: MakeServer
) -> None:
    server = servers(lambda _server, connection: connection.sendall(b"x" * 4 * MEBIBYTE))
    port = await proxy_port(await make_egress(server.address))

    def talk() -> int:
        with tunnel(port, server.address) as connection:
            return len(read_all(connection))

    assert await in_thread(talk) == 4 * MEBIBYTE


async def test_a_plain_request_reaches_its_server_rewritten(make_egress: MakeEgress, servers: MakeServer) -> None:
    server = servers(says_ok)
    port = await proxy_port(await make_egress(server.address))
    request = (
        f"GET http://{server.address}/a/b?c=d HTTP/1.1\r\nHost: elsewhere\r\nProxy-Connection: keep-alive\r\n"
        "Proxy-Authorization: Basic secret\r\nConnection: X-Mine, keep-alive\r\nX-Mine: 1\r\nX-Kept: 2\r\n\r\n"
    )
    answer = await in_thread(ask, port, request.encode())
    assert answer.endswith(b"\r\n\r\nok")
    head = f"GET /a/b?c=d HTTP/1.1\r\nHost: {server.address}\r\nX-Kept: 2\r\nConnection: close\r\n\r\n"
    assert server.heads == [head.encode()]


async def test_an_ordinary_client_posts_and_gets_through_it(make_egress: MakeEgress, servers: MakeServer) -> None:
    def echoes_bodies(server: SmallServer, connection: socket.socket) -> None:
        head = server.read_head(connection)
        if b"chunked" in head.lower():
            body = b""
            while not body.endswith(b"0\r\n\r\n"):
                body += connection.recv(65536)
            body = b"%d" % len(body)
        else:
            body = b"" if b"Content-Length" not in head else connection.recv(100)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))

    server = servers(echoes_bodies)
    port = await proxy_port(await make_egress(server.address))
    async with httpx.AsyncClient(proxy=f"http://127.0.0.1:{port}", timeout=20) as client:
        url = f"http://{server.address}/"
        assert (await client.get(url)).text == ""
        assert (await client.post(url, content=b"word")).text == "word"
        assert (await client.post(url, content=_pieces())).text == str(len("4\r\nabcd\r\n4\r\nabcd\r\n0\r\n\r\n"))


async def _pieces():
    yield b"abcd"
    yield b"abcd"


REFUSED = [
    "127.0.0.1:{port}", "127.1:{port}", "2130706433:{port}", "0x7f.1:{port}", "0177.0.0.1:{port}", "0:{port}",
    "localhost:{port}", "LOCALHOST.:{port}", "0.0.0.0:{port}", "[::1]:{port}", "[::]:{port}",
    "[::ffff:127.0.0.1]:{port}", "[::ffff:7f00:1]:{port}", "[::127.0.0.1]:{port}", "[64:ff9b::7f00:1]:{port}",
    "[2002:7f00:1::1]:{port}", "169.254.169.254:80", "[fd00:ec2::254]:80", "10.0.0.1:80", "192.168.1.1:443",
    "172.16.0.1:80", "100.64.0.1:80", "224.0.0.1:80", "255.255.255.255:80", "[fe80::1]:80", "[ff02::1]:80",
]  # fmt: skip


@pytest.mark.parametrize("target", REFUSED)
async def test_no_spelling_of_a_place_that_is_not_public_is_connected_to(
    make_egress: MakeEgress, servers: MakeServer, target: str
) -> None:
    server = servers(echo)
    port = await proxy_port(await make_egress())
    authority = target.format(port=server.port)
    answer = await in_thread(ask, port, f"CONNECT {authority} HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403 "), answer
    assert b"AGTERM_NETWORK_PRIVATE" in answer
    answer = await in_thread(ask, port, f"GET http://{authority}/ HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403 "), answer
    assert server.connections == 0


async def test_an_address_of_this_machines_network_card_is_refused(
    make_egress: MakeEgress, servers: MakeServer
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            pytest.skip("this machine has no network card")
        own = probe.getsockname()[0]
    port = await proxy_port(await make_egress())
    assert (await in_thread(ask, port, f"CONNECT {own}:80 HTTP/1.1\r\n\r\n".encode())).startswith(b"HTTP/1.1 403 ")


async def test_a_redirect_to_a_place_that_is_not_open_is_refused(make_egress: MakeEgress, servers: MakeServer) -> None:
    hidden = servers(says_ok)
    public = servers(redirects_to(f"http://{hidden.address}/"))
    port = await proxy_port(await make_egress(public.address))
    async with httpx.AsyncClient(proxy=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=20) as client:
        answer = await client.get(f"http://{public.address}/")
    assert [each.status_code for each in (*answer.history, answer)] == [302, 403]
    assert hidden.connections == 0


async def test_a_session_narrowed_to_hosts_reaches_only_those(make_egress: MakeEgress, servers: MakeServer) -> None:
    server = servers(says_ok)
    egress = await make_egress(server.address, f"localhost:{server.port}")
    port = await proxy_port(egress, allow=("localhost", "*.example.com"))
    answer = await in_thread(ask, port, f"GET http://LocalHost.:{server.port}/ HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200 ")
    for other in (server.address, f"example.com:{server.port}", f"notlocalhost:{server.port}"):
        answer = await in_thread(ask, port, f"CONNECT {other} HTTP/1.1\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 403 ")
        assert b"AGTERM_NETWORK_ALLOW" in answer


async def test_mail_to_other_servers_is_refused(make_egress: MakeEgress) -> None:
    port = await proxy_port(await make_egress())
    answer = await in_thread(ask, port, b"CONNECT 1.1.1.1:25 HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"Port 25" in answer


async def test_nobody_there_is_502(make_egress: MakeEgress, servers: MakeServer) -> None:
    server = servers(echo)
    server.close()
    port = await proxy_port(await make_egress(server.address))
    answer = await in_thread(ask, port, f"CONNECT {server.address} HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert b"Connection refused" in answer
    answer = await in_thread(ask, port, b"CONNECT nobody.invalid:443 HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 502 ")


@pytest.mark.parametrize(
    "request_line",
    [
        "GET / HTTP/1.1", "GET https://example.com/ HTTP/1.1", "GET ftp://example.com/ HTTP/1.1", "CONNECT a HTTP/1.1",
        "CONNECT a:0 HTTP/1.1", "CONNECT a:65536 HTTP/1.1", "CONNECT http://a:80 HTTP/1.1", "CONNECT [::1 HTTP/1.1",
        "CONNECT [fe80::1%lo]:80 HTTP/1.1", "GET http://u:p@127.0.0.1/ HTTP/1.1", "GET http://a\\@b/ HTTP/1.1",
        "GET http:///x HTTP/1.1", "GET http://a/ HTTP/2.0", "GET  http://a/ HTTP/1.1", "CONNECT a b:1 HTTP/1.1",
        "GET http://a%2eb/ HTTP/1.1", "nonsense",
    ],
)  # fmt: skip
async def test_what_is_no_proper_request_is_400(make_egress: MakeEgress, request_line: str) -> None:
    port = await proxy_port(await make_egress())
    answer = await in_thread(ask, port, f"{request_line}\r\nHost: x\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400 "), answer


async def test_a_head_that_never_ends_is_cut(make_egress: MakeEgress) -> None:
    port = await proxy_port(await make_egress())
    answer = await in_thread(ask, port, b"GET http://a/ HTTP/1.1\r\nX: " + b"x" * 40_000)
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_a_session_has_so_many_connections_and_another_is_not_concerned(
    make_egress: MakeEgress, servers: MakeServer
) -> None:
    server = servers(echo)
    egress = await make_egress(server.address)
    port, other = await proxy_port(egress, session="a"), await proxy_port(egress, session="b")

    def fill() -> list[socket.socket]:
        return [tunnel(port, server.address) for _ in range(flow.MAX_CALLERS)]

    held = await in_thread(fill)
    try:
        answer = await in_thread(ask, port, f"CONNECT {server.address} HTTP/1.1\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 503 ")
        (await in_thread(tunnel, other, server.address)).close()
        held.pop().close()

        def is_let_in() -> bool:
            with call(port) as connection:
                connection.sendall(f"CONNECT {server.address} HTTP/1.1\r\n\r\n".encode())
                return connection.recv(100).startswith(b"HTTP/1.1 200 ")

        await in_thread(wait_until, "a place is free again", is_let_in)
    finally:
        for each in held:
            each.close()


async def test_nothing_stays_behind_when_either_side_vanishes(make_egress: MakeEgress, servers: MakeServer) -> None:
    vanish = threading.Event()

    def holds(_server: SmallServer, connection: socket.socket) -> None:
        connection.sendall(b"x" * 200_000)
        vanish.wait(20)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset

    server = servers(holds)
    egress = await make_egress(server.address)
    port = await proxy_port(egress)
    await in_thread(ask, port, b"nonsense\r\n\r\n")  # answered: the listeners have been taken
    assert egress.pid is not None
    pid, before = egress.pid, open_descriptors(egress.pid)

    def talk() -> None:
        callers = [tunnel(port, server.address) for _ in range(20)]
        for caller in callers[:7]:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        for caller in callers[:14]:
            caller.close()
        vanish.set()
        wait_until("all connections are gone", lambda: open_descriptors(pid) <= before)
        for caller in callers:
            caller.close()

    await in_thread(talk)


async def test_closing_a_session_ends_its_connections_and_its_port(
    make_egress: MakeEgress, servers: MakeServer
) -> None:
    server = servers(echo)
    egress = await make_egress(server.address)
    port = await proxy_port(egress)
    with await in_thread(tunnel, port, server.address) as connection:
        await egress.close("s")
        assert await in_thread(read_all, connection) == b""
    with pytest.raises(ConnectionRefusedError):
        call(port)


async def test_one_can_ask_where_a_session_went(make_egress: MakeEgress, servers: MakeServer, tmp_path) -> None:
    server = servers(echo)
    egress = await make_egress(server.address)
    port = await proxy_port(egress)

    def talk() -> None:
        with tunnel(port, server.address) as connection:
            connection.sendall(b"12345")
            connection.shutdown(socket.SHUT_WR)
            read_all(connection)
        for _ in range(3):
            ask(port, b"CONNECT 10.0.0.1:443 HTTP/1.1\r\n\r\n")

    await in_thread(talk)
    reached = await egress.reached("s")
    assert [(each["host"], each["port"], each["verdict"], each["count"]) for each in reached] == [
        ("127.0.0.1", server.port, "allowed", 1),
        ("10.0.0.1", 443, "refused", 3),
    ]
    assert (reached[0]["sent"], reached[0]["received"]) == (5, 5)
    assert "private address" in reached[1]["reason"]
    await egress.aclose()
    path = tmp_path / "logs" / "network.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert {each["session"] for each in lines} == {"s"}
    assert sum(each["sent"] for each in lines) == 5
    assert sum(each["count"] for each in lines) == 4
    assert os.listdir(path.parent) == ["network.jsonl"]
