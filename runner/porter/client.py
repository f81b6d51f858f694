"""The web side's way to the porter: ask for a work by name, send it bytes, get bytes from it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from typing import Any, TypeVar

from core.errors import HostUnavailable
from runner import protocol, wire
from runner.addresses import connect, connect_async
from runner.client import CONNECT_TIMEOUT_S, result_of
from runner.protocol import Kind

REPLY_TIMEOUT_S = 150.0  # a large folder takes its time to be removed
STALL_LIMIT_S = 60.0
MAX_DATA_BYTES = 256 * 1024
BROKEN = "The porter broke off in the middle"
_T = TypeVar("_T")


def call(address: str, what: str, *, place: Mapping[str, Any] | None = None, **params: Any) -> Any:
    """The reply of the work `what`. `place`: `{"session": id, "cwd": …}` or `{"root": path}`.

    Raises `HostUnavailable` when none comes, else the error it is, as one of `core.errors`.
    """
    with _Line(address, what, place, params) as line:
        return line.reply()


def read(address: str, what: str, *, place: Mapping[str, Any] | None = None, **params: Any) -> tuple[Any, bytes]:
    """The reply, and all the bytes that follow it; for what is known to be small."""
    with _Line(address, what, place, params) as line:
        facts, parts = line.reply(), list[bytes]()
        while data := line.data():
            parts.append(data)
        return facts, b"".join(parts)


def upload(
    address: str, what: str, chunks: Iterable[bytes], *, place: Mapping[str, Any] | None = None, **params: Any
) -> Any:
    """The reply of a work that is sent these bytes. When `chunks` raises, they change nothing."""
    with _Line(address, what, place, params) as line:
        line.send(chunks)
        return line.reply()


class _Line:
    """One connection, blocking; `with` closes it. What goes wrong with it is `HostUnavailable`."""

    def __init__(self, address: str, what: str, place: Mapping[str, Any] | None, params: Mapping[str, Any]) -> None:
        self._address, self._decoder = address, wire.Decoder()
        self._frames: list[wire.Frame] = []
        self._refusal: dict[str, Any] | None = None
        self._sent = False
        try:
            self._connection = connect(address, CONNECT_TIMEOUT_S)
        except OSError as error:
            raise self._lost(error) from None
        try:
            self._connection.settimeout(REPLY_TIMEOUT_S)
            self._write(request(what, place, None, params))
            self._sent = True
            while (frame := self._next()).kind != Kind.READY:
                if frame.kind == Kind.REPLY:
                    self._refusal = protocol.loads(frame.body)
                    break
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send(self, chunks: Iterable[bytes]) -> None:
        """Until the end, or until it is no longer taken, of which the reply says why."""
        if self._refusal is None and all(self._takes(piece) for chunk in chunks for piece in _pieces(chunk)):
            self._takes(b"")

    def _takes(self, data: bytes) -> bool:
        try:
            self._connection.sendall(wire.encode(Kind.DATA, data))
        except TimeoutError as error:
            raise self._lost(error) from None
        except OSError:
            return False
        return True

    def reply(self) -> Any:
        return result_of(self._refusal or protocol.loads(self._next(Kind.REPLY).body))

    def data(self) -> bytes:
        """b"" at the end."""
        return self._next(Kind.DATA).body

    def _next(self, kind: Kind | None = None) -> wire.Frame:
        while True:
            while not self._frames:
                try:
                    data = self._connection.recv(MAX_DATA_BYTES)
                    if not data:
                        raise ConnectionResetError(BROKEN)
                    self._frames += self._decoder.feed(data)
                except (OSError, wire.WireError) as error:
                    raise self._lost(error) from None
            frame = self._frames.pop(0)
            if frame.kind == Kind.HELLO:
                protocol.check_version(protocol.loads(frame.body))
            elif kind in (None, frame.kind):
                return frame

    def _write(self, data: bytes) -> None:
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise self._lost(error) from None

    def _lost(self, error: Exception) -> HostUnavailable:
        return HostUnavailable(details={"runner": self._address, "reason": str(error)}, may_have_happened=self._sent)


class Download:
    """`facts`: the reply. Iterate over the bytes once; `close` ends it, also when they were not all taken."""

    def __init__(self, facts: Any, connection: "_AsyncLine") -> None:
        self.facts = facts
        self._line = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Raises `HostUnavailable` when it breaks off: what came until then is not all."""
        try:
            while data := await self._line.data():
                yield data
        finally:
            self.close()

    def close(self) -> None:
        self._line.close()


async def download(address: str, what: str, *, place: Mapping[str, Any] | None = None, **params: Any) -> Download:
    """A work whose reply is followed by bytes. Raises as `call` does, before there is any."""
    line = await _AsyncLine.open(address, request(what, place, None, params))
    try:
        return Download(await line.reply(), line)
    except BaseException:
        line.close()
        raise


async def raw(
    address: str, what: str, *, place: Mapping[str, Any] | None = None, port: int | None = None, **params: Any
) -> socket.socket:
    """The connection itself once the work has replied, not blocking; what follows is their own affair."""
    line = await _AsyncLine.open(address, request(what, place, port, params))
    try:
        await line.reply()
        return line.detach()
    except BaseException:
        line.close()
        raise


class _AsyncLine:
    """As `_Line`, on the event loop; it never takes a byte more than the frame that is asked for."""

    def __init__(self, address: str, connection: socket.socket) -> None:
        self._address = address
        self._connection: socket.socket | None = connection
        self._loop = asyncio.get_running_loop()

    @classmethod
    async def open(cls, address: str, request: bytes) -> "_AsyncLine":
        try:
            connection = await connect_async(address, CONNECT_TIMEOUT_S)
        except OSError as error:
            raise HostUnavailable(details={"runner": address, "reason": str(error)}) from None
        line = cls(address, connection)
        try:
            await line._send(request)
        except BaseException:
            line.close()
            raise
        return line

    async def reply(self) -> Any:
        frame = await self._within(REPLY_TIMEOUT_S, self._reply())
        return result_of(protocol.loads(frame.body))

    async def data(self) -> bytes:
        """b"" at the end."""
        return (await self._within(STALL_LIMIT_S, self._next())).body

    def detach(self) -> socket.socket:
        connection, self._connection = self._taken(), None
        return connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def _reply(self) -> wire.Frame:
        while (frame := await self._next()).kind != Kind.REPLY:
            if frame.kind == Kind.HELLO:
                protocol.check_version(protocol.loads(frame.body))
        return frame

    async def _next(self) -> wire.Frame:
        head = await self._exactly(wire.HEADER_BYTES)
        size = int.from_bytes(head[:4], "big")
        if size > wire.MAX_BODY_BYTES:
            raise self._lost(BROKEN)
        return wire.Frame(head[4], await self._exactly(size))

    async def _exactly(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            try:
                data = await self._loop.sock_recv(self._taken(), count - len(parts))
            except OSError as error:
                raise self._lost(str(error)) from None
            if not data:
                raise self._lost(BROKEN)
            parts += data
        return bytes(parts)

    async def _send(self, data: bytes) -> None:
        try:
            await self._loop.sock_sendall(self._taken(), data)
        except OSError as error:
            raise self._lost(str(error)) from None

    async def _within(self, limit_s: float, work: Awaitable[_T]) -> _T:
        try:
            async with asyncio.timeout(limit_s):
                return await work
        except TimeoutError:
            raise self._lost("it takes too long") from None

    def _taken(self) -> socket.socket:
        if self._connection is None:
            raise self._lost("closed")
        return self._connection

    def _lost(self, reason: str) -> HostUnavailable:
        return HostUnavailable(details={"runner": self._address, "reason": reason}, may_have_happened=True)


def request(what: str, place: Mapping[str, Any] | None, port: int | None, params: Mapping[str, Any]) -> bytes:
    carry = {"what": what, "place": None if place is None else dict(place), "port": port, "params": dict(params)}
    return wire.encode(Kind.REQUEST, protocol.dumps({"id": 0, "op": "carry", "params": carry}))


def _pieces(chunk: bytes) -> Iterable[bytes]:
    view = memoryview(chunk)
    return (bytes(view[start : start + MAX_DATA_BYTES]) for start in range(0, len(view), MAX_DATA_BYTES))
