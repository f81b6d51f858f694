"""One process per session: starts its program, adopts what that leaves behind, ends the whole tree, reports once.

Being the subreaper, it is the parent of every orphan of the session (where the session has no process 1 of its own),
so a daemon that forked twice and left its process group is still found. It ends the tree when told, when the program
exits, and when the runner is gone. Told to, or alone, it gives all of the tree the grace to end by itself: an agent in
a shell is to save what it has, though the shell dies at once. What an exiting program leaves behind gets none: it is
where its user left it, and the exit is news. It keeps the listeners of the session's own network, and delivers them.
Protocol on the control socket: newline-terminated JSON. In: `{"spec": …}` first, then `{"signal": n, "group": g}`
(group: the one in the terminal's foreground, or null), `{"end": grace_s}`. Out: `{"init": pid}` of a box,
`{"started": pid}` or `{"failed": {errno, message}}`, then
`{"exited": {code, signal}, "survivors": n, "certain": bool}`.
"""

import contextlib
import json
import os
import select
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from typing import Any

from runner.egress.delivery import Delivery
from runner.sandbox import ending, launch, linux, sharing
from runner.sandbox.launch import LaunchError, Started

DELIVERY_RETRY_S = 0.5


def run(*descriptors: int) -> int:
    """Supervise one session to its end; the process's exit status is always 0.

    `descriptors`: its terminal (or what it reads, its standard output and error), and the control socket.
    """
    *streams, control_descriptor = descriptors
    control = socket.socket(fileno=control_descriptor)
    with control, contextlib.suppress(BrokenPipeError, ConnectionResetError):
        Supervisor(streams, control).run()
    return 0


class Supervisor:
    """Owns the session's process tree. Single-threaded; wakes on the control socket or on a child's death."""

    def __init__(self, streams: Sequence[int], control: socket.socket) -> None:
        self._streams, self._control = streams, control
        self._inbox = b""
        self._started: Started | None = None
        self._delivery: Delivery | None = None
        self._deliver_at = 0.0
        self._status: int | None = None
        self._grace_s = 1.0

    def run(self) -> None:
        linux.become_subreaper()
        wake = self._wake_on_child_death()
        spec = self._first_message()
        if spec is None:
            return
        self._grace_s = float(spec["grace_s"])
        presence = None
        slave, *said = self._streams
        try:
            presence = _join(spec)
            if spec["egress"]["token"]:
                self._delivery = Delivery(spec["egress"]["address"], spec["egress"]["token"], {})
            self._started = launch.start(slave, spec, lambda init: self._send({"init": init}), said)
        except LaunchError as error:
            self._send({"failed": {"errno": error.errno, "message": str(error)}})
            return
        finally:
            for descriptor in self._streams:
                os.close(descriptor)
        certain = False
        try:
            self._deliver()
            self._send({"started": self._started.program})
            self._supervise(wake)
        finally:  # whatever happened, also a runner that died while the program started
            if self._delivery is not None:
                self._delivery.close()
            certain = ending.kill_everything(self._started, spec, presence)
        survivors = len(linux.descendants(os.getpid()))
        self._send({"exited": self._started.outcome(self._status), "survivors": survivors, "certain": certain})

    def _deliver(self) -> None:
        assert self._started is not None
        if self._delivery is not None:
            self._delivery.hold(self._started.listeners)
            self._delivery.connect()

    def _wake_on_child_death(self) -> int:
        read_end, write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
        return read_end

    def _supervise(self, wake: int) -> None:
        poll = select.poll()
        poll.register(wake, select.POLLIN)
        poll.register(self._control, select.POLLIN)
        steps: Iterator[float] = iter(())
        deadline: float | None = None  # of the present step, once the tree has been asked to end
        for descriptor in self._box():
            poll.register(descriptor, select.POLLIN)
        while self._goes_on(is_ending=deadline is not None):
            watched = self._watch_delivery(poll)
            ready = {descriptor for descriptor, _ in poll.poll(self._timeout_ms(deadline))}
            for descriptor in ready.intersection(self._box()):  # would be readable for ever
                poll.unregister(descriptor)
            if watched in ready:
                self._lose_delivery(poll, watched)
            if wake in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(wake, 4096)
            if self._control.fileno() in ready and deadline is None and self._must_end():
                poll.unregister(self._control)
                steps = self._steps()
                deadline = next(steps)
            if deadline is not None and time.monotonic() >= deadline and (deadline := next(steps, None)) is None:
                return

    def _box(self) -> list[int]:
        """What tells that process 1 of the box, and that the program in it, is over; nothing where there is no box."""
        assert self._started is not None
        return [fd for fd in (self._started.init_fd, self._started.program_fd) if fd >= 0]

    def _goes_on(self, *, is_ending: bool) -> bool:
        """False once all of the tree is gone; and once the program is, unless what is left has been given time."""
        assert self._started is not None
        is_alive = self._reap() and not (self._started.init_fd >= 0 and linux.is_over(self._started.init_fd))
        program = self._started.program_fd
        has_exited = self._status is not None or (program >= 0 and linux.is_over(program))
        return is_alive and (is_ending or not has_exited)

    def _timeout_ms(self, deadline: float | None) -> int | None:
        waits = [] if deadline is None else [max(0.0, deadline - time.monotonic())]
        if self._delivery is not None and self._delivery.fileno() < 0:
            waits.append(DELIVERY_RETRY_S)
        return int(min(waits) * 1000) if waits else None

    def _watch_delivery(self, poll: select.poll) -> int:
        """The descriptor that tells when the egress process is gone; -1 while it is not to be had."""
        if self._delivery is None:
            return -1
        if self._delivery.fileno() < 0 and (time.monotonic() < self._deliver_at or not self._delivery.connect()):
            return -1
        poll.register(self._delivery.fileno(), select.POLLIN)
        return self._delivery.fileno()

    def _lose_delivery(self, poll: select.poll, descriptor: int) -> None:
        assert self._delivery is not None
        poll.unregister(descriptor)
        self._delivery.lost()
        self._deliver_at = time.monotonic() + DELIVERY_RETRY_S

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
            self._signal(int(command["signal"]), command.get("group"))
        return False

    def _steps(self) -> Iterator[float]:
        """Moments to wait for: half the grace time for SIGHUP alone, then SIGTERM and the rest of it."""
        began = time.monotonic()
        self._tell_all(signal.SIGHUP)
        yield began + self._grace_s / 2
        self._tell_all(signal.SIGTERM)
        yield began + self._grace_s

    def _tell_all(self, number: int) -> None:
        """To every process of the tree; stopped ones are woken so that they can hear it."""
        assert self._started is not None
        for pid in linux.descendants(self._started.init or os.getpid()):  # not what holds the box
            for each in (number, signal.SIGCONT):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, each)

    def _signal(self, number: int, group: int | None = None) -> None:
        """To the group if it is one of this session, else to the program's own."""
        assert self._started is not None
        if group is None or not self._is_ours(group):
            group = self._started.program
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)

    def _is_ours(self, group: int) -> bool:
        """Whether the group has a member here: its number may be somebody else's by now."""
        for pid in linux.descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(pid) == group:
                    return True
        return False

    def _reap(self) -> bool:
        """Collect the dead; False when there is no child left at all."""
        ended, are_there_more = linux.reap()
        if self._started is not None:
            self._status = ended.get(self._started.child, self._status)
        return are_there_more

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


def _join(spec: dict[str, Any]) -> int | None:
    """As `sharing.join`, where the session has a user of its own."""
    if spec["uid"] is None:
        return None
    try:
        return sharing.join(spec["user_lock"])
    except OSError as error:
        raise LaunchError(error.errno or 0, str(error)) from None
