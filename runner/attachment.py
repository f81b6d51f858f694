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

    A reader the journal has outrun gets a repaint of the screen and goes on from there; a second repaint waits until
    the first is acknowledged.
    """

    def __init__(
        self, terminal: Terminal, params: protocol.Attach, send: Callable[..., None], writable: Callable[[], bool]
    ) -> None:
        """Takes its seat, which may change the terminal's size, but sends nothing before `start`.

        Raises `Conflict` when too many are attached.
        """
        self.terminal = terminal
        self.control = self.paces = params.control
        self.who = params.who
        self.cursor = self.acknowledged = terminal.journal.end
        self._send, self._writable = send, writable
        self._history = params.history
        self._started = False
        self._repainting: asyncio.Task[None] | None = None
        self._due: int | None = None  # lines of history of the repaint that is wanted next
        self._unseen: int | None = None  # offset of a repaint that was sent and is not acknowledged yet
        self._waiting: deque[tuple[int, str, bytes]] = deque()  # events, each behind the output that came before it
        terminal.control.join(self, protocol.size_of(params))
        self._present = self._presented = terminal.control.picture(self)  # the answer to attaching says it all
        since, journal = params.since, terminal.journal
        follows = since is not None and journal.holds(since) and not terminal.was_resized_after(since)
        if follows and since is not None:
            self.cursor = self.acknowledged = since
        self.replay = "screen" if not follows else "none" if self.cursor == journal.end else "bytes"

    @property
    def is_attached(self) -> bool:
        """False once the terminal has been removed."""
        return self in self.terminal.control.readers

    @property
    def drives(self) -> bool:
        return self.terminal.control.driver is self

    def start(self) -> None:
        """Send what was missed: what arrives in between is in the journal behind it."""
        self._started = True
        if self.replay == "screen":
            self._due = self._history
        self.pump()
        if self.terminal.status == "exited":
            ended = self.terminal
            self.notify("exited", code=ended.code, signal=ended.signal, ended_by=ended.ended_by)

    def pump(self) -> None:
        """Send what there is, output and events in the order they happened, as far as window and connection allow."""
        self._send_present()
        journal = self.terminal.journal
        while self._repainting is None and self._may_send():
            if self._due is not None:
                self._repaint()
                return
            if self._waiting and self._waiting[0][0] <= self.cursor:
                self._send(Kind.EVENT, self._waiting.popleft()[2])
                continue
            if self.cursor >= journal.end or self.cursor - self.acknowledged >= WINDOW_BYTES:
                return
            if self.cursor < journal.start:
                self._due = self._history
                continue
            until = self._waiting[0][0] if self._waiting else journal.end
            data = journal.read(self.cursor, min(CHUNK_BYTES, until - self.cursor))
            self._send(Kind.OUTPUT, protocol.offset_header(self.cursor), data)
            self.cursor += len(data)

    def _may_send(self) -> bool:
        return self._started and self._writable()

    def refresh(self, history: int) -> None:
        """A fresh repaint with so many lines of history; what is asked for meanwhile becomes one more at most."""
        self._due = max(history, self._due or 0)
        self.pump()

    def _repaint(self) -> None:
        """The one that is due, once the one before it has been taken in: until then nothing else makes sense."""
        if self._due is not None and self._unseen is None:
            self._repainting = asyncio.create_task(self._send_repaint(self._due))
            self._due = None

    async def _send_repaint(self, history: int) -> None:
        """The screen instead of the bytes: new sizes before it, what else happened up to the request behind it."""
        overtaken, self._waiting = self._waiting, deque()
        problem: AgtermError | None = None
        try:
            offset, cols, rows, data = await self.terminal.repaint(history)
        except (AgtermError, KeyError) as error:  # no picture, but what comes from now on
            problem = error if isinstance(error, AgtermError) else SessionNotFound("The session was deleted")
            offset, cols, rows, data = self.terminal.journal.end, 0, 0, b""
        for _, event, body in overtaken:
            if event == "resized":
                self._send(Kind.EVENT, body)
        if problem is None:
            self._send(Kind.REPAINT, protocol.repaint_header(offset, cols, rows, history), data)
            self._unseen = offset
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
        has_seen_repaint = self._unseen is not None and self._unseen <= offset <= self.cursor
        if not has_seen_repaint and not self.acknowledged < offset <= self.cursor:
            return
        if has_seen_repaint:
            self._unseen = None
        waited = has_seen_repaint or self.cursor - self.acknowledged >= WINDOW_BYTES
        self.acknowledged = max(offset, self.acknowledged)
        self.paces = self.control
        if waited:  # else the terminal serves its readers when it is time: pieces are larger then
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
            self._due = max(self._history, self._due or 0)
        self.pump()

    def present(self, body: bytes) -> None:
        """Who drives and who is here: one that could not be sent yet is replaced by the next, none is said twice."""
        self._present = body
        self._send_present()

    def _send_present(self) -> None:
        if self._present != self._presented and self._may_send():
            self._presented = self._present
            self._send(Kind.EVENT, self._present)

    def stop(self) -> None:
        self.terminal.control.leave(self)
        if self._repainting is not None:
            self._repainting.cancel()
