"""The screen worker: holds every live screen of the machine, and nothing else but one socket to the runner.

Run as `python -m runner.screens.worker FD`. It emulates what untrusted programs print, with a C library that checks no
bounds: it gives up its rights before the first byte, and the runner rebuilds its screens when it dies.
"""

import contextlib
import ctypes
import errno
import os
import resource
import signal
import socket
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core import memory
from runner import wire
from runner.sandbox import seccomp
from runner.screens import box, checkpoints, messages
from runner.screens.avt import AvtEmulator
from runner.screens.ghostty import GhosttyEmulator
from runner.screens.messages import Engine, Kind
from runner.screens.screen import Screen

READ_BYTES = 256 * 1024
READS_PER_TURN = 16
TURN_LIMIT_CPU_S = 20.0  # a parser that loops is killed, and its screen rebuilt like after any death
REST_AFTER_MS = 5000
SHORTEST_WAIT_S = 0.001  # a socket takes zero for "never block"
NOBODY = 65534
NICENESS = 5
PR_SET_NO_NEW_PRIVS = 38
MADV_DONTNEED = 4
MADVISE = {"x86_64": 28, "aarch64": 233}  # the number of the system call

ENGINES: dict[Engine, type[GhosttyEmulator] | type[AvtEmulator]] = {"ghostty": GhosttyEmulator, "avt": AvtEmulator}


class Worker:
    """Reads what there is, then gives one screen after the other a turn: a flood cannot hold up another screen."""

    def __init__(self, connection: socket.socket, missing: Sequence[str] = ()) -> None:
        """`missing`: of its box on this machine, told with the first word."""
        self._socket = connection
        self._decoder = wire.Decoder()
        self._screens: dict[int, Screen] = {}
        self._busy: OrderedDict[int, Screen] = OrderedDict()
        self._restless: set[int] = set()
        self._schedule = checkpoints.Schedule()
        self._out: list[bytes] = [wire.encode(Kind.READY, "\n".join(missing).encode())]
        self._resting = ThreadPoolExecutor(1)  # a thread that may give memory back, see `keep_memory`
        self._resting.submit(os.getpid).result()

    def greet(self) -> None:
        self._send()

    def run(self) -> None:
        """Until the runner closes its end."""
        while self._read():
            due = self._schedule.due(time.monotonic())
            if due is not None:
                self._checkpoint(self._screens[due])
            elif self._busy:
                self._next_turn()

    def _read(self) -> bool:
        """Take in what has arrived; wait for something when there is nothing to do. False at the end."""
        if not self._busy:
            self._send()
            self._wait()
        for _ in range(READS_PER_TURN):
            try:
                data = self._socket.recv(READ_BYTES, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return True
            if not data:
                return False
            for frame in self._decoder.feed(data):
                self._take(frame)
        return True

    def _wait(self) -> None:
        """Block until there is something to read or to paint; let the screens rest that were quiet for a while."""
        delay = self._schedule.delay(time.monotonic())
        resting = delay is None and bool(self._restless)
        if resting:
            delay = REST_AFTER_MS / 1000
        self._socket.settimeout(None if delay is None else max(delay, SHORTEST_WAIT_S))
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            if not resting:
                return
            for number in self._restless & self._screens.keys():
                self._resting.submit(self._screens[number].emulator.rest).result()
            self._restless.clear()
            self._resting.submit(memory.give_back).result()
        finally:
            self._socket.settimeout(None)

    def _take(self, frame: wire.Frame) -> None:
        number = messages.parse_number(frame.body)
        if frame.kind == Kind.OPEN:
            _, cols, rows, scrollback, engine = messages.parse_open(frame.body)
            self._screens[number] = Screen(number, ENGINES[engine](cols, rows, scrollback), cols, rows)
        elif frame.kind == Kind.CLOSE:
            self._busy.pop(number, None)
            self._schedule.forget(number)
            self._screens.pop(number).close()
            self._restless.add(number)
        else:
            screen = self._screens[number]
            screen.todo.append(frame)
            self._busy[number] = screen

    def _next_turn(self) -> None:
        number, screen = self._busy.popitem(last=False)
        before = screen.fed
        self._guard(screen, screen.turn)
        if screen.fed > before:
            self._schedule.fed(number, screen.fed - before, time.monotonic())
        if screen.is_busy:
            self._busy[number] = screen

    def _checkpoint(self, screen: Screen) -> None:
        """A turn like any other, between those of the busy screens."""
        begun = time.monotonic()
        self._guard(screen, screen.checkpoint)
        now = time.monotonic()
        self._schedule.done(screen.number, now, now - begun)

    def _guard(self, screen: Screen, work: Callable[[], list[bytes]]) -> None:
        """Should this be the death of the process, the runner knows whose it was."""
        self._out.append(messages.numbered(Kind.BEGUN, screen.number))
        self._send()
        signal.setitimer(signal.ITIMER_PROF, TURN_LIMIT_CPU_S)
        self._out += work()
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._restless.add(screen.number)

    def _send(self) -> None:
        if self._out:
            self._socket.sendall(b"".join(self._out))
            self._out.clear()


def warm_up() -> None:
    """Have the library's declarations parsed, 100 ms that the first page would wait for else."""
    emulator = GhosttyEmulator(80, 24, 0)
    emulator.feed(b"\x1b[1mx")
    emulator.repaint(0)
    emulator.facts()
    emulator.close()


def drop_rights(keep_fd: int) -> None:
    """No other descriptor, no core dump, no privileges to gain and none to begin with; the rest is the box's."""
    os.closerange(3, keep_fd)
    os.closerange(keep_fd + 1, os.sysconf("SC_OPEN_MAX"))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_NO_NEW_PRIVS)")


def keep_memory() -> None:
    """Make this thread's MADV_DONTNEED fail with EINVAL; threads that run already are not concerned.

    libghostty clears every page of scrollback it uses again with it: the kernel takes the memory away and gives it
    back one fault at a time, twice the time of all the parsing. Where the call fails, the library clears the memory
    itself. A quiet screen must still give its memory back, so `rest` runs in another thread.
    """
    with contextlib.suppress(OSError):  # a kernel without it, or a CPU that we don't know, is only slower
        machine = seccomp.this_machine()
        fail = [*seccomp.answer(seccomp.refuse(errno.EINVAL)), *seccomp.answer(seccomp.ALLOW)]
        advice = [*seccomp.argument(2), (seccomp.EQUAL, 0, 1, MADV_DONTNEED), *fail]
        steps = [(seccomp.LOAD, 0, 0, seccomp.NUMBER), *seccomp.when(MADVISE[machine], advice)]
        seccomp.install(seccomp.assemble([*seccomp.native_only(machine), *steps, *seccomp.answer(seccomp.ALLOW)]))


def be_nice() -> None:
    """Nobody waits for a screen as one waits for an echo: bytes to readers first.

    Where the kernel groups processes by session, a session's own niceness is what counts, and the worker is one.
    """
    os.nice(NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICENESS))


def main() -> None:
    connection = socket.socket(fileno=int(sys.argv[1]))
    connection.setblocking(True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the runner's terminal is the runner's affair
    be_nice()
    drop_rights(connection.fileno())
    worker = Worker(connection, box.enter())
    worker.greet()
    warm_up()
    keep_memory()
    try:
        worker.run()
    except (BrokenPipeError, ConnectionResetError):
        pass  # the runner is gone


if __name__ == "__main__":
    main()
