"""The screen worker's box, entered for good before it parses a program's first byte: memory, one socket, no more.

Two walls that need no privilege: Landlock without a single path, and a filter that lets only those system calls pass
that drawing takes. What is left to somebody who takes the worker over is to compute, and to lie about screens.
"""

import errno
import os
import resource

from runner.sandbox import landlock, seccomp
from runner.sandbox.seccomp import Steps

OPEN_FILES = 3  # 0-2 are taken: nothing can be opened any more
PLAIN: dict[str, tuple[int | None, int | None]] = {  # allowed as they are: x86_64, aarch64
    # The socket, and the standard streams, which lead nowhere.
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "poll": (7, None), "ppoll": (271, 73), "sendto": (44, 206),
    "recvfrom": (45, 207),
    # Memory.
    "brk": (12, 214), "munmap": (11, 215), "mremap": (25, 216), "madvise": (28, 233),
    # The one thread, locks, time, chance.
    "futex": (202, 98), "set_robust_list": (273, 99), "rseq": (334, 293), "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123), "gettid": (186, 178), "getpid": (39, 172), "getrandom": (318, 278),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "gettimeofday": (96, 169),
    # Its own signals and its end.
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "restart_syscall": (219, 128), "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
MMAP, MPROTECT, SETITIMER, IOCTL = (9, 222), (10, 226), (38, 103), (16, 29)
KILL, TGKILL, PRCTL, CLONE, CLONE3 = (62, 129), (234, 131), (157, 167), (56, 220), (435, 435)

PROT_EXEC = 4
ITIMER_PROF = 2
FIONBIO = 0x5421
CLONE_THREAD = 0x00010000
ONLY_TAKE_AWAY = (seccomp.PR_SET_SECCOMP, seccomp.PR_SET_NO_NEW_PRIVS)  # so the worker's later filter may come


def enter() -> list[str]:
    """Give up all but what drawing takes, for this thread and those it starts; returns what could not be had."""
    missing = []
    try:
        rules = landlock.build(landlock.Policy([], set(), set(), scoped=True))
        landlock.restrict(rules)
        os.close(rules)
    except OSError as error:
        missing.append(f"no Landlock: {error}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    try:
        seccomp.install(program(os.getpid()))
    except OSError as error:
        missing.append(f"no filter for system calls: {error}")
    return missing


def program(pid: int) -> bytes:
    """The filter for the process `pid`, which may send signals to itself; raises `seccomp.Unsupported`."""
    machine = seccomp.this_machine()
    column = list(seccomp.AUDIT_ARCHITECTURE).index(machine)
    allowed = seccomp.answer(seccomp.ALLOW)
    rules: list[tuple[tuple[int | None, int | None], Steps]] = [(call, allowed) for call in PLAIN.values()]
    rules += [
        (MMAP, seccomp.unless_bits(2, PROT_EXEC)),  # no code but what is loaded already
        (MPROTECT, seccomp.unless_bits(2, PROT_EXEC)),
        (SETITIMER, seccomp.only_argument(0, (ITIMER_PROF,))),
        (IOCTL, seccomp.only_argument(1, (FIONBIO,))),
        (KILL, seccomp.only_argument(0, (pid,))),
        (TGKILL, seccomp.only_argument(0, (pid,))),
        (PRCTL, seccomp.only_argument(0, ONLY_TAKE_AWAY)),
        (CLONE, seccomp.only_bits(0, CLONE_THREAD)),
        (CLONE3, seccomp.answer(seccomp.refuse(errno.ENOSYS))),  # its flags can't be seen; libc then takes the other
    ]
    steps: Steps = [(seccomp.LOAD, 0, 0, seccomp.NUMBER)]
    for call, verdict in rules:
        number = call[column]
        if number is not None:
            steps += seccomp.when(number, verdict)
    return seccomp.assemble(seccomp.native_only(machine) + steps + seccomp.answer(seccomp.refuse(errno.EPERM)))
