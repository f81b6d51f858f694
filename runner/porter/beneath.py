"""Opens what lies below a folder, and nothing else, whatever is renamed or linked meanwhile.

The kernel resolves a path in one go (`openat2`), never up, never over a link that leads out, never into another file
system; from then on there is only the descriptor. Where it has no such call, each step goes by the descriptor of the
folder before, and no link is taken at all.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence

from core.errors import InvalidRequest, PathOutsideWorkspace
from runner.porter import calls

MAX_PATH_BYTES, MAX_NAME_BYTES = 4000, 255
_RULES = calls.BENEATH | calls.NO_MAGIC_LINKS | calls.NO_XDEV
_STEP = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def parts(path: bytes) -> list[bytes]:
    """The names in a relative path; [] for the folder itself. Raises what the caller is to see for any other path."""
    if path.startswith(b"/") or b"\0" in path:
        raise PathOutsideWorkspace
    names = [name for name in path.split(b"/") if name not in (b"", b".")]
    if b".." in names:
        raise PathOutsideWorkspace
    if len(path) > MAX_PATH_BYTES or any(len(name) > MAX_NAME_BYTES for name in names):
        raise InvalidRequest("The path, or a name in it, is too long")
    return names


def open_at(folder: int, names: Sequence[bytes], flags: int, *, links: bool = True) -> int:
    """A descriptor of what is there; raises `OSError`. `links`: those that stay below `folder` are followed."""
    if not names:
        return os.open(b".", flags | os.O_CLOEXEC, dir_fd=folder)
    if not _MODERN:
        return _walked(folder, names, flags)
    rules = _RULES | (0 if links else calls.NO_LINKS)
    return calls.openat2(folder, b"/".join(names), flags, 0, rules)


def _walked(folder: int, names: Sequence[bytes], flags: int) -> int:
    device = os.fstat(folder).st_dev
    at = os.dup(folder)
    try:
        for position, name in enumerate(names):
            is_last = position == len(names) - 1
            step = os.open(name, (flags | os.O_NOFOLLOW | os.O_CLOEXEC) if is_last else _STEP, dir_fd=at)
            os.close(at)
            at = step
            found = os.fstat(at)
            if found.st_dev != device:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
            if stat.S_ISLNK(found.st_mode) and not flags & os.O_NOFOLLOW:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    except BaseException:
        os.close(at)
        raise
    return at


def reopened(descriptor: int, flags: int) -> int:
    """The very thing that an O_PATH descriptor holds, opened; nothing is resolved again. Raises `OSError`."""
    return os.open(f"/proc/self/fd/{descriptor}", flags | os.O_CLOEXEC)


def path_of(descriptor: int) -> bytes:
    """Where it is now."""
    return os.readlink(f"/proc/self/fd/{descriptor}".encode())


@contextlib.contextmanager
def held(descriptor: int) -> Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_modern() -> bool:
    try:
        os.close(calls.openat2(-100, b"/", os.O_PATH, 0, 0))
    except OSError:  # before Linux 5.6, or forbidden by a container's filter
        return False
    return True


_MODERN = _is_modern()
