"""The side of the process: reads what the runner says, answers it, and looks after its work twice a second."""

import logging
import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import orjson

from core.errors import AgtermError
from runner import wire
from runner.recorder import frames
from runner.recorder.frames import Kind, Piece

READ_BYTES = 256 * 1024
TICK_S = 0.5

logger = logging.getLogger(__name__)


class Listening:
    """`messages`: what answers each operation, with its message; `pieces`: what takes each kind of piece."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._decoder = wire.Decoder()
        self._sending = threading.Lock()
        self.messages: dict[str, Callable[[dict[str, Any]], Any]] = {}
        self.pieces: dict[int, Callable[[Piece], None]] = {}

    def run(self) -> None:
        """Until the runner is gone."""
        self._socket.setblocking(True)
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        due = time.monotonic() + TICK_S
        while True:
            now = time.monotonic()
            if now >= due:
                self.tick(now)
                due = now + TICK_S
            if poll.poll(max(1, int((due - now) * 1000))) and not self._read():
                break
        self.end()

    def tick(self, now: float) -> None:
        """Twice a second."""

    def end(self) -> None:
        """The runner is gone."""

    def _read(self) -> bool:
        try:
            data = self._socket.recv(READ_BYTES)
        except OSError:
            data = b""
        for frame in self._decoder.feed(data):
            if frame.kind == Kind.MESSAGE:
                self._on_message(orjson.loads(frame.body))
            else:
                self.pieces[frame.kind](frames.piece(frame.body))
        return bool(data)

    def _on_message(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        try:
            result = self.messages[message["op"]](message)
        except AgtermError as error:
            self.answer(number, error=error)
        except Exception as error:
            logger.exception("%s failed", message["op"])
            self.answer(number, error=error)
        else:
            if result is not LATER:
                self.answer(number, result)

    def answer(self, number: int | None, result: Any = None, *, error: Exception | None = None) -> None:
        """To a message that asked for one, of any thread."""
        if number is None:
            return
        if error is None:
            self.say(id=number, result=result)
        else:
            code = error.code if isinstance(error, AgtermError) else "HOST_UNAVAILABLE"
            text = error.message if isinstance(error, AgtermError) else "The recorder failed; the runner's log says why"
            self.say(id=number, error={"code": code, "message": text})

    def say(self, **message: Any) -> None:
        with self._sending:
            try:
                self._socket.sendall(frames.message(message))
            except OSError:
                logger.debug("nobody hears any more")


LATER: Any = object()  # another thread will answer
