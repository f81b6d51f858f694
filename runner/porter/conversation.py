"""One caller's connection, as a work sees it: what comes in, the reply, what goes out."""

import socket
from collections.abc import Iterator
from typing import Any

from core.errors import AgtermError, InvalidRequest
from runner import protocol, wire
from runner.protocol import Kind

STALL_LIMIT_S = 60.0  # a caller who neither takes nor sends anything for so long is dropped
MAX_DATA_BYTES = 256 * 1024
MAX_INCOMING_BYTES = 4 * 1024 * 1024  # of a frame from the caller
_READ_BYTES = 256 * 1024


class Conversation:
    """`connection`: the caller's socket. `extra`: a further one that the runner passed along, for works that need it.

    A work replies once; every method raises `ConnectionError` or `TimeoutError` when the caller is gone.
    """

    def __init__(self, connection: socket.socket, number: int | str | None, extra: socket.socket | None = None) -> None:
        self.connection, self.extra = connection, extra
        self.replied = False
        self._number = number
        self._decoder = wire.Decoder(MAX_INCOMING_BYTES)
        connection.settimeout(STALL_LIMIT_S)

    def ready(self) -> None:
        """Tell the caller that the connection is ours."""
        self._write(Kind.READY)

    def reply(self, result: Any) -> None:
        self._answer("result", result)

    def fail(self, error: AgtermError) -> None:
        """Nothing for one who has his reply: that what he gets breaks off tells him."""
        if not self.replied:
            self._answer("error", error.as_payload())

    def _answer(self, key: str, value: Any) -> None:
        body = protocol.dumps({"id": self._number, key: value})
        self.replied = True
        self._write(Kind.REPLY, body)

    def send(self, data: bytes | memoryview) -> None:
        """Part of what follows the reply; `end` when it was the last."""
        view = memoryview(data)
        for start in range(0, len(view), MAX_DATA_BYTES):
            self._write(Kind.DATA, bytes(view[start : start + MAX_DATA_BYTES]))

    def end(self) -> None:
        """All of it was sent. A connection that closes without this was broken off."""
        self._write(Kind.DATA)

    def receive(self) -> Iterator[bytes]:
        """What the caller sends, until he says that it was all. Raises `InvalidRequest` for anything else."""
        while True:
            data = self.connection.recv(_READ_BYTES)
            if not data:
                raise ConnectionResetError("the caller has gone in the middle")
            try:
                frames = self._decoder.feed(data)
            except wire.WireError as error:
                raise InvalidRequest(str(error)) from None
            for frame in frames:
                if frame.kind != Kind.DATA:
                    raise InvalidRequest("Only data is expected here")
                if not frame.body:
                    return
                yield frame.body

    def _write(self, kind: Kind, body: bytes = b"") -> None:
        """Each part that the caller takes gives him time for the next one."""
        view = memoryview(wire.encode(kind, body))
        while view:
            view = view[self.connection.send(view) :]

    def close(self) -> None:
        self.connection.close()
        if self.extra is not None:
            self.extra.close()
