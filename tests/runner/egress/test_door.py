"""The door: what the web side gets of a session's request, whose name stands on it, and what never gets there."""

import asyncio
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from small_servers import SmallServer, ask, call, read_all, says_ok
from support.sockets import wait_until

from runner.egress import door
from runner.egress.door import DoorWay
from runner.egress.heads import Head
from runner.egress.link import Egress, make_relay_key

MakeEgress = Callable[..., Awaitable[Egress]]
MakeServer = Callable[..., SmallServer]
SESSION = "0f8fad5b-d9cb-469f-a165-70867728950e"
in_thread = asyncio.to_thread


@pytest.fixture
def web_at(tmp_path: Path) -> Callable[[str], None]:
    def write(address: str) -> None:
        (tmp_path / "run").mkdir(exist_ok=True)
        (tmp_path / "run" / "door").write_text(address + "\n")

    return write


async def door_port(make_egress: MakeEgress) -> int:
    return (await (await make_egress()).open(SESSION, "gateway", (), delivered=False)).door_port


def fields(head: bytes) -> list[tuple[str, str]]:
    lines = head.decode().split("\r\n")[1:-2]
    return [(name.lower(), value) for name, _, value in (line.partition(": ") for line in lines)]


async def test_a_request_arrives_with_the_sessions_name_and_its_proof(
    make_egress: MakeEgress, servers: MakeServer, web_at: Callable[[str], None], tmp_path: Path
) -> None:
    web = servers(says_ok)
    web_at(web.address)
    port = await door_port(make_egress)
    request = (
        b"POST /llm/anthropic/v1/messages?beta=true HTTP/1.1\r\nHost: 127.0.0.1:8787\r\nAuthorization: Bearer agt-x\r\n"
        b"Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n"
    )
    assert (await in_thread(ask, port, request)).endswith(b"\r\n\r\nok")
    key = bytes.fromhex((tmp_path / "run" / "relay.key").read_text())
    assert web.heads[0].startswith(b"POST /llm/anthropic/v1/messages?beta=true HTTP/1.1\r\n")
    said = fields(web.heads[0])
    at = dict(said)["x-agterm-relay"].partition(".")[0]
    assert abs(time.time() - int(at)) < 60
    assert said == [
        ("host", web.address),
        ("authorization", "Bearer agt-x"),
        ("content-length", "0"),
        ("x-agterm-session", SESSION),
        ("x-agterm-relay", f"{at}." + hmac.new(key, f"{SESSION}.{at}".encode(), hashlib.sha256).hexdigest()),
        ("connection", "close"),
    ]


@pytest.mark.parametrize("depth", [0, 120])
async def test_the_web_server_is_found_at_its_socket_however_deep_it_lies(
    make_egress: MakeEgress, servers: MakeServer, web_at: Callable[[str], None], tmp_path: Path, depth: int
) -> None:
    folder = tmp_path / ("x" * depth + "f")
    folder.mkdir()
    web = servers(says_ok, folder / "web.sock")
    web_at(f"unix:{folder / 'web.sock'}")
    port = await door_port(make_egress)
    answer = await in_thread(ask, port, b"POST /llm/x HTTP/1.1\r\nHost: y\r\nContent-Length: 0\r\n\r\n")
    assert answer.endswith(b"\r\n\r\nok")
    assert ("host", "agterm") in fields(web.heads[0])
    web.close()
    answer = await in_thread(ask, port, b"GET /llm/x HTTP/1.1\r\nHost: y\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 503 ")


async def test_each_request_is_proved_anew(servers: MakeServer, tmp_path: Path) -> None:
    (tmp_path / "door").write_text(servers(says_ok).address)
    times = iter((1000.0, 1060.9))
    way = DoorWay(SESSION, b"k" * 32, tmp_path / "door", lambda: next(times))
    proofs = []
    for _ in range(2):
        opened = await way.open(Head(b"GET", b"/llm/x", b"HTTP/1.1", []))
        opened.socket.close()
        proofs.append(dict(fields(opened.first))["x-agterm-relay"])
    assert [proof.partition(".")[0] for proof in proofs] == ["1000", "1060"]
    assert proofs[0].partition(".")[2] != proofs[1].partition(".")[2]


async def test_a_session_cannot_say_who_it_is(
    make_egress: MakeEgress, servers: MakeServer, web_at: Callable[[str], None]
) -> None:
    web = servers(says_ok)
    web_at(web.address)
    port = await door_port(make_egress)
    forged = [
        b"X-AGTerm-Session", b"x-agterm-relay", b"X_AGTerm_Session", b"x-agterm_anything", b"X-Forwarded-For",
        b"X_Forwarded_Proto", b"Forwarded", b"X-Real-IP", b"Upgrade",
    ]  # fmt: skip
    request = b"GET /mcp HTTP/1.1\r\n" + b"".join(name + b": forged\r\n" for name in forged) + b"X-Kept: 1\r\n\r\n"
    await in_thread(ask, port, request)
    assert [value for _, value in fields(web.heads[0])].count("forged") == 0
    assert [name for name, _ in fields(web.heads[0])] == [
        "host", "x-kept", "x-agterm-session", "x-agterm-relay", "connection",
    ]  # fmt: skip


SECOND = b"GET /llm/x HTTP/1.1\r\nX-AGTerm-Session: another\r\nX-AGTerm-Relay: 00\r\n\r\n"


@pytest.mark.parametrize(
    "first",
    [
        b"GET /llm/x HTTP/1.1\r\n\r\n",
        b"POST /llm/x HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody",
        b"POST /llm/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    ],
)
async def test_a_second_request_behind_the_first_does_not_pass(
    make_egress: MakeEgress, servers: MakeServer, web_at: Callable[[str], None], first: bytes
) -> None:
    got: list[bytes] = []
    over = threading.Event()

    def keeps_all(_server: SmallServer, connection: socket.socket) -> None:
        connection.settimeout(0.5)
        data = b""
        try:
            while part := connection.recv(65536):
                data += part
        except TimeoutError:
            pass
        got.append(data)
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        over.set()

    web = servers(keeps_all)
    web_at(web.address)
    port = await door_port(make_egress)

    def send() -> None:
        with call(port) as connection:
            connection.sendall(first + SECOND)
            connection.sendall(SECOND)
            read_all(connection)

    await in_thread(send)
    assert over.is_set()
    assert b"another" not in got[0]
    assert got[0].count(b"HTTP/1.1") == 1
    assert web.connections == 1


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /llm/x HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 40\r\n\r\nbody" + SECOND,
        b"POST /llm/x HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
        b"POST /llm/x HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SECOND,
        b"GET /llm/x HTTP/1.1\r\nX: a\r\n b\r\n\r\n",
        b"GET /llm/x HTTP/1.1\r\nX: a\nX-AGTerm-Session: another\r\n\r\n",
        b"GET /llm/x HTTP/1.1\r\nX: a\rX-AGTerm-Session: another\r\n\r\n",
        b"GET /llm/x HTTP/1.1\r\nX: a\0\r\n\r\n",
        b"GET /llm/x HTTP/1.1\r\nX-AGTerm-Session : another\r\n\r\n",
    ],
)
async def test_what_could_be_read_in_two_ways_is_refused(
    make_egress: MakeEgress, servers: MakeServer, web_at: Callable[[str], None], request_bytes: bytes
) -> None:
    web = servers(says_ok)
    web_at(web.address)
    answer = await in_thread(ask, await door_port(make_egress), request_bytes)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(answer.split(b"\r\n\r\n")[1])["error"]["code"] == "INVALID_REQUEST"
    assert web.heads == []


OTHERS = [
    "/", "/api/sessions", "/llm", "/llmx/", "/mcpx", "//llm/x", "/llm/../api", "/llm/x/..", "/llm/./x", "/llm//x",
    "/llm/%2e%2e/api", "/llm/%2E./api", "/llm/..%2fapi", "/llm/%252e%252e/api", "/llm/..\\api", "/llm/%5c..",
    "/LLM/x", "/%6clm/x", "http://127.0.0.1:8787/llm/x", "http://other/llm/x", "*", "/llm/x#y", "/llm/a%00b",
    "/mcp/../api", "/llm/x%3f/../y", "/llm/%2f%2e%2e%2fapi",
]  # fmt: skip


@pytest.mark.parametrize("target", OTHERS)
async def test_only_models_and_tools_are_behind_the_door(
    make_egress: MakeEgress, servers: MakeServer, web_at: Callable[[str], None], target: str
) -> None:
    web = servers(says_ok)
    web_at(web.address)
    answer = await in_thread(ask, await door_port(make_egress), f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert json.loads(answer.split(b"\r\n\r\n")[1])["error"]["code"] == "NOT_FOUND"
    assert web.connections == 0


@pytest.mark.parametrize(
    "target",
    [b"/llm/a/v1/messages", b"/llm/a/", b"/llm/", b"/mcp", b"/mcp/", b"/mcp?x=..", b"/llm/a:b/c%20d?e=//%2e%2e"],
)
def test_ordinary_paths_pass(target: bytes) -> None:
    assert door.is_relayed(target)


async def test_an_answer_streams_as_it_comes(
    make_egress: MakeEgress, servers: MakeServer, web_at: Callable[[str], None]
) -> None:
    go_on = threading.Event()

    def streams(server: SmallServer, connection: socket.socket) -> None:
        server.read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        go_on.wait(20)
        connection.sendall(b"data: 2\n\n")

    web_at(servers(streams).address)
    port = await door_port(make_egress)

    def read() -> bytes:
        with call(port) as connection:
            connection.sendall(b"GET /llm/x HTTP/1.1\r\n\r\n")
            got = b""
            while b"data: 1\n\n" not in got:
                got += connection.recv(1000)
            assert b"data: 2" not in got
            go_on.set()
            return got + read_all(connection)

    assert (await in_thread(read)).endswith(b"data: 1\n\ndata: 2\n\n")


async def test_the_web_server_hears_when_the_caller_has_gone(
    make_egress: MakeEgress, servers: MakeServer, web_at: Callable[[str], None]
) -> None:
    gone = threading.Event()

    def waits(server: SmallServer, connection: socket.socket) -> None:
        server.read_head(connection)
        assert connection.recv(1) == b""
        gone.set()

    web = servers(waits)
    web_at(web.address)
    port = await door_port(make_egress)

    def come_and_go() -> None:
        with call(port) as connection:
            connection.sendall(b"GET /llm/x HTTP/1.1\r\n\r\n")
            wait_until("the request arrives", lambda: web.heads)

    await in_thread(come_and_go)
    assert await in_thread(gone.wait, 20)


async def test_without_a_web_server_the_answer_says_so_and_the_next_one_is_found(
    make_egress: MakeEgress, servers: MakeServer, web_at: Callable[[str], None]
) -> None:
    port = await door_port(make_egress)
    request = b"GET /llm/x HTTP/1.1\r\nHost: x\r\n\r\n"

    async def is_unavailable() -> None:
        answer = await in_thread(ask, port, request)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 2\r\n" in answer
        assert json.loads(answer.split(b"\r\n\r\n")[1])["error"]["code"] == "HOST_UNAVAILABLE"

    await is_unavailable()  # never started
    web = servers(says_ok)
    web.close()
    web_at(web.address)
    await is_unavailable()  # died
    for nonsense in ("nonsense", "unix:", "unix:/nowhere/web.sock", "unix:relative", "127.0.0.1:0", "127.0.0.1:99999"):
        web_at(nonsense)
        await is_unavailable()
    web_at(servers(says_ok).address)
    assert (await in_thread(ask, port, request)).startswith(b"HTTP/1.1 200 ")


async def test_the_key_is_the_runners_alone_and_stays_the_same(tmp_path: Path) -> None:
    key = make_relay_key(tmp_path / "run")
    assert len(key) == 32
    assert (tmp_path / "run" / "relay.key").stat().st_mode & 0o777 == 0o600
    assert make_relay_key(tmp_path / "run") == key
    (tmp_path / "run" / "relay.key").write_text("")  # as a full disk leaves it
    assert len(make_relay_key(tmp_path / "run")) == 32
