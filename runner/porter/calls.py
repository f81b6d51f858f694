"""Linux calls for work in a folder that Python's standard library lacks: openat2, renameat2, a thread's own user."""

import ctypes
import errno
import os
import struct

_libc = ctypes.CDLL(None, use_errno=True)

_OPENAT2 = 437  # the same on every architecture
NO_XDEV, NO_MAGIC_LINKS, NO_LINKS, BENEATH = 1, 2, 4, 8
NO_REPLACE = 1
_RACES = 50
_CAPABILITY_VERSION = 0x20080522
CAP_DAC_READ_SEARCH, CAP_SETGID, CAP_SETUID = 2, 6, 7


def openat2(folder: int, path: bytes, flags: int, mode: int, resolve: int) -> int:
    """A descriptor; raises `OSError`, `ENOSYS` or `EPERM` where there is no such call."""
    how = struct.pack("=QQQ", flags | os.O_CLOEXEC, mode, resolve)
    for _ in range(_RACES):  # EAGAIN: something was renamed meanwhile, and the kernel asks to try again
        found = _libc.syscall(_OPENAT2, folder, path, how, ctypes.c_size_t(len(how)))
        if found >= 0:
            return int(found)
        number = ctypes.get_errno()
        if number not in (errno.EAGAIN, errno.EINTR):
            break
    raise OSError(number, os.strerror(number))


def rename(old_folder: int, old: bytes, new_folder: int, new: bytes, *, flags: int = 0) -> None:
    if _libc.renameat2(old_folder, old, new_folder, new, flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def become(uid: int, gid: int) -> None:
    """This thread, and no other, touches files as this user from now on.

    To everybody else it is still ours: by the user's own rights nobody signals or traces it.

    Raises `PermissionError` when the kernel does not agree. Supplementary groups are the process's.
    """
    _libc.setfsgid(gid)
    _libc.setfsuid(uid)
    if (_libc.setfsuid(-1), _libc.setfsgid(-1)) != (uid, gid):
        raise PermissionError(errno.EPERM, "a thread could not become another user")


def keep_capabilities(*kept: int) -> None:
    """Of this thread, and of those that it starts; raises `OSError`."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    bits = sum(1 << each for each in kept)
    low, high = bits & 0xFFFFFFFF, bits >> 32
    if _libc.capset(header, struct.pack("=6I", low, low, 0, high, high, 0)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"capset: {os.strerror(number)}")
