"""Packs a folder while it is sent: nothing is kept, links are packed as links, and whatever is no file is left out.

What is too much is refused before the first byte. Where a file is cut while it is packed the stream breaks off, so that
nobody takes half an archive for a whole one.
"""

import io
import os
import re
import stat
import tarfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Literal

from core.errors import Conflict, TooLarge
from runner.porter import beneath, entries
from runner.porter.asked import At
from runner.porter.beneath import held
from runner.porter.conversation import MAX_DATA_BYTES, Conversation
from runner.porter.place import Place
from runner.porter.walking import Found, walk

MAX_ENTRIES = 200_000
MAX_BYTES = 32 * 1024 * 1024 * 1024
MAX_PATH_BYTES = 64 * 1024 * 1024  # of all paths together: a zip's are kept until its end
LOOK_LIMIT_S = 20.0
PACK_LIMIT_S = 4 * 3600.0
_COMPRESSION = 1  # the line is mostly faster than a better one
_FIRST_S, _LAST_S = 315_532_800, 4_354_819_198  # 1980 to 2107, all that zip can say
_LARGE_BYTES = 1024 * 1024 * 1024
_SHOWN_MODE = 0o170777  # what it is, and who may what
_BLOCK_BYTES, _RECORD_BYTES = 512, 10_240
# What other systems would take for something else; and "%" itself, so that no two names become the same: what is in a
# folder must not come to lie behind a link.
_NOT_ELSEWHERE = re.compile(rb'[%\\:*?"<>|\x00-\x1f]|[. ](?=/|$)')


class Archive(At):
    format: Literal["zip", "tar", "tar.gz"]
    hidden: bool = True


def archive(conversation: Conversation, place: Place, params: dict[str, Any]) -> None:
    """Reply: `{name, entries, bytes}` (as they were when it began), then the archive. Raises `TooLarge`."""
    asked = Archive.of(params)
    name = asked.names[-1] if asked.names else os.path.basename(place.path)
    with held(entries.folder(place, asked.names)) as top:
        facts = _looked(walk(place, top, hidden=asked.hidden, deadline=time.monotonic() + LOOK_LIMIT_S))
        shown = name.decode(errors="replace") or "files"
        conversation.reply(facts | {"name": f"{shown}.{asked.format}"})
        found = walk(place, top, hidden=asked.hidden, deadline=time.monotonic() + PACK_LIMIT_S)
        out = _Out(conversation, compressed=asked.format == "tar.gz")
        pack = _zip if asked.format == "zip" else _tar
        pack(out, _bounded(found), (name or b"files") + b"/")
        out.finish()
    conversation.end()


def _looked(found: Iterator[Found]) -> dict[str, int]:
    count = size = names = 0
    for each in found:
        count += 1
        names += len(each.path)
        size += each.facts.st_size if stat.S_ISREG(each.facts.st_mode) else 0
        if count > MAX_ENTRIES or size > MAX_BYTES or names > MAX_PATH_BYTES:
            raise TooLarge(
                "There is too much in the folder for one archive",
                details={"maxEntries": MAX_ENTRIES, "maxBytes": MAX_BYTES},
            )
    return {"entries": count, "bytes": size}


def _bounded(found: Iterator[Found]) -> Iterator[Found]:
    """What is packed, again no more than may be: it may have become more since."""
    names = 0
    for count, each in enumerate(found):
        names += len(each.path)
        if count > MAX_ENTRIES or names > MAX_PATH_BYTES:
            raise TooLarge
        if each.is_folder or stat.S_ISREG(each.facts.st_mode) or stat.S_ISLNK(each.facts.st_mode):
            yield each


class _Out(io.RawIOBase):
    """What is packed, on its way to the caller, in pieces worth a frame."""

    def __init__(self, conversation: Conversation, *, compressed: bool) -> None:
        self._conversation = conversation
        self._waiting = bytearray()
        self._compressor = zlib.compressobj(_COMPRESSION, wbits=31) if compressed else None

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        self._waiting += view if self._compressor is None else self._compressor.compress(view)
        if len(self._waiting) >= MAX_DATA_BYTES:
            self._pass_on()
        return len(view)

    def finish(self) -> None:
        if self._compressor is not None:
            self._waiting += self._compressor.flush()
        self._pass_on()

    def _pass_on(self) -> None:
        self._conversation.send(memoryview(self._waiting))
        self._waiting = bytearray()


def _tar(out: _Out, found: Iterator[Found], above: bytes) -> None:
    """Block by block: the standard library's writer would look a file's owner up, and keep a list of all members."""
    sent = 0
    for each in found:
        info = tarfile.TarInfo(os.fsdecode(above + each.path))
        info.mode, info.mtime = stat.S_IMODE(each.facts.st_mode) & 0o777, max(0, int(each.facts.st_mtime))
        if each.is_folder:
            info.type = tarfile.DIRTYPE
        elif stat.S_ISLNK(each.facts.st_mode):
            info.type, info.linkname = tarfile.SYMTYPE, os.fsdecode(_target(each))
        else:
            sent += _tar_file(out, info, each)
            continue
        sent += out.write(info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))
    sent += out.write(bytes(2 * _BLOCK_BYTES))
    out.write(bytes(-sent % _RECORD_BYTES))


def _tar_file(out: _Out, info: tarfile.TarInfo, each: Found) -> int:
    """How many bytes of archive it became."""
    if (opened := _opened(each)) is None:
        return 0
    with held(opened):
        info.size = os.fstat(opened).st_size
        sent = out.write(info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))
        for data in _content(opened, info.size):
            sent += out.write(data)
    return sent + out.write(bytes(-info.size % _BLOCK_BYTES))


def _zip(out: _Out, found: Iterator[Found], above: bytes) -> None:
    with zipfile.ZipFile(out, "w") as packed:
        for each in found:
            date = time.gmtime(min(max(each.facts.st_mtime, _FIRST_S), _LAST_S))[:6]
            info = zipfile.ZipInfo(_portable(above + each.path) + "/" * each.is_folder, date)
            info.create_system = 3  # Unix, so that the mode counts
            info.external_attr = (each.facts.st_mode & _SHOWN_MODE) << 16
            if each.is_folder:
                packed.writestr(info, b"")
            elif stat.S_ISLNK(each.facts.st_mode):
                packed.writestr(info, _target(each))
            else:
                _zip_file(packed, info, each)


def _zip_file(packed: zipfile.ZipFile, info: zipfile.ZipInfo, each: Found) -> None:
    if (opened := _opened(each)) is None:
        return
    with held(opened):
        size = os.fstat(opened).st_size
        info.compress_type = zipfile.ZIP_DEFLATED
        with packed.open(info, "w", force_zip64=size > _LARGE_BYTES) as member:
            for data in _content(opened, size):
                member.write(data)


def _opened(each: Found) -> int | None:
    """The very file that was seen; None for one that is gone, closed to us, or something else by now."""
    try:
        with held(beneath.open_at(each.folder, [each.name], os.O_PATH | os.O_NOFOLLOW, links=False)) as seen:
            if not stat.S_ISREG(os.fstat(seen).st_mode):
                return None
            return beneath.reopened(seen, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return None


def _content(opened: int, size: int) -> Iterator[bytes]:
    """As many bytes as were promised. Raises `Conflict` when there are fewer by now."""
    offset = 0
    while offset < size:
        data = os.pread(opened, min(MAX_DATA_BYTES, size - offset), offset)
        if not data:
            raise Conflict("A file was cut while it was packed")
        offset += len(data)
        yield data


def _target(each: Found) -> bytes:
    try:
        return os.readlink(each.name, dir_fd=each.folder)
    except OSError:  # gone by now
        return b""


def _portable(path: bytes) -> str:
    """A name that every system takes for the same one; what is no UTF-8, or has a meaning elsewhere, as %XX."""
    safe = _NOT_ELSEWHERE.sub(lambda found: b"%%%02X" % ord(found[0]), path)
    return "".join(f"%{ord(c) - 0xDC00:02X}" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in os.fsdecode(safe))
