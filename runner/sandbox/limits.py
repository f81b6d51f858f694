"""What a session may use: processes, files; no core dumps. Set before its program starts, and looked at after."""

import contextlib
import os
import resource
from pathlib import Path

MAX_OPEN_FILES = 65_536
MAX_FILE_BYTES = 64 * 1024**3
OOM_SCORE = 500  # when memory runs out, a session goes before the server


def apply() -> None:
    """To this process and all that it will start."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _at_most(resource.RLIMIT_NOFILE, MAX_OPEN_FILES)
    _at_most(resource.RLIMIT_FSIZE, MAX_FILE_BYTES)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE))


def _at_most(which: int, value: int) -> None:
    soft, hard = resource.getrlimit(which)
    hard = value if hard == resource.RLIM_INFINITY else min(hard, value)
    resource.setrlimit(which, (hard if soft == resource.RLIM_INFINITY else min(soft, hard), hard))


def processes(count: int) -> None:
    """Cap this process's user: all of a session's own, which nobody else has."""
    resource.setrlimit(resource.RLIMIT_NPROC, (count, count))


def processes_of_box(count: int, init: int, uid: int | None) -> None:
    """Cap what runs in the user namespace of process `init`. Raises `OSError` when the cap does not hold.

    Asked for as the session's own user where it has one: a root without CAP_SYS_RESOURCE may not.
    """
    if uid is None:
        _cap(count, init)
        return
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.setresuid(uid, uid, uid)
            _cap(count, init)
            status = 0
        finally:
            os._exit(status)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise OSError(1, "the number of processes could not be limited")


def _cap(count: int, pid: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_NPROC, (count, count))
    if resource.prlimit(pid, resource.RLIMIT_NPROC) != (count, count):
        raise OSError(1, "the number of processes could not be limited")
