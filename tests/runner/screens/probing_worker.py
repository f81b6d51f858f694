"""The screen worker, taken over: told to draw a certain word it tries what it must not, and replies how that went."""

import ctypes
import json
import mmap
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from support.children import call, outcome

from runner.screens import worker

WORD = b"TAKEN OVER"
CALLS = {  # x86_64, aarch64
    "clone": (56, 220), "ptrace": (101, 117), "memfd_create": (319, 279), "io_uring_setup": (425, 425),
    "process_vm_readv": (310, 270), "sendmsg": (46, 211), "prlimit64": (302, 261),
}  # fmt: skip
NUMBERS = {name: numbers[os.uname().machine == "aarch64"] for name, numbers in CALLS.items()}
PARENT, SIGCHLD, PAGE = os.getppid(), 17, mmap.PAGESIZE
SOURCE_FD = int(sys.argv[1])


def a_thread() -> None:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


def forked() -> None:
    if os.fork() == 0:
        os._exit(0)


def executable() -> None:
    mmap.mmap(-1, PAGE, prot=mmap.PROT_READ | mmap.PROT_EXEC)


def made_executable() -> None:
    page = mmap.mmap(-1, PAGE)
    libc = ctypes.CDLL(None, use_errno=True)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    if libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(PAGE), 5):
        raise OSError(ctypes.get_errno(), "mprotect")


REFUSED: dict[str, Callable[[], Any]] = {
    "read a file": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "write a file": lambda: os.open("/tmp/agterm-probe", os.O_CREAT | os.O_WRONLY),
    "list": lambda: os.listdir("/"),
    "look at": lambda: os.stat("/"),
    "remove": lambda: os.unlink("/tmp/agterm-probe"),
    "rename": lambda: os.rename("/tmp/agterm-probe", "/tmp/agterm-other"),
    "a socket": socket.socket,
    "a pair": socket.socketpair,
    "a pipe": os.pipe,
    "another descriptor": lambda: os.dup(SOURCE_FD),
    "a descriptor sent": lambda: call(NUMBERS["sendmsg"], SOURCE_FD, bytes(56), 0),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "fork": forked,
    "a program": lambda: subprocess.run(["/bin/true"], check=False),
    "clone": lambda: call(NUMBERS["clone"], SIGCHLD, 0, 0, 0, 0),
    "trace": lambda: call(NUMBERS["ptrace"], 0, 0, 0, 0),
    "memory of another": lambda: call(NUMBERS["process_vm_readv"], PARENT, 0, 0, 0, 0, 0),
    "a file in memory": lambda: call(NUMBERS["memfd_create"], b"x", 0),
    "a ring": lambda: call(NUMBERS["io_uring_setup"], 1, 0),
    "signal the runner": lambda: os.kill(PARENT, 0),
    "signal all": lambda: os.kill(-1, 0),
    "signal its group": lambda: os.killpg(0, 0),
    "new code": executable,
    "code from data": made_executable,
    "more descriptors": lambda: call(NUMBERS["prlimit64"], 0, resource.RLIMIT_NOFILE, bytes(16), 0),
    "another user": lambda: os.setuid(0),
    "a request to a terminal": lambda: os.get_terminal_size(SOURCE_FD),
}
ALLOWED: dict[str, Callable[[], Any]] = {
    "a thread": a_thread,
    "memory": lambda: bytearray(64 * 1024 * 1024),
    "chance": lambda: os.urandom(8),
    "a signal to itself": lambda: os.kill(os.getpid(), 0),
}


def feed(self: Any, data: bytes) -> bytes:
    if WORD not in data:
        return bytes(draw(self, data))
    return json.dumps([{name: outcome(probe) for name, probe in kind.items()} for kind in (REFUSED, ALLOWED)]).encode()


if __name__ == "__main__":
    draw = worker.GhosttyEmulator.feed
    worker.GhosttyEmulator.feed = feed  # type: ignore[method-assign]
    worker.main()
