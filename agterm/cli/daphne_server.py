"""Daphne, made to wait: its `send` returns at once whatever the client reads, so output of a flood would pile up.

One client that stops reading cost 300 MB in 12 s. Here a socket's `send` returns when the transport has room again.
An application that fails in the middle of an answer has its connection cut. Daphne would try to begin a second answer,
fail at that, and from then on look after no connection any more.
It listens at a Unix socket besides, and says of a request that it came through there, which Daphne does not.
"""

import asyncio
import socket
from functools import partial
from typing import Any

from daphne import server
from daphne.server import Server
from twisted.internet import reactor, unix
from twisted.internet.address import UNIXAddress
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from agterm.cli.daphne_bodies import MeasuringFactory


@implementer(IPushProducer)
class Room:
    """Told by the transport when its buffer is full and when it is empty again."""

    def __init__(self, transport: Any) -> None:
        self._free = asyncio.Event()
        self._free.set()
        transport.unregisterProducer()  # of a socket, the HTTP request that became it
        transport.registerProducer(self, True)

    def pauseProducing(self) -> None:
        self._free.clear()

    def resumeProducing(self) -> None:
        self._free.set()

    stopProducing = resumeProducing  # the connection is gone: nobody waits for it any more

    async def wait(self) -> None:
        await self._free.wait()


def _is_paced(message: dict[str, Any]) -> bool:
    """A socket's frames, and the pieces of an answer that goes on, as an event stream's does."""
    return message["type"] == "websocket.send" or bool(
        message["type"] == "http.response.body" and message.get("more_body")
    )


class BoundPort(unix.Port):
    """A Unix socket that listens already. Twisted may not know its file: it would open that to all, and remove it."""

    def __init__(self, listener: socket.socket, factory: Any) -> None:
        super().__init__(b"\0", factory, reactor=reactor)
        self._preexistingSocket = listener


class PacedServer(Server):  # type: ignore[misc]  # Daphne has no types
    """Owns a `Room` for every open socket and every stream. `side_door`: a Unix socket that listens."""

    def __init__(self, side_door: socket.socket, **settings: Any) -> None:
        super().__init__(**settings)
        self._side_door = side_door
        self._rooms: dict[Any, Room] = {}

    def run(self) -> None:
        server.HTTPFactory = MeasuringFactory  # Daphne makes its own where nobody can give it another
        self._side_door.setblocking(False)
        reactor.callWhenRunning(self._open_side_door)
        super().run()

    def _open_side_door(self) -> None:
        BoundPort(self._side_door, self.http_factory).startListening()  # type: ignore[no-untyped-call]

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        paced = _is_paced(message)
        if paced and protocol not in self._rooms and protocol in self.connections:
            is_socket = message["type"] == "websocket.send"
            self._rooms[protocol] = Room(protocol.transport if is_socket else protocol)
        elif message["type"] == "http.response.body" and not paced and self._rooms.pop(protocol, None) is not None:
            self._forget_producer(protocol)
        await super().handle_reply(protocol, message)
        if paced and (room := self._rooms.get(protocol)) is not None:
            await room.wait()

    @staticmethod
    def _forget_producer(protocol: Any) -> None:
        if protocol.channel is not None:  # else the caller has gone, and his connection with him
            protocol.unregisterProducer()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(own := protocol.transport.getHost(), UNIXAddress):
            scope["server"] = (str(own.name), None)  # as ASGI has it
        queue = super().create_application(protocol, scope)
        if (running := self.connections.get(protocol, {}).get("application_instance")) is not None:
            running.add_done_callback(partial(self._cut, protocol))
        return queue

    def _cut(self, protocol: Any, ended: "asyncio.Future[None]") -> None:
        """Close what the application left half answered: the caller must not wait for the rest, nor take it for all."""
        if ended.cancelled() or ended.exception() is None or not getattr(protocol, "_response_started", False):
            return
        protocol.loseConnection()
        self.protocol_disconnected(protocol)  # what is not read yet may keep it open for a while

    def protocol_disconnected(self, protocol: Any) -> None:
        if (room := self._rooms.pop(protocol, None)) is not None:
            room.stopProducing()
        if protocol in self.connections:  # else it was cut, and is forgotten already
            super().protocol_disconnected(protocol)
