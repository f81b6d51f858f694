"""Ends every process of a session, whatever it has become, and says whether that is certain."""

import contextlib
import os
import select
import signal
import time
from typing import Any

from runner.sandbox import cgroups, linux, sharing
from runner.sandbox.launch import Started

ROUNDS = 200
PAUSE_S = 0.01
INIT_TIMEOUT_S = 10.0
FIRST_KILLER_UID, KILLER_UIDS = 0x7FC0_0000, 0x0020_0000  # above all of `runner.workspace.folders`, one to a session


def kill_everything(started: Started | None, spec: dict[str, Any], presence: int | None) -> bool:
    """SIGKILL until nothing is left; True when that is certain, and not only likely.

    Certain: process 1 of the box is gone (the kernel lets it go last of all), its cgroup is empty, or all were killed
    at once that have the session's own user, or that this process, behind Landlock, may signal. Without any of
    these it is everything that descends from us, the subreaper: a session may have killed a subreaper of its own user.
    `presence`: of `sharing.join`, given back here; all of the user end with the last of those who work as that user.
    """
    certain = False
    if spec["cgroup"]:
        certain = cgroups.kill(spec["cgroup"])
    if started is not None and started.init is not None:
        certain = _kill_box(started) or certain
    elif started is not None and started.is_scoped:
        certain = _kill_all_but_us()
    if presence is not None:
        with sharing.last(presence) as is_last:
            certain = (is_last and kill_user(spec["uid"])) or certain
    _kill_descendants()
    return certain


def _kill_box(started: Started) -> bool:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(started.init_fd, signal.SIGKILL)
    is_over = bool(select.select([started.init_fd], [], [], INIT_TIMEOUT_S)[0])
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(started.child, signal.SIGCONT)
        started.holder_status = os.waitpid(started.child, 0)[1]
    return is_over


def _kill_all_but_us() -> bool:
    """Everybody whom we may signal, which behind Landlock's scope is this session alone.

    The kernel goes through all processes at once, so that no fork slips through; it does not say whom it met.
    """
    os.kill(-1, signal.SIGKILL)
    return True


def _kill_descendants() -> None:
    """Stopping them first keeps a fork bomb from outrunning us."""
    for attempt in range(ROUNDS):
        tree = linux.descendants(os.getpid())
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in tree:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
        _ended, are_there_more = linux.reap()
        if not are_there_more:
            return
        if attempt:
            time.sleep(PAUSE_S)


def kill_user(uid: int) -> bool:
    """As that user, everybody of that user, at once: all that works in one session.

    None of them may stop or kill who does it, and so hold up whoever waits for that: it is that user only in effect,
    and signals are sent to whom one really is.
    """
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            really = FIRST_KILLER_UID + uid % KILLER_UIDS
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(really, uid, really)
            os.kill(-1, signal.SIGKILL)
            status = 0
        finally:
            os._exit(status)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    except ChildProcessError:  # where SIGCHLD is ignored nobody hears how it went
        return False
