"""Where a runner is: `unix:/absolute/path` today, other schemes when runners stand on other machines."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from core.errors import HostUnavailable


def socket_path(address: str) -> Path:
    """The path in a `unix:` address; raises `HostUnavailable` for any other scheme."""
    scheme, _, path = address.partition(":")
    if scheme != "unix" or not path.startswith("/"):
        raise HostUnavailable(f"This version reaches runners at unix:/path only, not at {address!r}")
    return Path(path)


@contextlib.contextmanager
def short_name(path: Path) -> Iterator[str]:
    """A name for the socket at `path` that fits the kernel's 107 bytes, however deep its folder lies."""
    if len(os.fsencode(path)) < 100:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def connect(address: str, timeout_s: float) -> socket.socket:
    """A connected socket; raises `OSError`, which callers turn into `HostUnavailable`."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout_s)
    try:
        with short_name(socket_path(address)) as name:
            connection.connect(name)
    except BaseException:
        connection.close()
        raise
    return connection
