"""The screen worker: holds every live screen of the machine, and nothing else but one socket to the runner.

Run as `python -m runner.screens.worker FD`. It emulates what untrusted programs print, with a C library that checks no
bounds: it gives up its rights before the first byte, and the runner rebuilds its screens when it dies.
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import socket
import struct
import sys
import time
import traceback
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from runner import wire
from runner.screens import checkpoints, messages
from runner.screens.avt import AvtEmulator
from runner.screens.ghostty import GhosttyEmulator
from runner.screens.messages import Engine, Kind

SLICE_BYTES = 64 * 1024  # one turn: 7 ms for the slowest text seen (9 MB/s), so that screens take turns quickly
READ_BYTES = 256 * 1024
READS_PER_TURN = 16
TURN_LIMIT_CPU_S = 20.0  # a parser that loops is killed, and its screen rebuilt like after any death
REST_AFTER_MS = 5000
SHORTEST_WAIT_S = 0.001  # a socket takes zero for "never block"
REPAINT_CACHE_BYTES = 1024 * 1024
NOBODY = 65534
NICENESS = 5  # nobody waits for a screen as one waits for an echo: bytes to readers first
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
SECCOMP_MODE_FILTER, SECCOMP_RET_ERRNO, SECCOMP_RET_ALLOW = 2, 0x00050000, 0x7FFF0000
MADV_DONTNEED = 4
MADVISE = {"x86_64": (0xC000003E, 28), "aarch64": (0xC00000B7, 233)}  # audit architecture, number of the system call

Emulator = GhosttyEmulator | AvtEmulator
ENGINES: dict[Engine, type[GhosttyEmulator] | type[AvtEmulator]] = {"ghostty": GhosttyEmulator, "avt": AvtEmulator}


class Screen:
    """One emulator, what is still to be done to it in order, and how far it is."""

    def __init__(self, number: int, emulator: Emulator, cols: int, rows: int) -> None:
        self.number = number
        self.emulator = emulator
        self._size = (cols, rows)
        self.todo: deque[wire.Frame] = deque()
        self.fed = 0
        self._title = ""
        self._painted: tuple[int, bytes] | None = None  # (history, repaint) while nothing changes

    def turn(self) -> list[bytes]:
        """Do the next thing, or a slice of it; returns the messages about it."""
        kind, body = self.todo.popleft()
        if kind in (Kind.FEED, Kind.REPLAY):
            return self._feed(kind, body[4:])
        if kind == Kind.PAINT:
            self._painted = None
            self.emulator.feed(checkpoints.unpack(body[4:]))  # nothing in it is answered, and it counts as nothing
            return [self._confirmation()]
        if kind == Kind.RESIZE:
            self._painted = None
            self._size = messages.parse_resize(body)
            self.emulator.resize(*self._size)
            return [self._confirmation()]
        return [self._serve(kind, *messages.parse_request(body))]

    def _feed(self, kind: int, data: bytes) -> list[bytes]:
        data = self._slice(kind, data)
        self._painted = None
        replies = self.emulator.feed(data)
        self.fed += len(data)
        out = []
        if kind == Kind.FEED:
            if replies:
                out.append(messages.numbered(Kind.REPLY, self.number, replies))
            if (title := self.emulator.title) != self._title:
                self._title = title
                out.append(messages.numbered(Kind.TITLE, self.number, title.encode(errors="replace")))
        out.append(self._confirmation())
        return out

    def _confirmation(self) -> bytes:
        return messages.fed(self.number, self.fed)

    def _slice(self, kind: int, data: bytes) -> bytes:
        """One turn's bytes: small messages joined, a large one cut."""
        parts, size = [data], len(data)
        while size < SLICE_BYTES and self.todo and self.todo[0].kind == kind:
            part = self.todo.popleft().body[4:]
            parts.append(part)
            size += len(part)
        joined = b"".join(parts)
        if size > SLICE_BYTES:
            self.todo.appendleft(wire.Frame(kind, bytes(4) + joined[SLICE_BYTES:]))
        return joined[:SLICE_BYTES]

    def _serve(self, kind: int, number: int, history: int) -> bytes:
        try:
            result = (
                self._repaint(history) if kind == Kind.REPAINT else self.emulator.text(history).encode(errors="replace")
            )
        except Exception:
            return messages.numbered(Kind.FAILED, number, traceback.format_exc(limit=-3).encode())
        return messages.numbered(Kind.RESULT, number, result)

    def _repaint(self, history: int) -> bytes:
        """Browsers come in groups: the one after the first gets what the first got."""
        if self._painted is not None and self._painted[0] == history:
            return self._painted[1]
        painted = self.emulator.repaint(history)
        if len(painted) <= REPAINT_CACHE_BYTES:
            self._painted = (history, painted)
        return painted

    def checkpoint(self) -> list[bytes]:
        """The message with what brings a new emulator here; without it where that fails or would be too large."""
        for history in checkpoints.HISTORY_LINES:
            try:
                packed = checkpoints.pack(self.emulator.repaint(history))
            except BaseException:  # avt's panics are no `Exception`; who wants to see the screen will be told
                break
            if packed:
                return [messages.checkpoint(self.number, self.fed, *self._size, packed)]
        return [self._confirmation()]


class Worker:
    """Reads what there is, then gives one screen after the other a turn: a flood cannot hold up another screen."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._decoder = wire.Decoder()
        self._screens: dict[int, Screen] = {}
        self._busy: OrderedDict[int, Screen] = OrderedDict()
        self._restless: set[int] = set()
        self._schedule = checkpoints.Schedule()
        self._out: list[bytes] = [wire.encode(Kind.READY)]
        self._resting = ThreadPoolExecutor(1)  # a thread that may give memory back, see `keep_memory`
        self._resting.submit(os.getpid).result()

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
            self._screens.pop(number).emulator.close()
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
        if screen.todo:
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


def drop_rights(keep_fd: int) -> None:
    """No other descriptor, no new one, no core dump, no privileges to gain and none to begin with."""
    os.closerange(3, keep_fd)
    os.closerange(keep_fd + 1, os.sysconf("SC_OPEN_MAX"))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_NO_NEW_PRIVS)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # 0-2 are taken: nothing can be opened any more


def keep_memory() -> None:
    """Make this thread's MADV_DONTNEED fail with EINVAL; threads that run already are not concerned.

    libghostty clears every page of scrollback it uses again with it: the kernel takes the memory away and gives it
    back one fault at a time, twice the time of all the parsing. Where the call fails, the library clears the memory
    itself. A quiet screen must still give its memory back, so `rest` runs in another thread.
    """
    architecture, call = MADVISE.get(platform.machine(), (0, 0))
    if not call or sys.byteorder != "little":
        return
    load, equal, answer = 0x20, 0x15, 0x06  # of `struct seccomp_data`: number at 0, architecture at 4, arguments at 16
    program = b"".join(
        struct.pack("<HBBI", *step)
        for step in (
            (load, 0, 0, 4), (equal, 0, 5, architecture),
            (load, 0, 0, 0), (equal, 0, 3, call),
            (load, 0, 0, 32), (equal, 0, 1, MADV_DONTNEED),
            (answer, 0, 0, SECCOMP_RET_ERRNO | errno.EINVAL), (answer, 0, 0, SECCOMP_RET_ALLOW),
        )
    )  # fmt: skip
    code = ctypes.create_string_buffer(program)
    head = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(code)))
    ctypes.CDLL(None).prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, head)  # a kernel without it is only slower


def main() -> None:
    connection = socket.socket(fileno=int(sys.argv[1]))
    connection.setblocking(True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the runner's terminal is the runner's affair
    drop_rights(connection.fileno())
    worker = Worker(connection)
    keep_memory()
    os.nice(NICENESS)
    try:
        worker.run()
    except (BrokenPipeError, ConnectionResetError):
        pass  # the runner is gone


if __name__ == "__main__":
    main()
