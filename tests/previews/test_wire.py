"""One request and its answer on their way: what a hostile page says to a server, and a hostile server to the browser.

The server is the other end of a socket pair; what it is told and what it says are bytes.
"""

import asyncio
import base64
import contextlib
import hashlib
import socket
import threading

import pytest

from core.errors import BadGateway, BrokenOff, GatewayTimeout, InvalidRequest
from previews import exchange, relay
from previews.passing import Way
from runner.porter import preview
from runner.porter.conversation import Conversation

HOST = "p5173-0123abcd.localhost:8000"
OURS = Way(5173, "http://localhost:8000", "http://localhost:8000/preview/5173", False, "127.0.0.1")
OWN = Way(5173, f"http://{HOST}", f"http://{HOST}", True, "127.0.0.1")
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


async def rest_of(theirs):
    """What the server is told until the end, which comes: nothing of ours is kept open."""
    theirs.setblocking(False)
    told = b""
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionResetError):  # ended without reading all that the server said
            while part := await asyncio.get_running_loop().sock_recv(theirs, 65536):
                told += part
    theirs.close()
    return told


class Exchange:
    """`run()`: pass a request on to a server that says `said`, and ends its connection unless `stays`."""

    def __init__(self, said=OK, *, way=OWN, method="GET", target=b"/", headers=(), body=(b"",), stays=False):
        self.scope = {"type": "http", "method": method, "headers": list(headers)}
        self.way, self.target, self.said, self.stays = way, target, said, stays
        self._body = list(body)
        self.told, self.status, self.headers, self.data = b"", None, [], b""
        self.ours, self.theirs = socket.socketpair()

    async def receive(self):
        if not self._body:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": self._body.pop(0), "more_body": bool(self._body)}

    async def send(self, message):
        self.status = message.get("status", self.status)
        self.headers += message.get("headers", [])
        self.data += message.get("body", b"")

    async def run(self):
        self.theirs.sendall(self.said)
        if not self.stays:
            self.theirs.shutdown(socket.SHUT_WR)
        try:
            await exchange.pass_on(self.ours, self.scope, self.target, self.way, self.receive, self.send)
        finally:
            self.told = await rest_of(self.theirs)
        return self

    @property
    def names(self):
        return {name for name, _ in self.headers}


async def test_of_two_lengths_of_a_body_only_one_is_passed_on():
    headers = [(b"Content-Length", b"3"), (b"Transfer-Encoding", b"chunked")]
    done = await Exchange(method="POST", headers=headers, body=(b"GET /admin HTTP/1.1\r\n\r\n",)).run()
    assert b"content-length" not in done.told
    assert done.told.endswith(b"\r\n\r\n17\r\nGET /admin HTTP/1.1\r\n\r\n\r\n0\r\n\r\n")
    assert done.told.count(b"transfer-encoding") == 1
    said = (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n0\r\nx-t: 1\r\n\r\n"
    )
    answered = await Exchange(said).run()
    assert answered.data == b"whole"
    assert not {b"content-length", b"transfer-encoding", b"x-t"} & answered.names


@pytest.mark.parametrize("wrong", ["target", "header", "length"])
async def test_what_can_not_be_said_to_a_server_is_refused_and_keeps_no_connection(wrong):
    target = b"/\xff\x01 x" if wrong == "target" else b"/"
    headers = {"header": [(b"x", b"a\x00b")], "length": [(b"content-length", b"1"), (b"content-length", b"2")]}
    with pytest.raises(InvalidRequest):
        await Exchange(target=target, headers=headers.get(wrong, []), stays=True).run()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
        b"HTTP/1.1 700 Far out\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000,
    ],
    ids=["nothing", "no http", "h2c", "status", "two lengths", "negative", "space", "only 100", "endless head"],
)
async def test_an_answer_that_is_none_is_a_bad_gateway(said):
    made = Exchange(said)
    made.theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    with pytest.raises(BadGateway, match="Bad gateway: "):
        await made.run()
    assert made.status is None


@pytest.mark.parametrize("said", [b"Content-Length: 9\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n9\r\nhalf"])
async def test_half_an_answer_is_not_taken_for_all(said):
    with pytest.raises(BrokenOff):
        await Exchange(b"HTTP/1.1 200 OK\r\n" + said).run()


async def test_an_answer_without_a_body_has_none():
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    extra = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    none = await Exchange(early + b"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n" + extra).run()
    assert (none.status, none.headers, none.data) == (204, [], b"")
    same = await Exchange(b"HTTP/1.1 304 Same\r\nETag: x\r\nContent-Length: 5\r\n\r\n" + extra).run()
    assert (same.status, same.data) == (304, b"")
    head = await Exchange(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + extra, method="HEAD").run()
    assert (head.headers, head.data) == ([(b"content-length", b"5")], b"")


async def test_a_server_that_says_nothing_in_time_or_takes_nothing_is_a_timeout(monkeypatch):
    monkeypatch.setattr(exchange, "ANSWER_S", 0.01)
    monkeypatch.setattr(exchange, "TAKE_S", 0.01)
    with pytest.raises(GatewayTimeout, match="did not respond in time"):
        await Exchange(b"", stays=True).run()
    with pytest.raises(GatewayTimeout):
        await Exchange(
            b"", method="POST", headers=[(b"transfer-encoding", b"")], body=[b"x" * 2**20] * 4, stays=True
        ).run()


async def test_a_reader_who_takes_nothing_holds_the_server_up_and_our_memory_stays_small():
    loop, begun, sent = asyncio.get_running_loop(), asyncio.Event(), 0
    made = Exchange()
    made.theirs.setblocking(False)

    async def stuck(message):
        if message["type"] == "http.response.body":
            begun.set()
            await asyncio.Event().wait()

    async def flood():
        nonlocal sent
        await loop.sock_sendall(made.theirs, b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await loop.sock_sendall(made.theirs, b"x" * 65536)
            sent += 65536

    tasks = [
        asyncio.create_task(flood()),
        asyncio.create_task(exchange.pass_on(made.ours, made.scope, b"/", OWN, made.receive, stuck)),
    ]
    await begun.wait()
    before = -1
    while sent != before:
        before = sent
        for _ in range(50):
            await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    made.theirs.close()
    assert sent < 2_000_000


async def test_nothing_of_us_or_of_a_proxy_before_us_is_told_to_a_server():
    headers = [
        (b"Host", HOST.encode()), (b"Cookie", b'agterm_login=x; a={"b": 1}; __Host-agterm_preview=y; AGTERM_x=z'),
        (b"Forwarded", b"for=1.2.3.4"), (b"X-Forwarded-Access-Token", b"t"), (b"X-AGTerm-Session", b"s"),
        (b"Connection", b"close, X-Hop"), (b"X-Hop", b"h"), (b"Upgrade", b"h2c"), (b"HTTP2-Settings", b"AAA"),
        (b"Authorization", b"Basic own"), (b"X-CSRFToken", b"own"), (b"Proxy-Authorization", b"p"),
        (b"Referer", f"http://{HOST}/page".encode()), (b"TE", b"trailers"), (b"Expect", b"100-continue"),
    ]  # fmt: skip
    told = (await Exchange(headers=headers).run()).told.lower()
    for absent in (b"agterm", b"1.2.3.4", b"access-token", b"x-hop", b"upgrade", b"proxy-", b"trailers", b"expect"):
        assert absent not in told
    assert b'cookie: a={"b": 1}\r\n' in told
    assert b"authorization: basic own" in told
    assert b"x-csrftoken: own" in told
    assert b"referer: http://localhost:5173/page\r\n" in told
    at_ours = [*headers[9:11], headers[1], (b"Referer", b"http://localhost:8000/sessions/secret")]
    told = (await Exchange(headers=at_ours, way=OURS).run()).told.lower()
    for absent in (b"cookie", b"authorization", b"csrf", b"referer"):
        assert absent not in told


async def test_a_server_says_nothing_for_our_origin_or_to_a_proxy_before_us():
    said = b"".join(
        line + b"\r\n"
        for line in (
            b"HTTP/1.1 200 OK", b"Set-Cookie: a=b; DOMAIN=localhost; Path=/", b"Set-Cookie: =agterm_login=x",
            b"Set-Cookie: __Host-Agterm_preview=x", b"X-Accel-Redirect: /etc", b"X-Accel-Buffering: no",
            b"X-Sendfile: /etc/passwd", b"Connection: x-hop", b"X-Hop: h", b"Clear-Site-Data: *", b"X-Fold: a\r\n b",
            b"WWW-Authenticate: Basic realm=AGTerm", b"Content-Security-Policy: default-src *",
            b"Content-Length: 0", b"",
        )
    )  # fmt: skip
    own = (await Exchange(said).run()).headers
    assert [value for name, value in own if name == b"set-cookie"] == [b"a=b; Path=/"]
    assert {name for name, _ in own if name.startswith((b"x-", b"www"))} == {
        b"x-accel-buffering", b"x-fold", b"www-authenticate",
    }  # fmt: skip
    ours = (await Exchange(said, way=OURS).run()).headers
    assert not {b"set-cookie", b"clear-site-data", b"www-authenticate", b"x-sendfile"} & {name for name, _ in ours}
    assert [value for name, value in ours if name == b"content-security-policy"][-1].startswith(b"sandbox ")


async def test_a_socket_whose_server_redirects_or_is_none_is_refused_at_once():
    for said in (b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:22/\r\n\r\n", OK, b"", b"SSH-2.0\r\n\r\n"):
        made = Exchange(said)
        made.theirs.sendall(said)
        made.theirs.shutdown(socket.SHUT_WR)
        sent = []

        async def send(message, sent=sent):
            sent.append(message["type"])

        scope = {"type": "websocket", "headers": []}
        await relay.pass_on(made.ours, scope, b"/", OWN, made.receive, send)
        assert sent == ["websocket.close"]
        assert b"sec-websocket-key" in (await rest_of(made.theirs)).lower()


def test_a_server_that_never_ends_does_not_keep_a_place_when_its_caller_has_gone():
    (caller, ours), (server, theirs) = socket.socketpair(), socket.socketpair()
    work = threading.Thread(target=preview.splice, args=(Conversation(ours, 1, server), None, {}), daemon=True)
    work.start()
    assert caller.recv(100)
    caller.sendall(b"question")
    caller.close()
    work.join(20)
    assert not work.is_alive()
    assert theirs.recv(100) == b"question"
    for each in (ours, server, theirs):
        each.close()


class SocketServer:
    """A WebSocket server that says bytes of our choice after the handshake, and the browser's end of the socket."""

    def __init__(self):
        self.ours, self.theirs = socket.socketpair()
        self.theirs.setblocking(False)
        self.loop = asyncio.get_running_loop()
        self.from_browser = asyncio.Queue()
        self.from_browser.put_nowait({"type": "websocket.connect"})
        self.sent = []

    async def send(self, message):
        self.sent.append(message)

    async def open(self, send=None):
        scope = {"type": "websocket", "headers": [], "subprotocols": []}
        work = relay.pass_on(self.ours, scope, b"/", OWN, self.from_browser.get, send or self.send)
        self.work = asyncio.create_task(work)
        head = b""
        while b"\r\n\r\n" not in head:
            head += await self.loop.sock_recv(self.theirs, 65536)
        key = next(line.split()[1] for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:"))
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        said = b"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept
        await self.say(said + b"\r\nSet-Cookie: agterm_login=x\r\n\r\n")

    async def say(self, data):
        await self.loop.sock_sendall(self.theirs, data)


async def test_a_socket_is_closed_with_the_code_that_either_side_gives():
    for said, code in ((b"\x88\x02\x0f\xa1", 4001), (b"\x88\x00", 1000), (b"\x82\x7f" + (1 << 40).to_bytes(8), 1009)):
        server = SocketServer()
        await server.open()
        await server.say(said)
        server.theirs.shutdown(socket.SHUT_WR)
        await server.work
        assert server.sent == [
            {"type": "websocket.accept", "subprotocol": None},
            {"type": "websocket.close", "code": code},
        ]
        await rest_of(server.theirs)
    server = SocketServer()
    await server.open()
    server.from_browser.put_nowait({"type": "websocket.disconnect", "code": 4002})
    told = await server.loop.sock_recv(server.theirs, 100)
    assert bytes(byte ^ told[2 + at % 4] for at, byte in enumerate(told[6:8])) == (4002).to_bytes(2)
    await server.say(b"\x88\x02\x0f\xa2")
    server.theirs.shutdown(socket.SHUT_WR)
    await server.work
    assert await rest_of(server.theirs) == b""


async def test_a_browser_who_takes_no_messages_holds_the_server_up_and_our_memory_stays_small():
    server, begun, sent = SocketServer(), asyncio.Event(), 0

    async def stuck(message):
        if message["type"] == "websocket.send":
            begun.set()
            await asyncio.Event().wait()

    async def flood():
        nonlocal sent
        while True:
            await server.say(b"\x82\x7f" + (1 << 20).to_bytes(8) + b"x" * (1 << 20))
            sent += 1

    await server.open(stuck)
    flooding = asyncio.create_task(flood())
    await begun.wait()
    before = -1
    while sent != before:
        before = sent
        for _ in range(200):
            await asyncio.sleep(0)
    server.theirs.close()
    for task in (flooding, server.work):
        task.cancel()
    await asyncio.gather(flooding, server.work, return_exceptions=True)
    assert sent <= 6
