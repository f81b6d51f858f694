"""One WebSocket passed on to a previewed server, message by message: what live reload needs."""

import asyncio
import socket
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Origin, Subprotocol

from previews import origins
from previews.exchange import Receive, Scope, Send
from previews.passing import Way

OPEN_S = 10.0
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
MAX_WAITING = 1  # messages from the server that the browser has not taken; with more of them it is not read
HANDSHAKE = b"sec-websocket-"


async def pass_on(
    connection: socket.socket, scope: Scope, target: bytes, way: Way, receive: Receive, send: Send
) -> None:
    """From the handshake, which the server answers first, to the close that either side sends."""
    await receive()  # that somebody would like to connect
    headers = way.to_server(scope["headers"], is_socket=True)
    told = [(n.decode(), v.decode("latin-1")) for n, v in headers if n != b"origin" and not n.startswith(HANDSHAKE)]
    try:
        server = await connect(
            f"ws://localhost:{way.port}{target.decode('latin-1')}",
            sock=connection,
            origin=Origin(origins.value(headers, b"origin")) if origins.value(headers, b"origin") else None,
            subprotocols=[Subprotocol(each) for each in scope.get("subprotocols", ())] or None,
            additional_headers=told,
            user_agent_header=None,
            compression=None,
            proxy=None,
            open_timeout=OPEN_S,
            ping_interval=None,
            max_size=MAX_MESSAGE_BYTES,
            max_queue=MAX_WAITING,
        )
    except (WebSocketException, OSError, ValueError):  # that one for a redirect, which can't be followed
        connection.close()
        await send({"type": "websocket.close"})  # before it is accepted: the browser sees 403
        return
    except BaseException:
        connection.close()
        raise
    ways: list[asyncio.Task[None]] = []
    try:
        await send({"type": "websocket.accept", "subprotocol": server.subprotocol})
        ways = [asyncio.create_task(_out(server, receive)), asyncio.create_task(_in(server, send))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in ways:
            each.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        await server.close()


async def _out(server: ClientConnection, receive: Receive) -> None:
    with suppress(ConnectionClosed):
        while (message := await receive())["type"] != "websocket.disconnect":
            text = message.get("text")
            await server.send(message["bytes"] if text is None else text)
        await server.close(_code(message.get("code")))


async def _in(server: ClientConnection, send: Send) -> None:
    code = 1011  # it has gone without a word
    try:
        while True:
            message = await server.recv()
            kind = "text" if isinstance(message, str) else "bytes"
            await send({"type": "websocket.send", kind: message})
    except ConnectionClosed as closed:
        if said := closed.rcvd or closed.sent:
            code = _code(said.code)
    await send({"type": "websocket.close", "code": code})


def _code(said: int | None) -> int:
    """Of a close that is to be sent; some only say that there was none."""
    return 1000 if said in (None, 1005, 1006, 1015) else said
