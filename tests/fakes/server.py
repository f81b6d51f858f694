"""The fake provider's HTTP/1.1 server: small, quick, and aware of a caller who hangs up.

Answers without a pause go out in one write; the others event by event, by a task of their own that ends when the
connection does.
"""

import asyncio
import json
import socket
import threading
from collections.abc import Callable
from typing import Any, cast

import uvloop
from fakes.dialects import Answer, Call, server_sent

# What a request is answered with, and what is called when the answer is sent as far as it will be.
Respond = Callable[[str, Call], Answer]
Settle = Callable[[Answer, int | None, bool], None]

REASONS = {200: "OK", 400: "Bad Request", 402: "Payment Required", 404: "Not Found", 429: "Too Many Requests"}
BACKLOG = 1024


class Server:
    """Listens from the start; answers from `start()` on, in a thread, or in `serve_forever()`."""

    def __init__(self, respond: Respond, settle: Settle, host: str, port: int) -> None:
        self._respond, self._settle = respond, settle
        self._socket = socket.create_server((host, port), backlog=BACKLOG)
        self.port: int = self._socket.getsockname()[1]
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._open: set[Connection] = set()
        self._runs = threading.Event()

    def start(self) -> None:
        self._thread.start()

    def serve_forever(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._loop.create_server(self._connection, sock=self._socket))
        self._loop.call_soon(self._runs.set)
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._part())
        self._loop.close()

    def stop(self) -> None:
        self._runs.wait()  # before that, an order to stop would be lost
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _part(self) -> None:
        for connection in list(self._open):
            connection.break_off()
        await asyncio.sleep(0)

    def _connection(self) -> "Connection":
        return Connection(self._loop, self._respond, self._settle, self._open)


class Connection(asyncio.Protocol):
    """One connection; its requests are answered one after the other."""

    def __init__(self, loop: asyncio.AbstractEventLoop, respond: Respond, settle: Settle, others: set["Connection"]):
        self._loop, self._respond, self._settle, self._others = loop, respond, settle, others
        self._got = bytearray()
        self._head: tuple[str, str, dict[str, str]] | None = None
        self._answering: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._others.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._others.discard(self)
        if self._answering:
            self._answering.cancel()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def break_off(self) -> None:
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._got += data
        self._go_on()

    def eof_received(self) -> bool:
        if self._answering:
            self._answering.cancel()
        return False

    def _go_on(self) -> None:
        """Answer the requests that are whole."""
        while self._answering is None and (head := self._read_head()):
            body = self._read_body(head[2])
            if body is None:
                return
            self._head = None
            self._answer(*head, body)

    def _read_head(self) -> tuple[str, str, dict[str, str]] | None:
        if self._head is None:
            end = self._got.find(b"\r\n\r\n")
            if end < 0:
                return None
            first, *lines = bytes(self._got[:end]).decode("latin-1").split("\r\n")
            del self._got[: end + 4]
            method, path, _ = first.split(" ", 2)
            named = (line.partition(":") for line in lines)
            self._head = (method, path, {name.strip().lower(): value.strip() for name, _, value in named})
            if self._head[2].get("expect") == "100-continue":
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self._head

    def _read_body(self, headers: dict[str, str]) -> bytes | None:
        """The body once it is whole."""
        if "chunked" in headers.get("transfer-encoding", ""):
            return self._read_chunks()
        size = int(headers.get("content-length") or 0)
        if len(self._got) < size:
            return None
        body = bytes(self._got[:size])
        del self._got[:size]
        return body

    def _read_chunks(self) -> bytes | None:
        parts, at = [], 0
        while (end := self._got.find(b"\r\n", at)) >= 0:
            size = int(self._got[at:end], 16)
            after = end + 2 + size + 2
            if len(self._got) < after:
                return None
            if size == 0:
                del self._got[:after]
                return b"".join(parts)
            parts.append(bytes(self._got[end + 2 : end + 2 + size]))
            at = after
        return None

    def _answer(self, method: str, path: str, headers: dict[str, str], raw: bytes) -> None:
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            self._send_json(400, {"error": {"message": "the body is not JSON"}}, {}, method)
            return
        answer = self._respond(method, Call(path, headers, body, len(raw)))
        if answer.delay_s or answer.pause_s:
            self._answering = self._loop.create_task(self._slowly(answer, method))
        elif answer.events is None:
            self._settle(answer, None, False)
            self._send_json(answer.status, answer.body, answer.headers, method)
        else:
            events = answer.events[: answer.dies_after]
            self._settle(answer, answer.dies_after, False)
            parts = [self._stream_head(answer), *(_chunk(server_sent(event)) for event in events)]
            self._end_stream(answer, b"".join(parts))

    async def _slowly(self, answer: Answer, method: str) -> None:
        sent = 0
        try:
            await asyncio.sleep(answer.delay_s)
            if answer.events is None:
                self._settle(answer, None, False)
                self._send_json(answer.status, answer.body, answer.headers, method)
                return
            self._transport.write(self._stream_head(answer))
            for event in answer.events[: answer.dies_after]:
                await asyncio.sleep(answer.pause_s)
                await self._room.wait()
                self._transport.write(_chunk(server_sent(event)))
                sent += 1
            self._settle(answer, answer.dies_after, False)
            self._end_stream(answer, b"")
        except asyncio.CancelledError:
            if not answer.entry.get("ended"):
                self._settle(answer, sent, True)
        finally:
            self._answering = None
            self._loop.call_soon(self._go_on)

    def _end_stream(self, answer: Answer, data: bytes) -> None:
        if answer.dies_after is None:
            self._transport.write(data + b"0\r\n\r\n")
        else:
            self._transport.write(data)
            self._transport.close()

    def _stream_head(self, answer: Answer) -> bytes:
        kind = {"content-type": "text/event-stream", "transfer-encoding": "chunked"}
        return _head(answer.status, {**kind, **answer.headers})

    def _send_json(self, status: int, body: dict[str, Any], headers: dict[str, str], method: str) -> None:
        data = json.dumps(body).encode()
        head = _head(status, {"content-type": "application/json", "content-length": str(len(data)), **headers})
        self._transport.write(head if method == "HEAD" else head + data)


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Said')}", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)
