"""The few Linux calls Python's standard library lacks: prctl, mounts, exit statuses; and who descends from whom."""

import ctypes
import fcntl
import os
import select
import struct
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)

PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PIDFD_INFO_BYTES, PIDFD_INFO_EXIT = 64, 1 << 3
PIDFD_GET_INFO = 3 << 30 | PIDFD_INFO_BYTES << 16 | 0xFF << 8 | 11
CLONE_NEWNS = 0x00020000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def become_subreaper() -> None:
    """From now on every orphaned descendant becomes this process's child."""
    _check(_libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "subreaper")


def forbid_new_privileges() -> None:
    """From now on no exec gains anything: set-uid programs, file capabilities."""
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def private_mounts() -> None:
    """Give this process a mount table of its own; nothing done to it is seen outside. Needs CAP_SYS_ADMIN."""
    _check(_libc.unshare(CLONE_NEWNS), "unshare")
    mount("none", "/", flags=MS_REC | MS_PRIVATE)


def mount(source: str, target: str, *, kind: str = "", flags: int = 0, options: str = "") -> None:
    arguments = (
        source.encode(),
        target.encode(),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    _check(_libc.mount(*arguments), f"mount {target}")


def is_over(pidfd: int) -> bool:
    return bool(select.select([pidfd], [], [], 0)[0])


def exit_status(pidfd: int) -> int | None:
    """The wait status of a process that was reaped, by whomever; None when the kernel (before 6.15) does not tell."""
    info = bytearray(PIDFD_INFO_BYTES)
    struct.pack_into("Q", info, 0, PIDFD_INFO_EXIT)
    try:
        fcntl.ioctl(pidfd, PIDFD_GET_INFO, info)
    except OSError:
        return None
    is_told = struct.unpack_from("Q", info, 0)[0] & PIDFD_INFO_EXIT
    return int(struct.unpack_from("i", info, PIDFD_INFO_BYTES - 4)[0]) if is_told else None


def reap() -> tuple[dict[int, int], bool]:
    """The wait statuses of children that have ended, by pid; and whether there is a child that has not."""
    ended: dict[int, int] = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended, False
        if pid == 0:
            return ended, True
        ended[pid] = status


def descendants(root: int) -> list[int]:
    """Every live process below `root`, parents before children."""
    found: list[int] = []
    waiting = [root]
    while waiting:
        for child in children(waiting.pop()):
            found.append(child)
            waiting.append(child)
    return found


def children(pid: int) -> list[int]:
    """Of all its threads, the oldest first; empty when it is gone."""
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_bytes().split())
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found
