"""One process per session: starts its program, adopts what that leaves behind, ends the whole tree, reports once.

Being the subreaper, it is the parent of every orphan of the session, so a daemon that forked twice and left its
process group is still found. It ends the tree when told, when the program exits, and when the runner is gone.
Protocol on the control socket: newline-terminated JSON. In: `{"spec": …}` first, then `{"signal": n}`,
`{"end": grace_s}`. Out: `{"started": pid}` or `{"failed": {errno, message}}`, then
`{"exited": {code, signal}, "survivors": n}`.
"""

import contextlib
import json
import os
import select
import signal
import socket
import time
from typing import Any

from runner.sandbox import launch, linux
from runner.sandbox.launch import LaunchError

KILL_ROUNDS = 200
KILL_PAUSE_S = 0.01


def run(slave: int, control_descriptor: int) -> int:
    """Supervise one session to its end; the process's exit status is always 0."""
    control = socket.socket(fileno=control_descriptor)
    with control, contextlib.suppress(BrokenPipeError, ConnectionResetError):
        Supervisor(slave, control).run()
    return 0


class Supervisor:
    """Owns the session's process tree. Single-threaded; wakes on the control socket or on a child's death."""

    def __init__(self, slave: int, control: socket.socket) -> None:
        self._slave, self._control = slave, control
        self._inbox = b""
        self._program = 0
        self._status: int | None = None
        self._grace_s = 1.0

    def run(self) -> None:
        linux.become_subreaper()
        wake = self._wake_on_child_death()
        spec = self._first_message()
        if spec is None:
            return
        self._grace_s = float(spec["grace_s"])
        try:
            self._program = launch.start(self._slave, spec)
        except LaunchError as error:
            self._send({"failed": {"errno": error.errno, "message": str(error)}})
            return
        finally:
            os.close(self._slave)
        try:
            self._send({"started": self._program})
            self._supervise(wake)
        finally:  # whatever happened, also a runner that died while the program started
            self._kill_everything()
        self._send({"exited": _outcome(self._status), "survivors": len(linux.descendants(os.getpid()))})

    def _wake_on_child_death(self) -> int:
        read_end, write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
        return read_end

    def _supervise(self, wake: int) -> None:
        poll = select.poll()
        poll.register(wake, select.POLLIN)
        poll.register(self._control, select.POLLIN)
        deadline: float | None = None  # set once the tree has been asked to end
        while self._status is None:
            timeout_ms = None if deadline is None else max(0, int((deadline - time.monotonic()) * 1000))
            ready = {descriptor for descriptor, _ in poll.poll(timeout_ms)}
            if wake in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(wake, 4096)
                self._reap()
            if self._control.fileno() in ready and deadline is None and self._must_end():
                poll.unregister(self._control)
                self._hang_up()
                deadline = time.monotonic() + self._grace_s
            if deadline is not None and time.monotonic() >= deadline:
                return

    def _must_end(self) -> bool:
        """Carry out what the runner says; True when the tree is to end (told so, or the runner is gone)."""
        try:
            data = self._control.recv(65536)
        except ConnectionResetError:  # it died with a word of ours unread
            data = b""
        if not data:
            return True
        *lines, self._inbox = (self._inbox + data).split(b"\n")
        for line in lines:
            command = json.loads(line)
            if "end" in command:
                self._grace_s = float(command["end"])
                return True
            self._signal_program(int(command["signal"]))
        return False

    def _hang_up(self) -> None:
        """What a terminal does when it is closed; a stopped program is woken so that it can hear it."""
        for number in (signal.SIGHUP, signal.SIGCONT, signal.SIGTERM):
            self._signal_program(number)

    def _signal_program(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._program, number)

    def _reap(self) -> bool:
        """Collect the dead; False when there is no child left at all."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self._program:
                self._status = status

    def _kill_everything(self) -> None:
        """SIGKILL every descendant until none is left. Stopping them first keeps a fork bomb from outrunning us."""
        for attempt in range(KILL_ROUNDS):
            tree = linux.descendants(os.getpid())
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for pid in tree:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, number)
            if not self._reap():
                return
            if attempt:
                time.sleep(KILL_PAUSE_S)

    def _first_message(self) -> dict[str, Any] | None:
        data = bytearray()
        while not data.endswith(b"\n"):
            part = self._control.recv(262144)
            if not part:
                return None
            data += part
        spec: dict[str, Any] = json.loads(data)["spec"]
        return spec

    def _send(self, message: dict[str, Any]) -> None:
        self._control.sendall(json.dumps(message).encode() + b"\n")


def _outcome(status: int | None) -> dict[str, int | None]:
    if status is None:
        return {"code": None, "signal": int(signal.SIGKILL)}
    if os.WIFSIGNALED(status):
        return {"code": None, "signal": os.WTERMSIG(status)}
    return {"code": os.WEXITSTATUS(status), "signal": None}
