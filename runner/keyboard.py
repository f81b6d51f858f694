"""What is typed into a terminal: bytes on their way to the program, which reads them when it likes."""

import asyncio
import os

from core.errors import TooLarge

MAX_PENDING_INPUT_BYTES = 1024 * 1024
WRITE_BYTES = 4096  # a terminal takes no more at once


class Keyboard:
    """Types into the PTY's `master` without ever blocking; what it does not take yet waits, up to a megabyte."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._master = -1
        self._pending = bytearray()

    def connect(self, master: int) -> None:
        self._master = master

    def disconnect(self) -> None:
        """The PTY is about to be closed: what nobody has read is dropped."""
        if self._master >= 0:
            self._loop.remove_writer(self._master)
        self._master = -1
        self._pending.clear()

    def type(self, data: bytes) -> None:
        """Raises `TooLarge` when over a megabyte would wait."""
        if not self.has_room_for(data):
            raise TooLarge("The program does not read its input; over 1 MiB is waiting")
        self._pending += data
        self._flush()

    def has_room_for(self, data: bytes) -> bool:
        return len(self._pending) + len(data) <= MAX_PENDING_INPUT_BYTES

    def _flush(self) -> None:
        try:
            while self._pending:
                written = os.write(self._master, self._pending[:WRITE_BYTES])
                del self._pending[:written]
        except BlockingIOError:
            self._loop.add_writer(self._master, self._flush)
            return
        except OSError:
            self._pending.clear()
        self._loop.remove_writer(self._master)
