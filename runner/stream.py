"""The asynchronous way to the runner: one terminal attached, output as it comes, typing without waiting."""

import asyncio
import contextlib
import logging
from collections import deque
from dataclasses import dataclass
from typing import Any, cast

from core.errors import HostUnavailable, TooLarge
from runner import protocol, wire
from runner.addresses import connect_async
from runner.client import CONNECT_TIMEOUT_S, result_of
from runner.protocol import Kind

log = logging.getLogger("agterm.runner")

ATTACH_TIMEOUT_S = 10.0
MAX_UNSENT_BYTES = 1024 * 1024
MAX_ITEMS = 64  # not taken yet: then the runner has to wait, which keeps only the newest events


@dataclass(frozen=True, slots=True)
class Output:
    """Terminal bytes; `offset` is that of the first one."""

    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Repaint:
    """Escape sequences that give a fresh terminal of this size the screen as of `offset`.

    With up to `history` lines of scrollback. To be acknowledged like output: until then there is no other.
    """

    offset: int
    cols: int
    rows: int
    data: bytes
    history: int


@dataclass(frozen=True, slots=True)
class Event:
    """`name`: exited, replaced, resized, state, title, control, failed or closed; `fields`: what comes with it."""

    name: str
    fields: dict[str, Any]


Item = Output | Repaint | Event


class TerminalStream(asyncio.Protocol):
    """One connection to the runner. What it holds is bounded: a window of unacknowledged bytes, some events."""

    def __init__(self) -> None:
        self._decoder = wire.Decoder()
        self._transport: asyncio.Transport | None = None
        self._items: deque[Item] = deque()
        self._arrived = asyncio.Event()
        self._replies: dict[int, asyncio.Future[Any]] = {}
        self._requests = 0
        self._lost = self._is_full = False
        self._refusal: str | None = None  # why we hung up ourselves

    @classmethod
    async def open(cls, address: str) -> "TerminalStream":
        """Connect to the runner at `address`; raises `HostUnavailable`."""
        loop = asyncio.get_running_loop()
        try:
            connection = await connect_async(address, CONNECT_TIMEOUT_S)
            _, stream = await loop.create_unix_connection(cls, sock=connection)
        except OSError as error:
            raise HostUnavailable(details={"runner": address, "reason": str(error)}) from None
        return stream

    async def request(self, op: str, **params: Any) -> Any:
        """As `runner.client.call`, on this connection."""
        self._requests += 1
        number = self._requests
        reply = self._replies[number] = asyncio.get_running_loop().create_future()
        self._send(Kind.REQUEST, protocol.dumps({"id": number, "op": op, "params": params}))
        try:
            if self._lost:
                raise HostUnavailable(self._refusal)
            return result_of(await asyncio.wait_for(reply, ATTACH_TIMEOUT_S))
        except TimeoutError:
            raise HostUnavailable from None
        finally:
            self._replies.pop(number, None)

    def type(self, data: bytes) -> None:
        """Raises `TooLarge` while the runner does not take what was typed before."""
        if self._transport is not None and self._transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            raise TooLarge("The runner does not take input; over 1 MiB is waiting")
        self._send(Kind.INPUT, data)

    def acknowledge(self, offset: int) -> None:
        self._send(Kind.ACK, protocol.offset_header(offset))

    async def next(self) -> Item | None:
        """The next thing that happened, None when the runner has gone."""
        while not self._items:
            if self._lost:
                return None
            self._arrived.clear()
            await self._arrived.wait()
        item = self._items.popleft()
        if self._is_full and len(self._items) <= MAX_ITEMS // 2:
            self._is_full = False
            if self._transport is not None and not self._transport.is_closing():
                self._transport.resume_reading()
        return item

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _send(self, kind: Kind, *parts: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(wire.encode(kind, *parts))

    # --- asyncio.Protocol ----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for frame in self._decoder.feed(data):
            if frame.kind == Kind.REPLY:
                self._on_reply(protocol.loads(frame.body))
            elif frame.kind == Kind.HELLO:
                self._greet(protocol.loads(frame.body))
            else:
                self._items.append(_item(frame))
        self._arrived.set()
        if len(self._items) > MAX_ITEMS and not self._is_full and self._transport is not None:
            self._is_full = True
            self._transport.pause_reading()

    def _greet(self, hello: dict[str, Any]) -> None:
        try:
            protocol.check_version(hello)
        except HostUnavailable as error:
            log.error("%s", error)
            self._refusal = error.message
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        self._arrived.set()
        for reply in self._replies.values():
            if not reply.done():
                with contextlib.suppress(asyncio.InvalidStateError):
                    reply.set_exception(HostUnavailable(self._refusal))

    def _on_reply(self, reply: dict[str, Any]) -> None:
        waiting = self._replies.get(reply["id"])
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)


def _item(frame: wire.Frame) -> Item:
    if frame.kind == Kind.OUTPUT:
        return Output(int.from_bytes(frame.body[:8], "big"), frame.body[8:])
    if frame.kind == Kind.REPAINT:
        return Repaint(*protocol.parse_repaint(frame.body))
    fields = protocol.loads(frame.body)
    return Event(fields.pop("event"), fields)
