"""What is in a folder: its entries page by page, and the facts of one of them."""

import base64
import contextlib
import hashlib
import heapq
import os
import stat
import time
from collections.abc import Iterator
from typing import Any

from pydantic import Field

from core.errors import InvalidRequest, TooLarge
from runner.porter import beneath
from runner.porter.asked import At, as_bytes, shown
from runner.porter.beneath import held
from runner.porter.conversation import Conversation
from runner.porter.place import Place

MAX_ENTRIES = 5000
MAX_PAGE_BYTES = 4 * 1024 * 1024  # of names and targets, so that any page fits into a reply
TIME_LIMIT_S = 20.0
_TYPES = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}
_Key = tuple[bool, bytes]  # folders first, then by name


class Listing(At):
    hidden: bool = True
    limit: int = Field(1000, ge=1, le=MAX_ENTRIES)
    cursor: str | None = Field(None, max_length=1000)


def listing(conversation: Conversation, place: Place, params: dict[str, Any]) -> None:
    """Reply: `{path, entries, truncated, nextCursor}`. However many there are, only a page of them is held."""
    asked = Listing.of(params)
    after = _key_of(asked.cursor)
    with held(folder(place, asked.names)) as opened:
        keys = (key for key in _keys(opened, asked.hidden) if after is None or key > after)
        page = heapq.nsmallest(asked.limit + 1, keys)
        found, count = _page(place, opened, page[: asked.limit])
    is_cut = len(page) > count
    conversation.reply({
        "path": asked.path,
        "entries": found,
        "truncated": is_cut,
        "nextCursor": _cursor_of(page[count - 1]) if is_cut else None,
    })  # fmt: skip


def _page(place: Place, opened: int, keys: list[_Key]) -> tuple[list[dict[str, Any]], int]:
    """The entries, and how many of the keys they are for: fewer where names and targets are very long."""
    found, size = list[dict[str, Any]](), 0
    for count, (_, name) in enumerate(keys, 1):
        if (each := _entry(place, opened, name)) is not None:
            found.append(each)
            size += len(name) + len(each.get("target", ""))
        if size > MAX_PAGE_BYTES:
            return found, count
    return found, len(keys)


def facts(conversation: Conversation, place: Place, params: dict[str, Any]) -> None:
    """Reply: the entry, and its etag. A link is told of as a link."""
    names = At.of(params).names
    with held(place.open(names, os.O_PATH | os.O_NOFOLLOW)) as opened:
        found = os.fstat(opened)
        said = entry(names[-1] if names else b"", found)
        if stat.S_ISLNK(found.st_mode):
            said["target"] = os.readlink(b"", dir_fd=opened).decode(errors="replace")
    conversation.reply(said | {"etag": etag(found)})


def folder(place: Place, names: list[bytes]) -> int:
    """A descriptor that can be listed; raises `InvalidRequest` for what is no folder."""
    with held(place.open(names, os.O_PATH)) as opened:
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            raise InvalidRequest("It is not a folder")
        return beneath.reopened(opened, os.O_RDONLY | os.O_DIRECTORY)


def entry(name: bytes, found: os.stat_result) -> dict[str, Any]:
    return {
        **shown(name),
        "type": type_of(found),
        "size": found.st_size,
        "mtime": found.st_mtime,
        "mode": stat.S_IMODE(found.st_mode),
    }


def type_of(found: os.stat_result) -> str:
    return _TYPES.get(stat.S_IFMT(found.st_mode), "device")


def etag(found: os.stat_result) -> str:
    """Another one after every change of content, name or rights."""
    what = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    return hashlib.blake2b(repr(what).encode(), digest_size=16).hexdigest()


def _keys(opened: int, with_hidden: bool) -> Iterator[_Key]:
    deadline = time.monotonic() + TIME_LIMIT_S
    with os.scandir(opened) as found:
        for count, each in enumerate(found):
            if count % 1024 == 0 and time.monotonic() > deadline:
                raise TooLarge("The folder has too many entries to be listed")
            name = os.fsencode(each.name)
            if with_hidden or not name.startswith(b"."):
                yield not each.is_dir(follow_symlinks=False), name


def _entry(place: Place, opened: int, name: bytes) -> dict[str, Any] | None:
    """None for what is gone by now, and for what is hidden."""
    try:
        found = os.stat(name, dir_fd=opened, follow_symlinks=False)
    except OSError:
        return None
    if stat.S_ISDIR(found.st_mode) and place.is_hidden(found):
        return None
    said = entry(name, found)
    if stat.S_ISLNK(found.st_mode):
        with contextlib.suppress(OSError):
            said["target"] = os.readlink(name, dir_fd=opened).decode(errors="replace")
    return said


def _cursor_of(key: _Key) -> str:
    return base64.urlsafe_b64encode((b"1" if key[0] else b"0") + key[1]).decode()


def _key_of(cursor: str | None) -> _Key | None:
    if cursor is None:
        return None
    said = as_bytes("", cursor.translate({ord("-"): "+", ord("_"): "/"}))
    if said[:1] not in (b"0", b"1"):
        raise InvalidRequest("cursor: not one of ours")
    return said[:1] == b"1", said[1:]
