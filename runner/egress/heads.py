"""Reads the head of an HTTP/1.1 request, strictly: what two servers could understand differently is refused."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

MAX_HEAD_BYTES = 32 * 1024
MAX_CHUNK_LINE_BYTES = 4096
END = b"\r\n\r\n"
HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"proxy-authorization",
        b"proxy-authenticate",
        b"te",
        b"upgrade",
    )
)
_REQUEST_LINE = re.compile(rb"([A-Za-z0-9!#$%&'*+.^_`|~-]+) ([\x21-\x7e]+) (HTTP/1\.[01])")
_FIELD = re.compile(rb"([A-Za-z0-9!#$%&'*+.^_`|~-]+):(.*)")
_LONE = re.compile(rb"(?<!\r)\n|\r(?=[^\n])|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(;[^\x00-\x08\x0a-\x1f]*)?")


class BadRequest(Exception):
    """No request that one can pass on safely; the text says why."""


@dataclass(frozen=True, slots=True)
class Head:
    """Method, target and version as they were sent; header fields in their order."""

    method: bytes
    target: bytes
    version: bytes
    fields: tuple[tuple[bytes, bytes], ...]

    def values(self, name: bytes) -> list[bytes]:
        return [value for each, value in self.fields if each.lower() == name]

    def end_to_end(self) -> list[tuple[bytes, bytes]]:
        """The fields that are not about this one connection."""
        named = {token.strip().lower() for value in self.values(b"connection") for token in value.split(b",")}
        dropped = (HOP_BY_HOP | named) - {b"content-length", b"transfer-encoding"}
        return [(name, value) for name, value in self.fields if name.lower() not in dropped]

    def body(self) -> "Body":
        """What tells where the body ends. Raises `BadRequest` when that can be understood in two ways."""
        lengths, codings = self.values(b"content-length"), self.values(b"transfer-encoding")
        if codings:
            if lengths or self.version != b"HTTP/1.1" or [each.lower() for each in codings] != [b"chunked"]:
                raise BadRequest("The length of the body is said in more than one way.")
            return Chunked()
        if not lengths:
            return Sized(0)
        if len(lengths) > 1 or not re.fullmatch(rb"[0-9]{1,18}", lengths[0]):
            raise BadRequest("Content-Length is not one number.")
        return Sized(int(lengths[0]))


class Buffer:
    """Collects what arrives until it holds a whole head."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> tuple[Head, bytes] | None:
        """The head and what came after it; None while it is not complete. Raises `BadRequest`."""
        seen = max(0, len(self._data) - len(END))
        self._data += data
        end = self._data.find(END, seen)
        lone = _LONE.search(self._data, seen, end if end >= 0 else len(self._data))
        if lone is not None:
            raise BadRequest("The head holds a line end or a control character where none may be.")
        if end > MAX_HEAD_BYTES or (end < 0 and len(self._data) > MAX_HEAD_BYTES):
            raise BadRequest(f"The head is longer than {MAX_HEAD_BYTES} bytes.")
        if end < 0:
            return None
        return parse(bytes(self._data[:end])), bytes(self._data[end + len(END) :])


def parse(text: bytes) -> Head:
    """A head without its last empty line. Raises `BadRequest`."""
    first, *lines = text.split(b"\r\n")
    request = _REQUEST_LINE.fullmatch(first)
    if request is None:
        raise BadRequest("This is no request of HTTP/1.1.")
    fields: list[tuple[bytes, bytes]] = []
    for line in lines:
        field = _FIELD.fullmatch(line)
        if field is None:
            raise BadRequest("A header field is malformed.")
        fields.append((field[1], field[2].strip(b" \t")))
    return Head(request[1], request[2], request[3], tuple(fields))


def encode(*first: bytes, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A whole head: the three parts of its first line, and its fields."""
    return b"\r\n".join((b" ".join(first), *(b"%s: %s" % field for field in fields))) + END


class Body(Protocol):
    """Knows where a request ends, so that nothing after it is taken for another one that we have looked at."""

    done: bool

    def feed(self, data: bytes) -> bytes:
        """That part of `data` which belongs to the request. Raises `BadRequest`."""
        ...


class Endless:
    """A tunnel's bytes: all of them."""

    done = False

    def feed(self, data: bytes) -> bytes:
        return data


class Sized:
    """A body of known length."""

    def __init__(self, size: int) -> None:
        self._left = size
        self.done = not size

    def feed(self, data: bytes) -> bytes:
        taken = data[: self._left] if len(data) > self._left else data
        self._left -= len(taken)
        self.done = not self._left
        return taken


class Chunked:
    """A body in chunks, which is passed on as it is once its framing has been understood."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._left = 0  # of the present chunk's data
        self._expects: Callable[[bytes], None] = self._on_size
        self.done = False

    def feed(self, data: bytes) -> bytes:
        position = 0
        while position < len(data) and not self.done:
            if self._left:
                taken = min(self._left, len(data) - position)
                self._left -= taken
                position += taken
            else:
                position += self._read_line(data, position)
        return data if position == len(data) else data[:position]

    def _read_line(self, data: bytes, position: int) -> int:
        end = data.find(b"\n", position)
        taken = (end + 1 if end >= 0 else len(data)) - position
        if len(self._line) + taken > MAX_CHUNK_LINE_BYTES:
            raise BadRequest("A line between chunks is too long.")
        self._line += data[position : position + taken]
        if end >= 0:
            line = bytes(self._line)
            self._line.clear()
            if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
                raise BadRequest("A line between chunks does not end as it should.")
            self._expects(line[:-2])
        return taken

    def _on_size(self, line: bytes) -> None:
        size = _CHUNK.fullmatch(line)
        if size is None:
            raise BadRequest("A chunk has no size.")
        self._left = int(size[1], 16)
        self._expects = self._on_chunk_end if self._left else self._on_trailer

    def _on_chunk_end(self, line: bytes) -> None:
        if line:
            raise BadRequest("A chunk does not end where it says.")
        self._expects = self._on_size

    def _on_trailer(self, line: bytes) -> None:
        if line and _FIELD.fullmatch(line) is None:
            raise BadRequest("A trailer field is malformed.")
        self.done = not line
