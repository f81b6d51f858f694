"""What the runner and the processes that keep things say to each other, framed by `runner.wire`."""

import struct
from enum import IntEnum
from typing import Any, NamedTuple

import orjson

from runner import wire

_HEADER = struct.Struct(">IQd")
HEADER_BYTES = _HEADER.size


class Kind(IntEnum):
    """Both ways MESSAGE [JSON]; to the process also PIECE: what a program printed or somebody typed."""

    MESSAGE = 1
    OUTPUT = 2  # [4 bytes number of the session, 8 bytes offset, 8 bytes time, data]
    INPUT = 3  # as OUTPUT


class Piece(NamedTuple):
    """`at`: of the machine's monotonic clock."""

    number: int
    offset: int
    at: float
    data: bytes


def head(kind: Kind, number: int, offset: int, at: float, size: int) -> bytes:
    """What stands before the `size` bytes of data of a piece."""
    return (HEADER_BYTES + size).to_bytes(4, "big") + bytes((kind,)) + _HEADER.pack(number, offset, at)


def piece(body: bytes) -> Piece:
    number, offset, at = _HEADER.unpack_from(body)
    return Piece(number, offset, at, body[HEADER_BYTES:])


def message(value: Any) -> bytes:
    return wire.encode(Kind.MESSAGE, orjson.dumps(value))
