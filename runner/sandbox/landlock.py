"""Landlock: rules on files, TCP ports, signals and abstract sockets that a program can't leave.

No privilege is needed; each kernel keeps those of the rules that it knows. A policy is built by who starts the
program, and entered in the child just before its `exec`.
"""

import ctypes
import errno
import os
import stat
import struct
from dataclasses import dataclass

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same number on every CPU
TELL_ABI, RULE_PATH, RULE_PORT = 1, 1, 2
PR_SET_NO_NEW_PRIVS = 38

(EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE, MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK, MAKE_FIFO,
 MAKE_BLOCK, MAKE_SYM, REFER, TRUNCATE, IOCTL_DEV, RESOLVE_UNIX) = (1 << place for place in range(17))  # fmt: skip
FIRST_RIGHTS = (1 << 13) - 1  # those of the first version; each later one says since when it is there
LATER_RIGHTS = ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV), (9, RESOLVE_UNIX))
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV | RESOLVE_UNIX  # what a rule on a file may name

READ = READ_FILE | READ_DIR
READ_EXECUTE = READ | EXECUTE
READ_WRITE = (
    READ_EXECUTE | WRITE_FILE | TRUNCATE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO
    | MAKE_SYM | REFER | RESOLVE_UNIX
)  # fmt: skip
DEVICE = READ | WRITE_FILE | IOCTL_DEV

NETWORK_ABI, SCOPES_ABI = 4, 6
BIND_TCP, CONNECT_TCP = 1, 2
SCOPES = 0b11  # abstract Unix sockets, signals

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


@dataclass
class Policy:
    """What stays allowed; everything else below `/` is refused.

    `paths`: (path, rights); those that do not exist are left out. `tcp_connect`, `tcp_bind`: ports, None for any.
    `scoped`: no signals to, and no abstract sockets of, programs outside.
    """

    paths: list[tuple[str, int]]
    tcp_connect: set[int] | None
    tcp_bind: set[int] | None
    scoped: bool


def abi() -> int:
    """The version of Landlock that this kernel has; 0 when it has none, or none switched on."""
    try:
        return _call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(TELL_ABI))
    except OSError:
        return 0


def build(policy: Policy) -> int:
    """A descriptor of the rules, for `restrict`; closed by the next `exec`. Raises `OSError`, without Landlock too."""
    version = abi()
    if not version:
        raise OSError(errno.ENOSYS, "this kernel has no Landlock")
    files = handled_rights(version)
    ports = _handled_ports(policy, version)
    ruleset = _create(version, files, ports, SCOPES if policy.scoped and version >= SCOPES_ABI else 0)
    try:
        for path, rights in policy.paths:
            _allow_path(ruleset, path, rights & files)
        for right, allowed in ((CONNECT_TCP, policy.tcp_connect), (BIND_TCP, policy.tcp_bind)):
            for port in (allowed or ()) if ports & right else ():
                _add(ruleset, RULE_PORT, struct.pack("=QQ", right, port))
    except BaseException:
        os.close(ruleset)
        raise
    return ruleset


def restrict(descriptor: int) -> None:
    """From now on this thread and all that it starts live by the rules; only more can be added to them."""
    if _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    _call(RESTRICT_SELF, ctypes.c_int(descriptor), ctypes.c_uint32(0))


def handled_rights(version: int) -> int:
    """The rights on files that a kernel with this version knows."""
    return FIRST_RIGHTS | sum(right for since, right in LATER_RIGHTS if version >= since)


def _handled_ports(policy: Policy, version: int) -> int:
    if version < NETWORK_ABI:
        return 0
    return (CONNECT_TCP if policy.tcp_connect is not None else 0) | (BIND_TCP if policy.tcp_bind is not None else 0)


def _create(version: int, files: int, ports: int, scopes: int) -> int:
    known = 3 if version >= SCOPES_ABI else 2 if version >= NETWORK_ABI else 1
    attributes = struct.pack(f"={known}Q", *(files, ports, scopes)[:known])
    return _call(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))


def _allow_path(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= FILE_RIGHTS
        if rights:
            _add(ruleset, RULE_PATH, struct.pack("=Qi", rights, descriptor))
    finally:
        os.close(descriptor)


def _add(ruleset: int, kind: int, rule: bytes) -> None:
    _call(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(kind), rule, ctypes.c_uint32(0))


def _call(number: int, *arguments: object) -> int:
    result: int = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
