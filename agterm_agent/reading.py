"""Reading files that somebody else may have put there: small regular ones only, and none by a link that leads away."""

import os
import stat
from pathlib import Path


class UnreadableError(Exception):
    """The file is there but is not read; the message says why, for people."""


def read_small(path: Path, limit_bytes: int, *, within: Path | None = None) -> tuple[str, bool] | None:
    """The file's text, and whether it is whole; None when there is no such file.

    At most `limit_bytes` are read. `within`: the folder that the file must lie in once all links are followed. Neither
    a pipe nor a device is waited for.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror}") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UnreadableError(f"{path} is no regular file")
        if within is not None and not _is_within(descriptor, path, within):
            raise UnreadableError(f"{path} leads out of {within}")
        with open(descriptor, "rb", closefd=False) as stream:
            data = stream.read(limit_bytes + 1)
    finally:
        os.close(descriptor)
    return data[:limit_bytes].decode(errors="replace"), len(data) <= limit_bytes


def _is_within(descriptor: int, path: Path, folder: Path) -> bool:
    """Where the opened file really lies, as the kernel says; it can't be exchanged in between."""
    try:
        real = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
    except OSError:
        real = path.resolve()
    return real.is_relative_to(folder.resolve())
