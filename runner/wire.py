"""The framing every pipe of the runner speaks: length, kind, body. Sans-IO: bytes in, frames out."""

from typing import NamedTuple

HEADER_BYTES = 5
MAX_BODY_BYTES = 64 * 1024 * 1024
# A body is a repaint with all its history at most (some MB); the limit only has to stop nonsense lengths.


class WireError(Exception):
    """The other side sent something that is no frame; the connection can't go on."""


class Frame(NamedTuple):
    kind: int
    body: bytes


def encode(kind: int, *parts: bytes) -> bytes:
    """One frame: 4 bytes big-endian body length, 1 byte kind (0-255), the body's parts joined."""
    size = sum(map(len, parts))
    if size > MAX_BODY_BYTES:
        raise WireError(f"a frame of {size} bytes is over the limit of {MAX_BODY_BYTES}")
    return b"".join((size.to_bytes(4, "big"), bytes((kind,)), *parts))


class Decoder:
    """Cuts a byte stream into frames, wherever the reads happened to end."""

    def __init__(self, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._buffer = bytearray()
        self._max_body_bytes = max_body_bytes

    def feed(self, data: bytes) -> list[Frame]:
        """The frames completed by `data`. Raises `WireError` for a length over the limit."""
        self._buffer += data
        frames: list[Frame] = []
        position = 0
        while (frame := self._frame_at(position)) is not None:
            frames.append(frame)
            position += HEADER_BYTES + len(frame.body)
        if position:
            del self._buffer[:position]
        return frames

    def _frame_at(self, position: int) -> Frame | None:
        if len(self._buffer) - position < HEADER_BYTES:
            return None
        size = int.from_bytes(self._buffer[position : position + 4], "big")
        if size > self._max_body_bytes:
            raise WireError(f"a frame of {size} bytes is over the limit of {self._max_body_bytes}")
        start = position + HEADER_BYTES
        if len(self._buffer) - start < size:
            return None
        return Frame(self._buffer[position + 4], bytes(memoryview(self._buffer)[start : start + size]))
