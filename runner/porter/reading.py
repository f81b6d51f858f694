"""Carries a file's bytes to the caller: a whole small one at once, or any range of one however large."""

import codecs
import os
import stat
from typing import Any

from pydantic import Field

from core.errors import Conflict, InvalidRequest, TooLarge
from runner.porter import beneath, entries
from runner.porter.asked import At
from runner.porter.beneath import held
from runner.porter.conversation import MAX_DATA_BYTES, Conversation
from runner.porter.place import Place

MAX_WHOLE_BYTES = 64 * 1024 * 1024
MAX_OFFSET = 2**62
_ATTEMPTS = 3


class Read(At):
    max_bytes: int = Field(8 * 1024 * 1024, ge=0, le=MAX_WHOLE_BYTES)


class Download(At):
    """`if_etag`: only of this very version, else `Conflict`. `length` None: to the end."""

    offset: int = Field(0, ge=0, le=MAX_OFFSET)
    length: int | None = Field(None, ge=0, le=MAX_OFFSET)
    if_etag: str | None = Field(None, max_length=200)


def read(conversation: Conversation, place: Place, params: dict[str, Any]) -> None:
    """Reply: `{size, mtime, etag, isBinary}`, then all of the file, as it was at one moment."""
    asked = Read.of(params)
    with held(regular(place, asked.names)) as opened:
        data, found = _whole(opened, asked.max_bytes)
    conversation.reply(_facts(found) | {"size": len(data), "isBinary": _is_binary(data)})
    conversation.send(data)
    conversation.end()


def download(conversation: Conversation, place: Place, params: dict[str, Any]) -> None:
    """Reply: `{size, mtime, etag, offset, length}`, then these bytes; broken off when the file is cut meanwhile."""
    asked = Download.of(params)
    with held(regular(place, asked.names)) as opened:
        found = os.fstat(opened)
        if asked.if_etag is not None and asked.if_etag != entries.etag(found):
            raise Conflict("The file has changed", details={"etag": entries.etag(found)})
        offset = min(asked.offset, found.st_size)
        rest = found.st_size - offset
        length = rest if asked.length is None else min(asked.length, rest)
        conversation.reply(_facts(found) | {"offset": offset, "length": length})
        end = offset + length
        while offset < end:
            data = os.pread(opened, min(MAX_DATA_BYTES, end - offset), offset)
            if not data:
                return
            conversation.send(data)
            offset += len(data)
        conversation.end()


def regular(place: Place, names: list[bytes]) -> int:
    """A file, open to be read; raises `InvalidRequest` for what is none. No pipe or device is opened."""
    with held(place.open(names, os.O_PATH)) as found:
        check_regular(os.fstat(found))
        return beneath.reopened(found, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)


def check_regular(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise InvalidRequest("It is not a regular file")


def _whole(opened: int, max_bytes: int) -> tuple[bytes, os.stat_result]:
    """Read again when it was written to meanwhile; one that never rests is taken as it comes."""
    for _ in range(_ATTEMPTS):
        found = os.fstat(opened)
        if found.st_size > max_bytes:
            raise TooLarge("The file is too large to be read at once", details={"size": found.st_size})
        data = os.pread(opened, found.st_size, 0)
        if entries.etag(os.fstat(opened)) == entries.etag(found) and len(data) == found.st_size:
            break
    return data, found


def _facts(found: os.stat_result) -> dict[str, Any]:
    return {"size": found.st_size, "mtime": found.st_mtime, "etag": entries.etag(found)}


def _is_binary(data: bytes) -> bool:
    """It holds a zero, or is no UTF-8; decoded in pieces, since the interpreter decodes without a pause."""
    if b"\0" in data:
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), MAX_DATA_BYTES):
            decoder.decode(data[start : start + MAX_DATA_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return True
    return False
