"""The runner's hold on a process that keeps what terminals say: starts it, feeds it, starts another when it dies.

Nothing here ever waits for it: what it does not take yet is counted in `waiting_bytes`.
"""

import asyncio
import contextlib
import logging
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Any

import orjson

import runner
from core.errors import HostUnavailable, by_code
from runner import wire
from runner.recorder import frames

COMMAND = [sys.executable, "-P", "-s", "-m", "runner.recorder"]
ENVIRONMENT = {
    "PYTHONPATH": str(Path(runner.__file__).parents[1]),
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
}
START_LIMIT_S, ANSWER_LIMIT_S, END_LIMIT_S = 30.0, 60.0, 5.0
STUCK_S = 60.0  # one that takes nothing of what waits for so long is ended: programs may be waiting for it
RETRY_FIRST_S, RETRY_MAX_S = 0.05, 5.0
REAP_INTERVAL_S = 0.01
PIPE_BYTES = 1024 * 1024
BATCH_BYTES, BATCH_S = 128 * 1024, 0.01
PARTS_AT_ONCE = 512  # the kernel takes no more than 1024
READ_BYTES = 64 * 1024

logger = logging.getLogger(__name__)


class Gone(HostUnavailable):
    """The process is not there, or died over the question; another is, or will be, started."""


class Process:
    """Owns one process. Lives on one event loop; `start` first.

    `role`: what it does; `greeting`: what it is told first, asked anew for each process. `on_up`: a new one reads;
    `on_room`: it has taken what waited, or most; `on_message`: it says something by itself.
    """

    def __init__(
        self,
        role: str,
        greeting: Callable[[], Mapping[str, Any]],
        *,
        on_up: Callable[[], None],
        on_room: Callable[[], None],
        on_message: Callable[[dict[str, Any]], None],
        room_bytes: int,
    ) -> None:
        self._role, self._greeting, self._room_bytes = role, greeting, room_bytes
        self._on_up, self._on_room, self._on_message = on_up, on_room, on_message
        self.waiting_bytes = 0
        self.is_up = False
        self._up = asyncio.Event()
        self._lost = asyncio.Event()
        self._out: deque[bytes | memoryview] = deque()
        self._flushing: asyncio.Handle | None = None
        self._is_writing = self._was_full = self._is_over = False
        self._moved_at = 0.0  # when it took something, or had nothing to take
        self._socket: socket.socket | None = None
        self._decoder = wire.Decoder()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the process; `wait_until_up` says when it listens."""
        self._loop = asyncio.get_running_loop()
        self._keeper = self._loop.create_task(self._keep(), name=self._role)

    async def aclose(self) -> None:
        """Let it take what waits, within a few seconds, and see its end."""
        if self._keeper is None:
            return
        deadline = self._loop.time() + END_LIMIT_S
        while self.waiting_bytes and self.is_up and self._loop.time() < deadline:  # noqa: ASYNC110 (seconds at most)
            await asyncio.sleep(REAP_INTERVAL_S)
        self._is_over = True  # burying one is not to be interrupted
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        self._keeper = None

    @property
    def listens(self) -> bool:
        """Whether it has said its first word."""
        return self._up.is_set()

    async def wait_until_up(self) -> None:
        try:
            async with asyncio.timeout(START_LIMIT_S):
                await self._up.wait()
        except TimeoutError:
            raise Gone(f"The process for {self._role} can't be started") from None

    # --- what it is told -----------------------------------------------------------------------------------------

    def say(self, **message: Any) -> None:
        """Into the void while there is none."""
        self.send(frames.message(message))

    async def ask(self, **message: Any) -> Any:
        """Its answer; raises what it raised, and `Gone` when it dies over it."""
        await self.wait_until_up()
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                return await self.put(**message)
        except TimeoutError:
            raise Gone(f"The process for {self._role} does not answer") from None

    def put(self, **message: Any) -> "asyncio.Future[Any]":
        """As `ask`, to one that is up: what is sent next follows the question."""
        number = next(self._numbers)
        answer = self._answers[number] = self._loop.create_future()
        self.say(id=number, **message)
        self._flush_now()
        return answer

    def send(self, *parts: bytes) -> None:
        """Parts of frames, with whatever else is sent within some milliseconds: each wakes the process up."""
        if not self.is_up:
            return
        if not self._out:
            self._moved_at = self._loop.time()
        self._out.extend(parts)
        self.waiting_bytes += sum(map(len, parts))
        self._was_full = self._was_full or self.waiting_bytes > self._room_bytes
        if self.waiting_bytes >= BATCH_BYTES:
            self._flush_now()
        elif self._flushing is None and not self._is_writing:
            self._flushing = self._loop.call_later(BATCH_S, self._flush)

    def _flush_now(self) -> None:
        if not self._is_writing and self.is_up:
            if self._flushing is not None:
                self._flushing.cancel()
            self._flush()

    def _flush(self) -> None:
        self._flushing = None
        if self._socket is None:
            return
        try:
            while self._out:
                self._sent(self._socket.sendmsg(list(islice(self._out, PARTS_AT_ONCE))))
        except BlockingIOError:
            if not self._is_writing:
                self._loop.add_writer(self._socket.fileno(), self._flush)
                self._is_writing = True
        except OSError:
            self._lost.set()
            return
        if self._is_writing and not self._out:
            self._loop.remove_writer(self._socket.fileno())
            self._is_writing = False
        if self._was_full and self.waiting_bytes <= self._room_bytes // 2:
            self._was_full = False
            self._on_room()

    def _sent(self, size: int) -> None:
        self.waiting_bytes -= size
        self._moved_at = self._loop.time()
        while size:
            first = self._out.popleft()
            if len(first) > size:
                self._out.appendleft(memoryview(first)[size:])
                return
            size -= len(first)

    def _on_readable(self) -> None:
        assert self._socket is not None
        try:
            data = self._socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lost.set()
            return
        for frame in self._decoder.feed(data):
            self._heard(orjson.loads(frame.body))

    def _heard(self, message: dict[str, Any]) -> None:
        if "ready" in message:
            self._up.set()
        elif (number := message.get("id")) is None:
            self._on_message(message)
        elif (answer := self._answers.pop(number, None)) is not None and not answer.done():
            if (error := message.get("error")) is not None:
                answer.set_exception(by_code(error["code"])(error["message"]))
            else:
                answer.set_result(message["result"])

    # --- the process ---------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        pause_s = RETRY_FIRST_S
        try:
            while not self._is_over:
                began = self._loop.time()
                try:
                    await self._serve()
                except (OSError, TimeoutError) as error:
                    logger.error("the process for %s did not start: %s", self._role, error)
                await self._bury()
                if self._loop.time() - began > RETRY_MAX_S:
                    pause_s = RETRY_FIRST_S
                await asyncio.sleep(0 if self._is_over else pause_s)
                pause_s = min(pause_s * 2, RETRY_MAX_S)
        finally:
            await self._bury()

    async def _serve(self) -> None:
        """Start one and feed it until it is gone."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        for end in (ours, theirs):
            for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                end.setsockopt(socket.SOL_SOCKET, option, PIPE_BYTES)  # as far as the machine allows
        self._socket = ours
        with theirs:
            self._process = _spawn(self._role, theirs.fileno())
        self._decoder = wire.Decoder()
        self._lost.clear()
        self._loop.add_reader(ours.fileno(), self._on_readable)
        self.is_up = True
        self.say(**self._greeting())
        await self._first_word()
        self._on_up()
        while not self._lost.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), STUCK_S / 10)
            if self._out and self._loop.time() - self._moved_at > STUCK_S:
                logger.error("the process for %s takes nothing any more", self._role)
                break
        logger.warning("the process for %s has died; another is started", self._role)

    async def _first_word(self) -> None:
        said, lost = (self._loop.create_task(event.wait()) for event in (self._up, self._lost))
        try:
            await asyncio.wait((said, lost), timeout=START_LIMIT_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            said.cancel()
            lost.cancel()
        if not self._up.is_set():
            raise OSError("it died at once, or said nothing")

    async def _bury(self) -> None:
        """Whatever became of the process, it is gone after this."""
        self.is_up = False
        self._up.clear()
        if self._socket is not None:
            self._loop.remove_reader(self._socket.fileno())
            self._loop.remove_writer(self._socket.fileno())
            self._socket.close()
            self._socket = None
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        self._out.clear()
        self.waiting_bytes, self._is_writing, self._was_full = 0, False, False
        answers, self._answers = self._answers, {}
        for each in answers.values():
            if not each.done():
                each.set_exception(Gone(f"The process for {self._role} has died"))
        if self._process is not None:
            patience = self._loop.time() + END_LIMIT_S  # it has files to write
            while self._process.poll() is None:
                if self._loop.time() > patience:
                    self._process.kill()
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(REAP_INTERVAL_S)
            self._process = None


def _spawn(role: str, descriptor: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*COMMAND, role, str(descriptor)],
        stdin=subprocess.DEVNULL,
        pass_fds=[descriptor],
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,  # Ctrl-C at the runner's terminal is for the runner
    )
