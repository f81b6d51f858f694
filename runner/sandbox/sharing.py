"""Who works as a session's user: its program, errands beside it, sessions within it; each has a supervisor of its own.

The end of one of them is not to be the end of the others, so only the last may end everybody of that user. All hold a
lock on one file of the session's, which the kernel lets go of whatever they die of; nobody can join while it is alone.
"""

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator

PATIENCE_S, LOOK_S = 10.0, 0.005


def join(path: str) -> int:
    """Be one of them from now on, for as long as the descriptor returned is open; waits while the user is being ended.

    That takes a moment. Raises `OSError`, also when it does not come to its end.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    deadline = time.monotonic() + PATIENCE_S
    while not _locked(descriptor, fcntl.LOCK_SH):
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise OSError(errno.EBUSY, "what ran in the session before does not come to its end")
        time.sleep(LOOK_S)
    return descriptor


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def last(descriptor: int) -> Iterator[bool]:
    """Leave, closing the descriptor of `join`; whether nobody else is there, and nobody comes meanwhile."""
    try:
        yield _locked(descriptor, fcntl.LOCK_EX)
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)  # also for a copy that a forked child may have
        os.close(descriptor)


def none_left(path: str) -> contextlib.AbstractContextManager[bool]:
    """As `last`, for one who never joined; a file that is gone was the last one's."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return contextlib.nullcontext(True)
    return last(descriptor)
