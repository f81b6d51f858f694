"""One watcher of a terminal: a cursor into the journal, a window of unacknowledged bytes, no queue of its own."""

import asyncio
from collections.abc import Callable
from typing import Any

from core.errors import AgtermError
from runner import protocol
from runner.protocol import Kind
from runner.terminal import Terminal

CHUNK_BYTES = 256 * 1024
WINDOW_BYTES = 1024 * 1024


class Attachment:
    """Sends one terminal to one connection. What it may cost is fixed: a window in flight, the rest is in the journal.

    A reader the journal has outrun gets a repaint of the screen and goes on from there.
    """

    def __init__(
        self, terminal: Terminal, params: protocol.Attach, send: Callable[..., None], writable: Callable[[], bool]
    ) -> None:
        self.terminal = terminal
        self._send, self._writable = send, writable
        self._history = params.history
        self._control = params.control
        self._repainting: asyncio.Task[None] | None = None
        follows = params.since is not None and terminal.journal.holds(params.since)
        self.cursor = self.acknowledged = params.since if follows and params.since is not None else terminal.journal.end
        self.replay = "screen" if not follows else "none" if self.cursor == terminal.journal.end else "bytes"
        self.paces = self._control
        self._farewell: bytes | None = None

    def start(self) -> None:
        """Join the readers, then send what was missed: what arrives in between is in the journal behind it."""
        self.terminal.readers.add(self)
        if self.replay == "screen":
            self._repaint()
        else:
            self.pump()
        if self.terminal.status == "exited":
            self.notify("exited", code=self.terminal.code, signal=self.terminal.signal)

    def pump(self) -> None:
        """Send what there is, as far as window and connection allow."""
        journal = self.terminal.journal
        while self._repainting is None and self.cursor < journal.end and self._writable():
            if self.cursor - self.acknowledged >= WINDOW_BYTES:
                return
            if self.cursor < journal.start:
                self._repaint()
                return
            data = journal.read(self.cursor, CHUNK_BYTES)
            self._send(Kind.OUTPUT, protocol.offset_header(self.cursor), data)
            self.cursor += len(data)
        if self._farewell is not None and self._repainting is None and self.cursor >= journal.end:
            self._send(Kind.EVENT, self._farewell)
            self._farewell = None

    def _repaint(self) -> None:
        if self._repainting is None:
            self._repainting = asyncio.create_task(self._send_repaint())

    async def _send_repaint(self) -> None:
        try:
            offset, cols, rows, data = await self.terminal.repaint(self._history)
        except AgtermError as error:  # no picture, but what comes from now on
            self.notify("failed", error=error.as_payload())
            offset = self.terminal.journal.end
        else:
            self._send(Kind.REPAINT, protocol.repaint_header(offset, cols, rows), data)
        self.cursor = self.acknowledged = offset
        self._repainting = None
        self.pump()

    def acknowledge(self, offset: int) -> None:
        """The reader has everything before `offset`; nonsense (never sent, or going back) is ignored."""
        if not self.acknowledged < offset <= self.cursor:
            return
        self.acknowledged = offset
        self.paces = self._control
        self.pump()
        self.terminal.on_progress()

    def notify(self, event: str, **fields: Any) -> None:
        """Send an event; the exit of the program waits until all of its output has been sent."""
        body = protocol.dumps({"event": event, **fields})
        if event == "exited":
            self._farewell = body
            self.pump()
        else:
            self._send(Kind.EVENT, body)

    def stop(self) -> None:
        self.terminal.readers.discard(self)
        if self._repainting is not None:
            self._repainting.cancel()
        self.terminal.on_progress()
