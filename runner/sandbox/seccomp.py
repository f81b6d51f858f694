"""Filters for system calls, written as the kernel's own filter code: no library is needed, only a table for each CPU.

`program` makes the filter of a session: all is allowed but what reaches past the session's box or has been the way out
of many a box before. Its parts build other filters too (see `runner.screens.box`).
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Sequence

Steps = list[tuple[int, int, int, int]]  # (code, jump when true, jump when false, operand)

LOAD, EQUAL, AT_LEAST, ANY_BIT, MASK, ANSWER = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # where they stand in `struct seccomp_data`
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
X32_BIT = 0x40000000  # x86_64 has a second table of calls behind it, with other numbers
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2

AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CALLS: dict[str, tuple[int, int | None]] = {  # x86_64, aarch64 (None: has no such call)
    "acct": (163, 89), "add_key": (248, 217), "bpf": (321, 280), "chmod": (90, None), "clock_settime": (227, 112),
    "clone": (56, 220), "clone3": (435, 435), "creat": (85, None), "delete_module": (176, 106), "fchmod": (91, 52),
    "fchmodat": (268, 53), "fchmodat2": (452, 452), "finit_module": (313, 273), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fsopen": (430, 430), "fspick": (433, 433), "init_module": (175, 105),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "io_uring_setup": (425, 425), "ioctl": (16, 29),
    "ioperm": (173, None), "iopl": (172, None), "kexec_file_load": (320, 294), "kexec_load": (246, 104),
    "keyctl": (250, 219), "mknod": (133, None), "mknodat": (259, 33), "mount": (165, 40), "mount_setattr": (442, 442),
    "move_mount": (429, 429), "mq_open": (240, 180), "mq_unlink": (241, 181), "msgctl": (71, 187), "msgget": (68, 186),
    "msgrcv": (70, 188), "msgsnd": (69, 189), "open": (2, None), "open_by_handle_at": (304, 265),
    "open_tree": (428, 428), "open_tree_attr": (467, 467), "openat": (257, 56), "openat2": (437, 437),
    "perf_event_open": (298, 241), "pivot_root": (155, 41), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "reboot": (169, 142), "request_key": (249, 218), "semctl": (66, 191), "semget": (64, 190), "semop": (65, 193),
    "semtimedop": (220, 192), "sendmmsg": (307, 269), "sendmsg": (46, 211), "sendto": (44, 206),
    "setns": (308, 268), "settimeofday": (164, 170), "shmat": (30, 196), "shmctl": (31, 195), "shmget": (29, 194),
    "socket": (41, 198), "socketpair": (53, 199), "swapoff": (168, 225), "swapon": (167, 224), "syslog": (103, 116),
    "umount2": (166, 39), "unshare": (272, 97), "userfaultfd": (323, 282),
}  # fmt: skip

# The kernel's keys and clocks, its modules, and the calls whose mistakes have let most programs out of their box.
NEVER = (
    "add_key", "keyctl", "request_key", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
    "io_uring_register", "open_by_handle_at", "kexec_load", "kexec_file_load", "init_module", "finit_module",
    "delete_module", "swapon", "swapoff", "reboot", "acct", "quotactl", "quotactl_fd", "syslog", "settimeofday",
    "clock_settime", "ioperm", "iopl",
)  # fmt: skip
NAMESPACES = (
    "unshare", "setns", "mount", "umount2", "pivot_root", "fsopen", "fsconfig", "fsmount", "fspick", "open_tree",
    "open_tree_attr", "move_mount", "mount_setattr",
)  # fmt: skip
# All that takes an id, not only what makes one: ids are small numbers, the same for everybody without a namespace.
SYSTEM_V = (
    "shmget", "shmat", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget", "msgsnd", "msgrcv", "msgctl",
    "mq_open", "mq_unlink",
)  # fmt: skip
NEW_NAMESPACE = 0x7E020000  # every CLONE_NEW… that `clone` takes
SET_UID, SET_GID = 0o4000, 0o2000
MODE_OF = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "fchmodat2": 2}  # which argument it is
MODE_OF_NEW = {"creat": 1, "mknod": 1, "mknodat": 2}
FLAGS_AND_MODE_OF_NEW = {"openat": (2, 3), "open": (1, 2)}
CREATES = 0x40 | 0x400000  # O_CREAT, O_TMPFILE: without them there may be anything in place of the mode
TERMINAL_REQUESTS = (0x5412, 0x541C, 0x5423)  # TIOCSTI types for the user, TIOCLINUX pastes, TIOCSETD loads drivers

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
SOCK_STREAM, SOCK_SEQPACKET, SOCK_TYPE_MASK = 1, 5, 0xF
NETLINK_ROUTE, NETLINK_SOCK_DIAG, NETLINK_KOBJECT_UEVENT = 0, 4, 15
IPPROTO_TCP = 6
MSG_FASTOPEN = 0x20000000


class Unsupported(OSError):
    """There is no table of system calls for this CPU."""


def program(*, nested_userns: bool = True, unix: bool = True, udp: bool = True, sysv: bool = True) -> bytes:
    """The filter of a session; raises `Unsupported`.

    `nested_userns=False`: no namespaces and no mounts inside. `unix=False`: no Unix sockets but connected pairs.
    `udp=False`: of the internet only TCP itself, opened by `connect`: Landlock's rules on ports see neither datagrams
    nor multipath TCP nor Fast Open. `sysv=False`: nothing of System V, no POSIX queues, for want of an IPC namespace.
    """
    machine = this_machine()
    refused = NEVER + (() if nested_userns else NAMESPACES) + (() if sysv else SYSTEM_V)
    steps = [(LOAD, 0, 0, NUMBER), *_no_lent_identity(machine)]
    for name in refused:
        steps += on_call(machine, name, answer(refuse(errno.EPERM)))
    steps += on_call(machine, "ioctl", unless_argument(1, TERMINAL_REQUESTS))
    if not nested_userns:
        steps += on_call(machine, "clone3", answer(refuse(errno.ENOSYS)))  # its flags can't be seen; libc then clones
        steps += on_call(machine, "clone", unless_bits(0, NEW_NAMESPACE))
    if not unix:  # a pair of datagram sockets could still send to any path
        steps += on_call(machine, "socketpair", only_types((SOCK_STREAM, SOCK_SEQPACKET)))
    if not udp:  # it connects as well, unseen by Landlock
        for name, flags in (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3)):
            steps += on_call(machine, name, unless_bits(flags, MSG_FASTOPEN))
    steps += on_call(machine, "socket", _sockets(unix=unix, udp=udp))
    return assemble(native_only(machine) + steps + answer(ALLOW))


def _no_lent_identity(machine: str) -> Steps:
    """No file that runs as the session's user for whoever starts it, or for which there is no telling.

    On a folder set-gid is a habit of shared repositories, and `chmod` does not say what it is for: there it is allowed.
    """
    steps: Steps = []
    for name, (flags, mode) in FLAGS_AND_MODE_OF_NEW.items():
        refused = unless_bits(mode, SET_UID | SET_GID)
        steps += on_call(machine, name, [*argument(flags), (ANY_BIT, 0, len(refused) - 1, CREATES), *refused])
    for name, mode in MODE_OF_NEW.items():
        steps += on_call(machine, name, unless_bits(mode, SET_UID | SET_GID))
    for name, mode in MODE_OF.items():
        steps += on_call(machine, name, unless_bits(mode, SET_UID))
    return steps + on_call(machine, "openat2", answer(refuse(errno.ENOSYS)))  # its mode can't be seen


def _sockets(*, unix: bool, udp: bool) -> Steps:
    """Which sockets there may be. The families left out (packets, virtual machines, ciphers …) are old ways out."""
    netlink = only_argument(2, (NETLINK_ROUTE, NETLINK_SOCK_DIAG, NETLINK_KOBJECT_UEVENT))
    internet = answer(ALLOW) if udp else [*only_types((SOCK_STREAM,))[:-1], *only_argument(2, (0, IPPROTO_TCP))]
    steps: Steps = [(LOAD, 0, 0, ARGUMENTS)]
    if unix:
        steps += when(AF_UNIX, answer(ALLOW))
    for family in (AF_INET, AF_INET6):
        steps += when(family, internet)
    return steps + when(AF_NETLINK, netlink) + answer(refuse(errno.EPERM))


# --- what filters are made of: each piece leaves with an answer, or lets go on with what follows it -------------------


def this_machine() -> str:
    """The name of this CPU in the tables."""
    machine = platform.machine()
    if machine not in AUDIT_ARCHITECTURE or sys.byteorder != "little" or sys.maxsize < 2**32:
        raise Unsupported(errno.ENOTSUP, f"no table of system calls for {machine}")
    return machine


def number(machine: str, name: str) -> int | None:
    column = list(AUDIT_ARCHITECTURE).index(machine)
    return CALLS[name][column]


def native_only(machine: str) -> Steps:
    """Calls by the table of another kind of program (32 bits, x32) do not exist; then the number is not loaded yet."""
    steps = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, AUDIT_ARCHITECTURE[machine]), *answer(refuse(errno.ENOSYS))]
    if machine == "x86_64":
        steps += [(LOAD, 0, 0, NUMBER), (AT_LEAST, 0, 1, X32_BIT), *answer(refuse(errno.ENOSYS))]
    return steps


def on_call(machine: str, name: str, steps: Steps) -> Steps:
    """`steps`, which end with an answer, for the call of this name; the number is loaded, and stays so for others."""
    wanted = number(machine, name)
    return [] if wanted is None else when(wanted, steps)


def when(value: int, steps: Steps) -> Steps:
    return [(EQUAL, 0, len(steps), value), *steps]


def answer(verdict: int) -> Steps:
    return [(ANSWER, 0, 0, verdict)]


def refuse(number: int) -> int:
    return REFUSE | number


def argument(index: int) -> Steps:
    """Load the lower half of an argument: all that the kernel looks at where it takes an `int`."""
    return [(LOAD, 0, 0, ARGUMENTS + 8 * index)]


def only_argument(index: int, values: Sequence[int]) -> Steps:
    return argument(index) + _only(values)


def only_types(types: Sequence[int]) -> Steps:
    """Only sockets of these types, whatever flags come with them."""
    return [*argument(1), (MASK, 0, 0, SOCK_TYPE_MASK), *_only(types)]


def _only(values: Sequence[int]) -> Steps:
    """Refuse all but these; the last step is the one that allows."""
    tests: Steps = [(EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [*tests, *answer(refuse(errno.EPERM)), *answer(ALLOW)]


def unless_argument(index: int, values: Sequence[int]) -> Steps:
    tests: Steps = [(EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [*argument(index), *tests, *answer(ALLOW), *answer(refuse(errno.EPERM))]


def unless_bits(index: int, bits: int) -> Steps:
    return [*argument(index), (ANY_BIT, 0, 1, bits), *answer(refuse(errno.EPERM)), *answer(ALLOW)]


def only_bits(index: int, bits: int) -> Steps:
    return [*argument(index), (ANY_BIT, 1, 0, bits), *answer(refuse(errno.EPERM)), *answer(ALLOW)]


def assemble(steps: Steps) -> bytes:
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


# --- to use one ------------------------------------------------------------------------------------------------------


def install(program: bytes) -> None:
    """From now on this thread and all that it starts live with the filter; nothing takes it away again."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = ctypes.create_string_buffer(program, len(program))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(code)))
    for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, head, 0, 0)):
        if libc.prctl(*arguments):
            raise OSError(ctypes.get_errno(), f"prctl({arguments[0]}): {os.strerror(ctypes.get_errno())}")


def as_descriptor(program: bytes) -> int:
    """A file with the filter in it that a child inherits, for `bwrap --seccomp`; good for one reader."""
    descriptor = os.memfd_create("filter", 0)
    os.pwrite(descriptor, program, 0)
    return descriptor
