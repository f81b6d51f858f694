"""The runner's hold on session processes: asks the spawner for supervisors and listens to each one."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core.errors import Conflict, HostUnavailable, InvalidRequest, StorageFull
from runner.sandbox import linux, netns
from runner.spawner import SOCKETS, SUPERVISOR

START_TIMEOUT_S = 20.0
SOCKETS_TIMEOUT_S = 10.0
END_MARGIN_S = 10.0
_ERRORS_BY_ERRNO = {
    2: InvalidRequest,
    13: InvalidRequest,
    8: InvalidRequest,
    20: InvalidRequest,
    28: StorageFull,
    122: StorageFull,
}
PACKAGE_ROOT = Path(__file__).resolve().parent.parent


class Spawner:
    """Owns the spawner process, the only one that forks. Started again when it has died."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # messages don't run into each other
        command = (sys.executable, "-P", "-m", "runner.spawner", str(theirs.fileno()))
        environment = {"PYTHONPATH": str(PACKAGE_ROOT), "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = await asyncio.create_subprocess_exec(
            *command,
            pass_fds=(theirs.fileno(),),
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # a hang-up or Ctrl-C at the runner's terminal is for the runner
        )
        theirs.close()
        self._socket = ours

    async def spawn(
        self,
        slave: int,
        spec: dict[str, Any],
        on_exit: Callable[[int | None, int | None], None],
        said: Sequence[int] = (),
    ) -> "Process":
        """Start `spec` (see `runner.sandbox.launch`) on the terminal `slave`, which is closed here in any case.

        `said`: pipes for what it says on standard output and error, closed here too, for a program without a terminal:
        `slave` is what it reads then.
        `on_exit(code, signal)` is called once, when the program and everything it left behind is gone.
        """
        ours, theirs = socket.socketpair()
        try:
            await self._hand_over(SUPERVISOR, slave, *said, theirs.fileno())
        except OSError:
            ours.close()
            raise HostUnavailable("The runner can't start processes") from None
        finally:
            theirs.close()
            for descriptor in (slave, *said):
                os.close(descriptor)
        process = Process(ours, on_exit, lambda: self._end_user(spec["uid"], spec["user_lock"]))
        await process.start(spec)
        return process

    async def sockets(self, network: int) -> list[socket.socket]:
        """TCP sockets of that network namespace, not connected to anything yet. Raises `OSError`."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                await self._hand_over(SOCKETS, network, theirs.fileno())
            ours.settimeout(SOCKETS_TIMEOUT_S)
            return await asyncio.to_thread(netns.received, ours)

    async def _hand_over(self, what: bytes, *descriptors: int) -> None:
        if self._process is None or self._process.returncode is not None:
            await self.start()
        assert self._socket is not None
        socket.send_fds(self._socket, [what], descriptors)

    def _end_user(self, uid: int | None, lock: str) -> None:
        """What is left of a session whose supervisor was killed; only a user id of its own tells what that is."""
        if uid is not None and self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.send(os.fsencode(f"{uid} {lock}"))

    async def aclose(self) -> None:
        if self._socket is not None and self._process is not None:
            self._socket.close()
            await self._process.wait()


class Process:
    """One session's process tree, seen through its supervisor."""

    def __init__(
        self,
        control: socket.socket,
        on_exit: Callable[[int | None, int | None], None],
        on_murder: Callable[[], None],
    ) -> None:
        self._control = control
        self._on_exit = on_exit
        self._on_murder = on_murder  # the supervisor ended without a word
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._survivors = 0
        self.is_end_certain = False  # that nothing of it is left was seen, and is not only likely
        self._init = -1  # pidfd of process 1 of the box, where there is one
        self._init_pid = 0
        self.pid: int | None = None
        self.exited = asyncio.Event()

    async def start(self, spec: dict[str, Any]) -> None:
        reader, self._writer = await asyncio.open_connection(sock=self._control, limit=1 << 20)
        try:
            self._say({"spec": spec})
            answer = await asyncio.wait_for(self._started(reader), START_TIMEOUT_S)
        except TimeoutError:
            self._kill_box()
            self._forget_box()
            self._writer.close()
            raise HostUnavailable("The session's program did not start in time") from None
        if answer is None or "started" not in answer:
            self._forget_box()
            self._writer.close()
            raise _launch_error(answer)
        self.pid = answer["started"]
        self._listening = asyncio.create_task(self._listen(reader))

    async def _started(self, reader: asyncio.StreamReader) -> dict[str, Any] | None:
        """How the start went. On the way we get hold of the box's process 1: its guard may be killed, and it not."""
        while (message := await self._next(reader)) is not None and "init" in message:
            with contextlib.suppress(OSError):
                self._init, self._init_pid = os.pidfd_open(message["init"]), message["init"]
        if message is None:
            self._kill_box()
        return message

    @property
    def box(self) -> int | None:
        """Process 1 of its box; None where there is none, or it is over.

        Whoever looks at it by this number asks once more afterwards: till then the number was nobody else's.
        """
        return self._init_pid if self._init >= 0 and not linux.is_over(self._init) else None

    @property
    def is_boxed(self) -> bool:
        """Whether it was started in a box, which may be over."""
        return self._init_pid != 0

    def _kill_box(self) -> None:
        if self._init >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._init, signal.SIGKILL)

    def _forget_box(self) -> None:
        if self._init >= 0:
            os.close(self._init)
            self._init = -1

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        outcome: dict[str, int | None] = {"code": None, "signal": None}
        has_exited = False
        while (message := await self._next(reader)) is not None:
            outcome = message.get("exited", outcome)
            has_exited = has_exited or "exited" in message
            self._survivors = message.get("survivors", 0)
            self.is_end_certain = message.get("certain", False)
        if not has_exited:
            self._kill_box()
            self._on_murder()
        self._forget_box()
        assert self._writer is not None
        self._writer.close()
        self.exited.set()
        self._on_exit(outcome["code"], outcome["signal"])

    @staticmethod
    async def _next(reader: asyncio.StreamReader) -> dict[str, Any] | None:
        with contextlib.suppress(ConnectionError):
            if line := await reader.readline():
                message: dict[str, Any] = json.loads(line)
                return message
        return None

    def signal(self, number: int, group: int | None) -> None:
        """Send `number` to a process group of the session, or to the program's own; nothing happens after its exit."""
        self._say({"signal": number, "group": group})

    async def end(self, grace_s: float) -> None:
        """Hang up, after half of `grace_s` terminate, after all of it kill; returns when nothing of the tree is alive.

        Every process of the tree has that time, also when the program itself has ended.

        Raises `Conflict` when something survived SIGKILL (stuck in the kernel).
        """
        self._say({"end": grace_s})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.exited.wait(), grace_s + END_MARGIN_S)
        if self._survivors or not self.exited.is_set():
            raise Conflict("A process of the session could not be ended; it is stuck in the kernel")

    def _say(self, message: dict[str, Any]) -> None:
        if self._writer is not None and not self.exited.is_set():
            self._writer.write(json.dumps(message).encode() + b"\n")


def _launch_error(answer: dict[str, Any] | None) -> Exception:
    if answer is None:
        return HostUnavailable("The session's supervisor died")
    number, text = answer["failed"]["errno"], answer["failed"]["message"]
    kind = _ERRORS_BY_ERRNO.get(number, Conflict)
    return kind(f"The program could not be started: {text}")
