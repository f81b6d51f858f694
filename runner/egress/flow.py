"""One connection out of a session: its request's head is judged, then bytes pass both ways, as fast as both like."""

import asyncio
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from runner.egress.heads import BadRequest, Body, Buffer, Head

BUFFER_BYTES = 64 * 1024  # what is held for a side that does not read
HEAD_LIMIT_S = 10.0
LINGER_S = 2.0  # for a refusal to be read by one who still sends
SURPLUS_PATIENCE_S = 5.0
MAX_CALLERS, MAX_TURNED_AWAY = 256, 64  # of one listener; beyond both nobody is even answered

logger = logging.getLogger("runner.egress")


class Problem(Exception):
    """The request is answered by ourselves, with this status and sentence."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


@dataclass(slots=True)
class Opened:
    """A far end that is connected, and how to go on with it."""

    socket: socket.socket
    first: bytes  # for the far end, before the body
    greeting: bytes  # for the caller, before what the far end says
    body: Body  # what of the caller's bytes still belongs to the request
    idle_s: float
    half_close: bool  # each side ends for itself; else the far end's end is the end
    ended: Callable[[int, int], None]  # called once with the bytes (sent, received)


class Way(Protocol):
    """Where a listener leads to."""

    async def open(self, head: Head) -> Opened:
        """Connect to what the request asks for. Raises `Problem`."""
        ...

    def render(self, problem: Problem) -> bytes:
        """A whole response."""
        ...


class Gate:
    """A listener of a session, and who has come through it."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.callers: set[Caller] = set()
        self._server: asyncio.Server | None = None
        self._closed = False

    async def listen(self, listener: socket.socket) -> None:
        """Accept on a socket that listens already; it is closed with the gate."""
        server = await asyncio.get_running_loop().create_server(lambda: Caller(self), sock=listener)
        self._server = server
        if self._closed:
            server.close()

    def close(self) -> None:
        self._closed = True
        if self._server is not None:
            self._server.close()
        for caller in tuple(self.callers):
            caller.abort()


class Caller(asyncio.Protocol):
    """The session's side of a connection."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._buffer: Buffer | None = Buffer()  # None: the head has been read
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._far: Far | None = None
        self._opened: Opened | None = None
        self._active_at = 0.0
        self._idle_s = 0.0
        self._sent = self._received = 0
        self._near_ended = self._far_ended = self._lingers = False

    # --- the head ------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=BUFFER_BYTES)
        if len(self._gate.callers) >= MAX_CALLERS + MAX_TURNED_AWAY:
            self._transport.abort()
            return
        self._gate.callers.add(self)
        if len(self._gate.callers) > MAX_CALLERS:
            self._refuse(Problem(503, f"This session has {MAX_CALLERS} connections open already, and more are not let through."))  # noqa: E501 # fmt: skip
            return
        self._timer = self._loop.call_later(HEAD_LIMIT_S, self._too_slow)

    def _too_slow(self) -> None:
        self._refuse(Problem(408, f"The request's head did not arrive within {HEAD_LIMIT_S:g} seconds."))

    def data_received(self, data: bytes) -> None:
        if self._far is not None:
            self._pass_on(data)
        elif self._buffer is not None:
            self._read_head(data)

    def _read_head(self, data: bytes) -> None:
        assert self._buffer is not None
        assert self._transport is not None
        try:
            found = self._buffer.feed(data)
        except BadRequest as error:
            self._refuse(Problem(400, str(error)))
            return
        if found is not None:
            self._buffer = None
            self._set_timer(None)
            self._transport.pause_reading()
            self._task = self._loop.create_task(self._open(*found))

    async def _open(self, head: Head, rest: bytes) -> None:
        assert self._transport is not None
        try:
            opened = await self._gate.way.open(head)
        except Problem as problem:
            self._refuse(problem)
            return
        except BadRequest as error:
            self._refuse(Problem(400, str(error)))
            return
        except Exception:
            logger.exception("a request could not be judged")
            self._refuse(Problem(500, "The runner failed; its log says why."))
            return
        if self._transport.is_closing():
            opened.socket.close()
            opened.ended(0, 0)
            return
        self._opened, self._idle_s = opened, opened.idle_s
        if opened.greeting:
            self._transport.write(opened.greeting)
        self._active_at = self._loop.time()
        self._watch_idleness()
        try:
            await self._loop.create_connection(lambda: Far(self, opened.first), sock=opened.socket)
        except BaseException as error:
            opened.socket.close()
            self.far_gone(None)
            if isinstance(error, OSError):
                return
            raise
        if self._transport is None:  # the caller has gone meanwhile
            return
        if rest:
            self._pass_on(rest)
        _resume(self._transport)

    # --- passing on ----------------------------------------------------------------------------------------------

    def _pass_on(self, data: bytes) -> None:
        """From the session to the far end, as much of it as belongs to the request."""
        assert self._opened is not None
        self._touch()
        try:
            taken = self._opened.body.feed(data)
        except BadRequest:
            self.abort()
            return
        if taken and self._far is not None:
            self._sent += len(taken)
            self._far.write(taken)
        if len(taken) < len(data) and self._received:  # takes the answer for complete, and the connection for its own
            self._idle_s = min(self._idle_s, SURPLUS_PATIENCE_S)
            self._set_timer(self._idle_s)

    def far_made(self, far: "Far") -> None:
        self._far = far
        if self._transport is None or self._transport.is_closing():
            far.abort()

    def far_sent(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._touch()
            self._received += len(data)
            self._transport.write(data)

    def far_ended(self) -> bool:
        """The far end has said its last; True when it may still be spoken to."""
        if self._transport is None or self._transport.is_closing():
            return False
        self._far_ended = True
        if self._opened is not None and self._opened.half_close and not self._near_ended:
            self._transport.write_eof()
            return True
        if self._opened is not None and not self._opened.body.done and not self._near_ended:
            self._linger()  # answered before all was sent
        else:
            self._transport.close()
        return False

    def far_gone(self, error: Exception | None) -> None:
        self._far = None
        if self._transport is None:
            self._end()
        elif error is not None:
            self._transport.abort()
        elif not self._lingers:
            self._transport.close()

    def far_is_slow(self, slow: bool) -> None:
        self._touch()
        if self._transport is not None:
            (_pause if slow else _resume)(self._transport)

    def pause_writing(self) -> None:
        if self._far is not None:
            self._far.hold(True)

    def resume_writing(self) -> None:
        self._touch()
        if self._far is not None:
            self._far.hold(False)

    # --- ends ----------------------------------------------------------------------------------------------------

    def eof_received(self) -> bool:
        if self._far is None:
            return self._task is not None and not self._task.done()
        self._near_ended = True
        self._far.end()
        return not self._far_ended

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._far is None:
            if self._task is not None:
                self._task.cancel()
            self._end()
        elif exc is not None:
            self._far.abort()
        else:
            self._far.close()

    def abort(self) -> None:
        """End both sides now."""
        if self._far is not None:
            self._far.abort()
        if self._transport is not None:
            self._transport.abort()

    def _end(self) -> None:
        """Both sides are gone."""
        self._set_timer(None)
        self._gate.callers.discard(self)
        if self._opened is not None:
            opened, self._opened = self._opened, None
            opened.ended(self._sent, self._received)

    def _refuse(self, problem: Problem) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._buffer = None
        self._transport.write(self._gate.way.render(problem))
        self._linger()

    def _linger(self) -> None:
        """Throw away what still comes, for a moment: closing at once could take the answer back."""
        assert self._transport is not None
        self._lingers = True
        self._transport.write_eof()
        _resume(self._transport)
        self._set_timer(None)
        self._timer = self._loop.call_later(LINGER_S, self.abort)

    def _touch(self) -> None:
        self._active_at = self._loop.time()

    def _watch_idleness(self) -> None:
        left = self._active_at + self._idle_s - self._loop.time()
        if left <= 0:
            self.abort()
        else:
            self._timer = self._loop.call_later(left, self._watch_idleness)

    def _set_timer(self, after_s: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if after_s is None else self._loop.call_later(after_s, self._watch_idleness)


class Far(asyncio.Protocol):
    """The other side of a caller's connection."""

    def __init__(self, caller: Caller, first: bytes) -> None:
        self._caller = caller
        self._first = first
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=BUFFER_BYTES)
        if self._first:
            self._transport.write(self._first)
        self._caller.far_made(self)

    def data_received(self, data: bytes) -> None:
        self._caller.far_sent(data)

    def eof_received(self) -> bool:
        return self._caller.far_ended()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._caller.far_gone(exc)

    def pause_writing(self) -> None:
        self._caller.far_is_slow(True)

    def resume_writing(self) -> None:
        self._caller.far_is_slow(False)

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def hold(self, held: bool) -> None:
        if self._transport is not None:
            (_pause if held else _resume)(self._transport)

    def end(self) -> None:
        """The session has said its last."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write_eof()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


def _pause(transport: asyncio.Transport) -> None:
    if not transport.is_closing():
        transport.pause_reading()


def _resume(transport: asyncio.Transport) -> None:
    if not transport.is_closing():
        transport.resume_reading()
