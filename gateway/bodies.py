"""Requests' bodies: held whole, because a call is metered by what it asks for, in memory that is bounded over all."""

import asyncio
import json
import uuid
import zlib
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from gateway.refusals import Refusal

MAX_BYTES = 64 * 1024 * 1024  # one body, packed or not
MAX_HELD_BYTES = 256 * 1024 * 1024  # all that this process holds at a time
MAX_HELD_OF_ONE = 128 * 1024 * 1024  # and of one session, so that the others have room
WAIT_S = 5.0
LARGE_BYTES = 1024 * 1024
MAX_PARTS = 2_000_000  # a body of nothing but brackets would be read into gigabytes
PIECE_BYTES = 256 * 1024


class Room:
    """The memory that bodies may take; who finds none waits a little."""

    def __init__(self) -> None:
        self._held = 0
        self._held_of: Counter[uuid.UUID] = Counter()
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self, session_id: uuid.UUID, size: int) -> None:
        """Raises `Refusal` (503) when there is no room for too long."""
        if self._fits(session_id, size):
            self._add(session_id, size)
            return
        try:
            async with asyncio.timeout(WAIT_S):
                while not self._fits(session_id, size):
                    freed = asyncio.get_running_loop().create_future()
                    self._waiting.append(freed)
                    await freed
        except TimeoutError:
            raise Refusal(503, "too many large requests at once, try again soon", retry_after_s=2) from None
        self._add(session_id, size)

    def give_back(self, session_id: uuid.UUID, size: int) -> None:
        self._add(session_id, -size)
        if not self._held_of[session_id]:
            del self._held_of[session_id]
        while self._waiting:
            if not (freed := self._waiting.popleft()).done():
                freed.set_result(None)

    def _fits(self, session_id: uuid.UUID, size: int) -> bool:
        return self._held + size <= MAX_HELD_BYTES and self._held_of[session_id] + size <= MAX_HELD_OF_ONE

    def _add(self, session_id: uuid.UUID, size: int) -> None:
        self._held += size
        self._held_of[session_id] += size


class Body:
    """One request's body in the room that it takes; `drop` frees both."""

    def __init__(self, room: Room, session_id: uuid.UUID) -> None:
        self._room, self._session_id = room, session_id
        self._pieces: list[bytes] = []
        self._size = 0

    async def add(self, piece: bytes) -> None:
        if self._size + len(piece) > MAX_BYTES:
            raise too_large()
        await self._room.take(self._session_id, len(piece))
        self._size += len(piece)
        self._pieces.append(piece)

    def __len__(self) -> int:
        return self._size

    @property
    def whole(self) -> bytes:
        if len(self._pieces) != 1:
            self._pieces = [b"".join(self._pieces)]
        return self._pieces[0]

    async def become(self, data: bytes) -> None:
        """Hold something else from now on."""
        self.drop()
        await self.add(data)

    def drop(self) -> None:
        self._room.give_back(self._session_id, self._size)
        self._pieces, self._size = [], 0


def too_large() -> Refusal:
    return Refusal(413, f"the request is over {MAX_BYTES // 1024 // 1024} MiB")


async def pieces(data: bytes) -> AsyncIterator[memoryview]:
    """A large body in pieces, so that sending it holds up nobody else."""
    view = memoryview(data)
    for start in range(0, len(data), PIECE_BYTES):
        yield view[start : start + PIECE_BYTES]


@dataclass(frozen=True, slots=True)
class Content:
    """What a body says: its JSON object, and the text of it, which is the body itself unless that was packed."""

    text: bytes
    said: Mapping[str, Any]


class Contents:
    """Reads what bodies say, the large ones one after another: together they could fill the memory."""

    def __init__(self) -> None:
        self._large = ThreadPoolExecutor(1, thread_name_prefix="large-bodies")

    async def read(self, data: bytes, encodings: bytes) -> Content:
        """Raises `Refusal` (400, 413, 415) for anything but a JSON object: what can't be read is not served."""
        named = [name for part in encodings.split(b",") if (name := part.strip().lower()) not in (b"", b"identity")]
        if named and named not in ([b"gzip"], [b"x-gzip"]):
            raise Refusal(415, "send the request as it is or with gzip; AGTerm can't meter other encodings")
        if not named and len(data) <= LARGE_BYTES:
            return _read(data, is_packed=False)
        reading = partial(_read, data, is_packed=bool(named))
        return await asyncio.get_running_loop().run_in_executor(self._large, reading)


def _read(data: bytes, *, is_packed: bool) -> Content:
    text = _unzipped(data) if is_packed else data
    return Content(text, _parsed(text))


def _unzipped(data: bytes) -> bytes:
    unpacking = zlib.decompressobj(31)
    try:
        plain = unpacking.decompress(data, MAX_BYTES + 1)
    except zlib.error:
        raise Refusal(400, "the request is no gzip, though it says so") from None
    if len(plain) > MAX_BYTES:
        raise too_large()
    if not unpacking.eof or unpacking.unused_data:
        raise Refusal(400, "the request is not one whole gzip")
    return plain


def _parsed(data: bytes) -> Mapping[str, Any]:
    if len(data) > LARGE_BYTES and sum(data.count(mark) for mark in (b",", b"[", b"{")) > MAX_PARTS:
        raise Refusal(413, "the request has too many parts")
    try:
        said = orjson.loads(data)
    except ValueError:
        said = _parsed_kindly(data)
    if not isinstance(said, dict):
        raise Refusal(400, "the request is no JSON object, so AGTerm can't meter it")
    return said


def _parsed_kindly(data: bytes) -> Any:
    """As providers do, who take half a character that a CLI cut through."""
    try:
        return json.loads(data.decode())
    except (ValueError, RecursionError):
        raise Refusal(400, "the request is no JSON, so AGTerm can't meter it") from None
