"""The runner's hold on session processes: asks the spawner for supervisors and listens to each one."""

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import Conflict, HostUnavailable, InvalidRequest, StorageFull

START_TIMEOUT_S = 20.0
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
        ours, theirs = socket.socketpair()
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
        self, slave: int, spec: dict[str, Any], on_exit: Callable[[int | None, int | None], None]
    ) -> "Process":
        """Start `spec` (see `runner.sandbox.launch`) on the terminal `slave`, which is closed here in any case.

        `on_exit(code, signal)` is called once, when the program and everything it left behind is gone.
        """
        ours, theirs = socket.socketpair()
        try:
            await self._hand_over(slave, theirs)
        except OSError:
            ours.close()
            raise HostUnavailable("The runner can't start processes") from None
        finally:
            theirs.close()
            os.close(slave)
        process = Process(ours, on_exit)
        await process.start(spec)
        return process

    async def _hand_over(self, slave: int, control: socket.socket) -> None:
        if self._process is None or self._process.returncode is not None:
            await self.start()
        assert self._socket is not None
        socket.send_fds(self._socket, [b"+"], [slave, control.fileno()])

    async def aclose(self) -> None:
        if self._socket is not None and self._process is not None:
            self._socket.close()
            await self._process.wait()


class Process:
    """One session's process tree, seen through its supervisor."""

    def __init__(self, control: socket.socket, on_exit: Callable[[int | None, int | None], None]) -> None:
        self._control = control
        self._on_exit = on_exit
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._survivors = 0
        self.pid: int | None = None
        self.exited = asyncio.Event()

    async def start(self, spec: dict[str, Any]) -> None:
        reader, self._writer = await asyncio.open_connection(sock=self._control, limit=1 << 20)
        try:
            self._say({"spec": spec})
            answer = await asyncio.wait_for(self._next(reader), START_TIMEOUT_S)
        except TimeoutError:
            self._writer.close()
            raise HostUnavailable("The session's program did not start in time") from None
        if answer is None or "started" not in answer:
            self._writer.close()
            raise _launch_error(answer)
        self.pid = answer["started"]
        self._listening = asyncio.create_task(self._listen(reader))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        outcome: dict[str, int | None] = {"code": None, "signal": None}
        while (message := await self._next(reader)) is not None:
            outcome = message.get("exited", outcome)
            self._survivors = message.get("survivors", 0)
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

    def signal(self, number: int) -> None:
        """Send `number` to the program's process group; nothing happens when it has exited."""
        self._say({"signal": number})

    async def end(self, grace_s: float) -> None:
        """Hang up, wait `grace_s`, kill what is left; returns when nothing of the tree is alive.

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
