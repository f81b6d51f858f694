"""One HTTP request passed on to a previewed server, and its answer passed back, both as they come."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import h11

from core.errors import BadGateway, BrokenOff, GatewayTimeout, InvalidRequest
from previews.origins import Headers
from previews.passing import Way

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

ANSWER_S = 10.0  # after the request was sent
TAKE_S = 60.0  # for a piece of it
PIECE_BYTES = 64 * 1024
MAX_HEAD_BYTES = 128 * 1024


async def pass_on(
    connection: socket.socket, scope: Scope, target: bytes, way: Way, receive: Receive, send: Send
) -> None:
    """Raises `InvalidRequest`, `BadGateway` or `GatewayTimeout` while nothing is answered, `BrokenOff` after that."""
    try:
        request = _request(scope, target, way)
        reader, writer = await asyncio.open_connection(sock=connection, limit=PIECE_BYTES)
    except BaseException:
        connection.close()
        raise
    exchange = _Exchange(reader, writer)
    asking = asyncio.create_task(exchange.ask(request, receive))
    answering = asyncio.create_task(exchange.answer(way, send))
    try:
        await asyncio.wait((asking, answering), return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():  # the browser has gone
            return
        answering.result()
    finally:
        for task in (asking, answering):
            task.cancel()
        await asyncio.gather(asking, answering, return_exceptions=True)
        writer.close()


def _request(scope: Scope, target: bytes, way: Way) -> h11.Request:
    headers = way.to_server(scope["headers"])
    if any(name.lower() == b"transfer-encoding" for name, _ in scope["headers"]):
        headers.append((b"transfer-encoding", b"chunked"))
    try:
        return h11.Request(method=scope["method"], target=target, headers=[*headers, (b"connection", b"close")])
    except h11.LocalProtocolError as error:
        raise InvalidRequest(f"This can't be passed on: {error}") from None


class _Exchange:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
        self._asked = asyncio.Event()
        self._is_begun = False

    async def ask(self, request: h11.Request, receive: Receive) -> None:
        """Send it whole, then wait until the browser has gone."""
        try:
            await self._send(request)
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return
                if body := message.get("body"):
                    await self._send(h11.Data(data=body))
                more = message.get("more_body", False)
            await self._send(h11.EndOfMessage())
        except (OSError, h11.LocalProtocolError):  # it takes no more; what it answers says why
            pass
        finally:
            self._asked.set()
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _send(self, event: h11.Event) -> None:
        if data := self._http.send(event):
            self._writer.write(data)
            async with asyncio.timeout(TAKE_S):
                await self._writer.drain()

    async def answer(self, way: Way, send: Send) -> None:
        head = await self._head()
        headers: Headers = way.to_browser(list(head.headers))
        if head.status_code == 204:  # it has no length
            headers = [each for each in headers if each[0] != b"content-length"]
        self._is_begun = True
        await send({"type": "http.response.start", "status": head.status_code, "headers": headers})
        async for data in self._body():
            await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _head(self) -> h11.Response:
        reading = asyncio.create_task(self._next_head())
        asked = asyncio.create_task(self._asked.wait())
        try:
            await asyncio.wait((reading, asked), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait((reading,), timeout=ANSWER_S)
            if not reading.done():
                raise GatewayTimeout
            return reading.result()
        except (OSError, h11.RemoteProtocolError) as error:
            raise BadGateway(f"Bad gateway: {_said(error)}") from None
        finally:
            for task in (reading, asked):
                task.cancel()

    async def _next_head(self) -> h11.Response:
        while not isinstance(event := await self._event(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("the server closed the connection without an answer")
        if event.status_code > 599:
            raise h11.RemoteProtocolError(f"there is no status {event.status_code}")
        return event

    async def _body(self) -> AsyncIterator[bytes]:
        try:
            while isinstance(event := await self._event(), h11.Data):
                yield bytes(event.data)
        except (OSError, h11.RemoteProtocolError) as error:
            raise BrokenOff(_said(error)) from None

    async def _event(self) -> Any:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(PIECE_BYTES))
        return event


def _said(error: Exception) -> str:
    with suppress(AttributeError):
        if error.strerror:  # type: ignore[attr-defined]
            return str(error.strerror)  # type: ignore[attr-defined]
    return str(error) or "the server ended the connection"
