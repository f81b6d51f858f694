"""One screen worker process and the socket to it, from its start to its burial."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import runner
from runner import wire
from runner.screens.messages import Kind

COMMAND = [sys.executable, "-P", "-s", "-m", "runner.screens.worker"]
# The worker sees nothing of the runner's environment but where our code is.
ENVIRONMENT = {"PYTHONPATH": str(Path(runner.__file__).parents[1]), "LANG": "C.UTF-8"}
WRITE_HIGH_WATER_BYTES = 1024 * 1024
REAP_INTERVAL_S = 0.01
HELLO_LIMIT_S = 30.0  # it takes 0.4 s on an idle machine


class WorkerLink(asyncio.Protocol):
    """Owns one worker process. `lost` is set when it is gone; `box_notes` says what is missing of its box."""

    def __init__(self, process: "subprocess.Popen[bytes]", on_frame: Callable[[wire.Frame], None]) -> None:
        self.lost = asyncio.Event()
        self.box_notes: list[str] = []
        self._answered = asyncio.Event()
        self._process = process
        self._on_frame = on_frame
        self._decoder = wire.Decoder()
        self._transport: asyncio.WriteTransport | None = None
        self._room = asyncio.Event()
        self._room.set()

    @classmethod
    async def start(cls, on_frame: Callable[[wire.Frame], None]) -> "WorkerLink":
        """Spawn a worker. `Popen` itself, not asyncio's: on Python 3.11 that one waits for the child in a thread."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = _spawn(theirs.fileno())
        link = cls(process, on_frame)
        try:
            await asyncio.get_running_loop().create_unix_connection(lambda: link, sock=ours)
        except BaseException:
            ours.close()
            await link.end()
            raise
        return link

    async def hello(self) -> bool:
        """Wait for the worker's first word; False when it died before or says nothing for too long."""
        try:
            async with asyncio.timeout(HELLO_LIMIT_S):
                await self._answered.wait()
        except TimeoutError:
            return False
        return not self.lost.is_set()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, frame: bytes) -> None:
        """Hand a frame to the transport; never blocks. Into the void when the worker is gone."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame)

    async def drained(self) -> None:
        """Wait until the transport's buffer has room (or the worker is gone)."""
        await self._room.wait()

    async def end(self) -> None:
        """Close the socket, which ends the worker, and see it off."""
        if self._transport is not None:
            self._transport.abort()
        self._process.kill()
        while self._process.poll() is None:  # noqa: ASYNC110 (a killed child tells nobody but `wait`)
            await asyncio.sleep(REAP_INTERVAL_S)

    # --- asyncio.Protocol ----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's are no subclass
        self._transport.set_write_buffer_limits(high=WRITE_HIGH_WATER_BYTES)

    def data_received(self, data: bytes) -> None:
        for frame in self._decoder.feed(data):
            if frame.kind == Kind.READY:
                self._greeted(frame.body)
            else:
                self._on_frame(frame)

    def _greeted(self, body: bytes) -> None:
        """Only its first word was said before it read anything of a program."""
        if not self._answered.is_set():
            self.box_notes = body.decode(errors="replace").splitlines()
            self._answered.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()
        self._answered.set()
        self._room.set()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()


def _spawn(fd: int) -> "subprocess.Popen[bytes]":
    null = subprocess.DEVNULL
    return subprocess.Popen(
        [*COMMAND, str(fd)],
        stdin=null,
        stdout=null,
        stderr=null,
        pass_fds=[fd],
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,  # Ctrl-C at the runner's terminal is for the runner
    )
