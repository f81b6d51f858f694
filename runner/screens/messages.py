"""What the pool and its worker say to each other, as frames of `runner.wire`. A screen is a number here."""

import json
import struct
from collections.abc import Iterable
from enum import IntEnum
from typing import Any, Literal, get_args

from core.errors import InternalError
from runner import wire

Engine = Literal["ghostty", "avt"]
ENGINES: tuple[Engine, ...] = get_args(Engine)  # in the order in which a screen falls back

_OPEN = struct.Struct(">IHHIB")
_RESIZE = struct.Struct(">IHH")
_REQUEST = struct.Struct(">IIII")
_FED = struct.Struct(">IQ")
_CHECKPOINT = struct.Struct(">IQHH")
_NUMBER = struct.Struct(">I")


class Kind(IntEnum):
    """To the worker below 32, from it above."""

    OPEN = 1
    FEED = 2
    REPLAY = 3
    RESIZE = 4
    REPAINT = 5
    TEXT = 6
    CLOSE = 7
    PAINT = 8
    SNAPSHOT = 9
    LINES = 10
    JOINED = 11
    READY = 32
    BEGUN = 33
    FED = 34
    REPLY = 35
    TITLE = 36
    RESULT = 37
    FAILED = 38
    CHECKPOINT = 39


def open_screen(screen: int, cols: int, rows: int, scrollback: int, engine: Engine) -> bytes:
    return wire.encode(Kind.OPEN, _OPEN.pack(screen, cols, rows, scrollback, ENGINES.index(engine)))


def parse_open(body: bytes) -> tuple[int, int, int, int, Engine]:
    """(screen, cols, rows, scrollback, engine)"""
    screen, cols, rows, scrollback, engine = _OPEN.unpack(body)
    return screen, cols, rows, scrollback, ENGINES[engine]


def resize(screen: int, cols: int, rows: int) -> bytes:
    return wire.encode(Kind.RESIZE, _RESIZE.pack(screen, cols, rows))


def parse_resize(body: bytes) -> tuple[int, int]:
    """(cols, rows)"""
    _, cols, rows = _RESIZE.unpack(body)
    return cols, rows


def request(kind: Kind, screen: int, number: int, history: int, skip: int = 0) -> bytes:
    """Ask for a REPAINT, TEXT, SNAPSHOT or LINES; the answer is a RESULT or FAILED with the same number.

    `history`: lines above the screen (of LINES: how many); `skip`: lines left out at the end (of LINES only).
    """
    return wire.encode(kind, _REQUEST.pack(screen, number, history, skip))


def parse_request(body: bytes) -> tuple[int, int, int]:
    """(number, history, skip)"""
    _, number, history, skip = _REQUEST.unpack(body)
    return number, history, skip


def json_result(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(errors="replace")


def parse_json_result(body: bytes, names: Iterable[str]) -> dict[str, Any]:
    """The object, if it has just these members, else `InternalError`: what a worker says may be anything."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict) or value.keys() != set(names):
        raise InternalError("The screen worker answered nonsense")
    return value


def fed(screen: int, count: int) -> bytes:
    """Confirm `count` bytes since the screen was opened; everything the worker has to say about them went before."""
    return wire.encode(Kind.FED, _FED.pack(screen, count))


def parse_fed(body: bytes) -> tuple[int, int]:
    """(screen, count)"""
    screen, count = _FED.unpack(body)
    return screen, count


def checkpoint(screen: int, count: int, cols: int, rows: int, packed: bytes) -> bytes:
    """What can be fed (as PAINT) in place of the first `count` bytes to a screen opened at that size."""
    return wire.encode(Kind.CHECKPOINT, _CHECKPOINT.pack(screen, count, cols, rows), packed)


def parse_checkpoint(body: bytes) -> tuple[int, int, int, int, bytes]:
    """(screen, count, cols, rows, packed)"""
    screen, count, cols, rows = _CHECKPOINT.unpack_from(body)
    return screen, count, cols, rows, body[_CHECKPOINT.size :]


def numbered(kind: Kind, number: int, rest: bytes = b"") -> bytes:
    """The messages that are a number (screen or request) and perhaps bytes."""
    return wire.encode(kind, _NUMBER.pack(number), rest)


def parse_number(body: bytes) -> int:
    return int.from_bytes(body[:4], "big")


def parse_numbered(body: bytes) -> tuple[int, bytes]:
    """(number, rest)"""
    return parse_number(body), body[4:]
