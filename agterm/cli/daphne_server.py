"""Daphne, made to wait: its `send` returns at once whatever the client reads, so output of a flood would pile up.

One client that stops reading cost 300 MB in 12 s. Here a socket's `send` returns when the transport has room again.
"""

import asyncio
from typing import Any

from daphne.server import Server
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer


@implementer(IPushProducer)
class Room:
    """Told by the transport when its buffer is full and when it is empty again."""

    def __init__(self, transport: Any) -> None:
        self._free = asyncio.Event()
        self._free.set()
        transport.unregisterProducer()  # the HTTP request that became this socket
        transport.registerProducer(self, True)

    def pauseProducing(self) -> None:
        self._free.clear()

    def resumeProducing(self) -> None:
        self._free.set()

    stopProducing = resumeProducing  # the connection is gone: nobody waits for it any more

    async def wait(self) -> None:
        await self._free.wait()


class PacedServer(Server):  # type: ignore[misc]  # Daphne has no types
    """Owns a `Room` for every open socket."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._rooms: dict[Any, Room] = {}

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send" and protocol not in self._rooms and protocol in self.connections:
            self._rooms[protocol] = Room(protocol.transport)
        await super().handle_reply(protocol, message)
        if message["type"] == "websocket.send" and (room := self._rooms.get(protocol)) is not None:
            await room.wait()

    def protocol_disconnected(self, protocol: Any) -> None:
        if (room := self._rooms.pop(protocol, None)) is not None:
            room.stopProducing()
        super().protocol_disconnected(protocol)
