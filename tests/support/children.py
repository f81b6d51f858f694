"""Probes in a forked child that has given up rights first: what was refused, and what still went."""

import ctypes
import errno
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

OK = "ok"

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def in_child(enter: Callable[[], object], probes: Mapping[str, Callable[[], Any]]) -> dict[str, str]:
    """Fork, `enter()`, try each probe: `{name: "ok" or the name of the error}`."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            enter()
            os.write(writing, json.dumps({name: outcome(probe) for name, probe in probes.items()}).encode())
        except BaseException as error:
            os.write(writing, json.dumps({"the child failed": repr(error)}).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        told = stream.read()
    os.waitpid(pid, 0)
    return dict(json.loads(told))


def outcome(probe: Callable[[], Any]) -> str:
    try:
        probe()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, repr(error))
    return OK


def call(number: int, *arguments: int | bytes | None) -> int:
    """A system call by its number; raises `OSError`."""
    result: int = _libc.syscall(
        ctypes.c_long(number), *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)
    )
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
