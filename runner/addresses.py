"""Where a runner is: `unix:/absolute/path` today, other schemes when runners stand on other machines."""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from core.errors import HostUnavailable

FULL_PAUSE_S = 0.01


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


def listen_at(path: Path) -> socket.socket:
    """A listening socket at `path`, mode 0600, in place of what a dead process left there; it does not block."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        with short_name(path) as address:
            listener.bind(address)
    finally:
        os.umask(before)
    listener.listen(1024)
    listener.setblocking(False)
    return listener


def connect(address: str, timeout_s: float) -> socket.socket:
    """A connected socket; raises `OSError`, which callers turn into `HostUnavailable`.

    Where too many wait already to be let in, we wait too: the kernel refuses one that would not block at once.
    """
    deadline = time.monotonic() + timeout_s
    while (connection := _attempt(address, deadline)) is None:
        time.sleep(FULL_PAUSE_S)
    connection.settimeout(timeout_s)
    return connection


async def connect_async(address: str, timeout_s: float) -> socket.socket:
    """As `connect`, waiting on the event loop; the socket does not block."""
    deadline = time.monotonic() + timeout_s
    while (connection := _attempt(address, deadline)) is None:  # noqa: ASYNC110 - the kernel has no event for it
        await asyncio.sleep(FULL_PAUSE_S)
    return connection


def _attempt(address: str, deadline: float) -> socket.socket | None:
    """A connected socket that does not block; None while the door is crowded and the deadline is not over."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        with short_name(socket_path(address)) as name:
            connection.connect(name)
    except BlockingIOError:
        connection.close()
        if time.monotonic() >= deadline:
            raise
        return None
    except BaseException:
        connection.close()
        raise
    return connection
