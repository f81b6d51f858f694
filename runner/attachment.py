"""One watcher of a terminal: a cursor into the journal, a window of unacknowledged bytes, no queue of its own."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from core.errors import AgtermError, SessionNotFound
from runner import protocol
from runner.protocol import Kind
from runner.terminal import Terminal

CHUNK_BYTES = 256 * 1024
WINDOW_BYTES = 1024 * 1024
MAX_WAITING_EVENTS = 100


class Attachment:
    """Sends one terminal to one connection. What it may cost is fixed: a window in flight, the rest is in the journal.

    A reader the journal has outrun gets a repaint of the screen and goes on from there.
    """

    def __init__(
        self, terminal: Terminal, params: protocol.Attach, send: Callable[..., None], writable: Callable[[], bool]
    ) -> None:
        self.terminal = terminal
        self.control = self.paces = params.control
        self._send, self._writable = send, writable
        self._history = params.history
        self._repainting: asyncio.Task[None] | None = None
        self._waiting: deque[tuple[int, str, bytes]] = deque()  # events, each behind the output that came before it
        since, journal = params.since, terminal.journal
        follows = since is not None and journal.holds(since) and not terminal.was_resized_after(since)
        self.cursor = self.acknowledged = since if follows and since is not None else journal.end
        self.replay = "screen" if not follows else "none" if self.cursor == journal.end else "bytes"

    def start(self) -> None:
        """Join the readers, then send what was missed: what arrives in between is in the journal behind it."""
        self.terminal.join(self)
        if self.replay == "screen":
            self._repaint()
        else:
            self.pump()
        if self.terminal.status == "exited":
            self.notify("exited", code=self.terminal.code, signal=self.terminal.signal)

    def pump(self) -> None:
        """Send what there is, output and events in the order they happened, as far as window and connection allow."""
        journal = self.terminal.journal
        while self._repainting is None and self._writable():
            if self._waiting and self._waiting[0][0] <= self.cursor:
                self._send(Kind.EVENT, self._waiting.popleft()[2])
                continue
            if self.cursor >= journal.end or self.cursor - self.acknowledged >= WINDOW_BYTES:
                return
            if self.cursor < journal.start:
                self._repaint()
                return
            until = self._waiting[0][0] if self._waiting else journal.end
            data = journal.read(self.cursor, min(CHUNK_BYTES, until - self.cursor))
            self._send(Kind.OUTPUT, protocol.offset_header(self.cursor), data)
            self.cursor += len(data)

    def _repaint(self) -> None:
        if self._repainting is None:
            self._repainting = asyncio.create_task(self._send_repaint())

    async def _send_repaint(self) -> None:
        """The screen instead of the bytes: new sizes before it, what else happened up to the request behind it."""
        overtaken, self._waiting = self._waiting, deque()
        problem: AgtermError | None = None
        try:
            offset, cols, rows, data = await self.terminal.repaint(self._history)
        except (AgtermError, KeyError) as error:  # no picture, but what comes from now on
            problem = error if isinstance(error, AgtermError) else SessionNotFound("The session was deleted")
            offset, cols, rows, data = self.terminal.journal.end, 0, 0, b""
        for _, event, body in overtaken:
            if event == "resized":
                self._send(Kind.EVENT, body)
        if problem is None:
            self._send(Kind.REPAINT, protocol.repaint_header(offset, cols, rows), data)
        else:
            self._send(Kind.EVENT, protocol.dumps({"event": "failed", "error": problem.as_payload()}))
        for _, event, body in overtaken:
            if event != "resized":
                self._send(Kind.EVENT, body)
        self.cursor = self.acknowledged = offset
        self._repainting = None
        self.pump()

    def acknowledge(self, offset: int) -> None:
        """The reader has everything before `offset`; nonsense (never sent, or going back) is ignored."""
        if not self.acknowledged < offset <= self.cursor:
            return
        self.acknowledged = offset
        self.paces = self.control
        self.pump()
        self.terminal.on_progress()

    def notify(self, event: str, **fields: Any) -> None:
        """An event reaches the reader after the output before it; only the end of everything is told at once."""
        body = protocol.dumps({"event": event, **fields})
        if event == "closed":
            self._send(Kind.EVENT, body)
            return
        self._waiting.append((self.terminal.journal.end, event, body))
        if len(self._waiting) > MAX_WAITING_EVENTS:  # a reader that late is better served with the screen as it is
            last = {event: number for number, (_, event, _) in enumerate(self._waiting)}
            self._waiting = deque(item for number, item in enumerate(self._waiting) if last[item[1]] == number)
            self._repaint()
        self.pump()

    def stop(self) -> None:
        self.terminal.leave(self)
        if self._repainting is not None:
            self._repainting.cancel()
