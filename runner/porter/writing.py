"""Writes a file that is either the old one or the whole new one, for every reader and after every crash.

The bytes go into a file without a name, which the kernel drops with the last descriptor of it, and get the name once
they are on the disk. Where a file is replaced there is, for the moment between two system calls, a second name; the
next writer of the same file takes away what a crash left of it.
"""

import contextlib
import errno
import hashlib
import os
import stat
import threading
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from core.errors import AgtermError, Conflict, InvalidRequest, StorageFull, TooLarge
from runner.porter import calls, entries, reading
from runner.porter.asked import At
from runner.porter.beneath import held
from runner.porter.conversation import Conversation
from runner.porter.place import Place

NEW_MODE = 0o644
_TEMPORARY = ".agterm-{}.part"
_NO_NAMELESS = (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT)  # what file systems without O_TMPFILE say
_ATTEMPTS = 5
_LOCKS = [threading.Lock() for _ in range(64)]


class Write(At):
    """`if_match`: the file must be this version; `if_none_match` "*": there must be none. `size`: what is to come."""

    if_match: str | None = Field(None, max_length=200)
    if_none_match: Literal["*"] | None = None
    create_parents: bool = False
    size: int | None = Field(None, ge=0)
    max_bytes: int = Field(1024 * 1024 * 1024, ge=0)


def write(conversation: Conversation, place: Place, params: dict[str, Any]) -> None:
    """Takes the file's bytes; reply: `{size, etag, created}`. No file is changed unless all of them came."""
    asked = Write.of(params)
    if asked.size is not None and asked.size > asked.max_bytes:
        raise _too_large(asked)
    folder, name = place.parent(asked.names, make=asked.create_parents)
    with held(folder):
        before = _checked(folder, name, asked)
        _check_room(folder, asked.size or 0)
        with _nameless(folder, name) as (opened, fresh):
            size = _received(conversation, opened, asked)
            os.fchmod(opened, NEW_MODE if before is None else stat.S_IMODE(before.st_mode) & 0o777)
            os.fsync(opened)
            with _lock_of(folder, name):
                created = _published(opened, fresh, folder, name, asked)
            etag = entries.etag(os.fstat(opened))
        _sync(folder)
    conversation.reply({"size": size, "etag": etag, "created": created})


def _checked(folder: int, name: bytes, asked: Write) -> os.stat_result | None:
    """The file that is there, if any; raises when it is none to be replaced, or not the one that is expected."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        if asked.if_match is not None:
            raise Conflict("The file is gone", details={"etag": None}) from None
        return None
    if stat.S_ISLNK(found.st_mode):
        raise Conflict("It is a symlink; write to what it leads to")
    if stat.S_ISDIR(found.st_mode):
        raise Conflict("It is a folder")
    reading.check_regular(found)
    etag = entries.etag(found)
    if asked.if_none_match is not None:
        raise Conflict("The file exists already", details={"etag": etag})
    if asked.if_match not in (None, etag):
        raise Conflict("The file has changed", details={"etag": etag})
    return found


def _check_room(folder: int, size: int) -> None:
    found = os.fstatvfs(folder)
    if size > found.f_bavail * found.f_frsize:
        raise StorageFull


def _received(conversation: Conversation, opened: int, asked: Write) -> int:
    size = 0
    for data in conversation.receive():
        size += len(data)
        if size > asked.max_bytes:
            raise _too_large(asked)
        view = memoryview(data)
        while view:
            view = view[os.write(opened, view) :]
    if asked.size not in (None, size):
        raise InvalidRequest(f"{asked.size} bytes were announced, {size} came")
    return size


def _too_large(asked: Write) -> AgtermError:
    return TooLarge("The file is too large", details={"maxBytes": asked.max_bytes})


@contextlib.contextmanager
def _nameless(folder: int, name: bytes) -> Iterator[tuple[int, bytes | None]]:
    """A new file, open to be written, and the name that it has where the file system knows no nameless ones."""
    fresh = None
    try:
        opened = os.open(b".", os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600, dir_fd=folder)
    except OSError as error:
        if error.errno not in _NO_NAMELESS:
            raise
        fresh = _temporary(name + os.urandom(8))
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder)
    try:
        yield opened, fresh
    finally:
        os.close(opened)
        if fresh is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(fresh, dir_fd=folder)


def _published(opened: int, fresh: bytes | None, folder: int, name: bytes, asked: Write) -> bool:
    """Whether there was none before; looked at again when a program of the session makes one at this very moment."""
    for _ in range(_ATTEMPTS):
        is_new = _checked(folder, name, asked) is None
        with contextlib.suppress(FileExistsError):
            _publish(opened, fresh, folder, name, replaces=not is_new)
            return is_new
    raise Conflict("The file is made and removed again and again; try later")


def _publish(opened: int, fresh: bytes | None, folder: int, name: bytes, *, replaces: bool) -> None:
    """Raises `FileExistsError` when somebody else has made the file meanwhile that was not there."""
    source = f"/proc/self/fd/{opened}".encode()
    if fresh is None and not replaces:
        os.link(source, name, dst_dir_fd=folder, follow_symlinks=True)
        return
    temporary = fresh or _temporary(name)
    if fresh is None:
        try:
            os.link(source, temporary, dst_dir_fd=folder, follow_symlinks=True)
        except FileExistsError:  # from before a crash: nobody else publishes this file now
            os.unlink(temporary, dir_fd=folder)
            os.link(source, temporary, dst_dir_fd=folder, follow_symlinks=True)
    try:
        if replaces:
            os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        else:
            calls.rename(folder, temporary, folder, name, flags=calls.NO_REPLACE)
    except BaseException:
        os.unlink(temporary, dir_fd=folder)
        raise


def _temporary(name: bytes) -> bytes:
    return _TEMPORARY.format(hashlib.blake2b(name, digest_size=8).hexdigest()).encode()


def _lock_of(folder: int, name: bytes) -> threading.Lock:
    """One publishes a file at a time, so that of two with the same `if_match` one is refused."""
    found = os.fstat(folder)
    return _LOCKS[hash((found.st_dev, found.st_ino, name)) % len(_LOCKS)]


def _sync(folder: int) -> None:
    """The name is on the disk, too; a folder that its owner can't read does without."""
    with contextlib.suppress(OSError), held(os.open(b".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder)) as opened:
        os.fsync(opened)
