"""One live terminal: the PTY and its program, the journal of its output, its screen, and the readers that watch."""

import asyncio
import os
import time
from collections.abc import Sequence
from typing import Any, Literal, Protocol

from core.errors import Conflict, InvalidRequest, TooLarge
from runner import pty
from runner.activity import Rules, State
from runner.journal import Journal
from runner.process import Process, Spawner
from runner.screens.pool import ScreenPool
from runner.watch import Watch

READ_BUDGET_BYTES = 256 * 1024  # a flooding session gives the loop back after this much
FLUSH_INTERVAL_S = 0.004  # while flooding, readers are served this often; when idle, at once
FLUSH_BYTES = 256 * 1024
PROMPT_FLUSHES, PROMPT_BYTES = 4, 4095  # so many pieces smaller than a full read go at once before readers wait
SCREEN_SHARE_BYTES = 4 * 1024 * 1024  # a screen may always be this far behind its program…
SCREEN_BURST_BYTES = 32 * 1024 * 1024  # …and further, for bursts, unless all together are this far behind
MAX_PENDING_INPUT_BYTES = 1024 * 1024
REOPEN_INTERVAL_S = 0.1  # a program may close its terminal and open it again; the kernel doesn't say when
PACE_BEHIND_BYTES = 1024 * 1024  # a driving reader this far behind holds the program back…
PACE_PATIENCE_S = 2.0  # …for as long as it acknowledges something within this time
TITLE_INTERVAL_S = 0.25
MIN_CELLS, MAX_CELLS = 2, 1000

# Between two programs of one session: leave the alternate screen, forget modes, colours, mouse and keyboard protocol.
SOFT_RESET = b"\x18\x1b[?1049l\x1b[!p\x1b[?1000;1002;1003;1004;1006;2004;2026l\x1b[<99u\x1b[0m\x1b[r\x1b[?25h\r\n"

Status = Literal["starting", "running", "exited"]


class Reader(Protocol):
    """What a terminal tells those who watch it."""

    control: bool  # may type; else it only watches
    paces: bool  # may hold the program back
    acknowledged: int

    def pump(self) -> None:
        """There may be output to send: take from the journal what fits."""

    def notify(self, event: str, **fields: Any) -> None: ...


class Terminal:
    """Lives on the runner's event loop. Offsets count bytes since the session began, over all its programs."""

    def __init__(self, session_id: str, cols: int, rows: int, *, screens: ScreenPool, journal_bytes: int) -> None:
        self.id = session_id
        self.cols, self.rows = check_size(cols, rows)
        self.journal = Journal(journal_bytes)
        self.status: Status = "starting"
        self.code: int | None = None
        self.signal: int | None = None
        self.title = ""
        self.created_at = self.active_at = time.time()
        self.readers: set[Reader] = set()
        self.driver: Reader | None = None  # who typed last (or came last to type): the only one who paces
        self.sizes: list[tuple[int, int, int]] = [(0, self.cols, self.rows)]  # (offset, cols, rows), for a rebuild
        self._screens = screens
        self._loop = asyncio.get_running_loop()
        self._master = -1
        self._process: Process | None = None
        self._reading = self._replacing = False
        self._pending_input = bytearray()
        self._flushed_at = 0.0
        self._unflushed = 0
        self._prompt_flushes = 0
        self._flush_timer: asyncio.TimerHandle | None = None
        self._title_timer: asyncio.TimerHandle | None = None
        self.watch: Watch | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._progress: dict[Reader, int] = {}
        screens.open(session_id, self.cols, self.rows, self)

    # --- program -------------------------------------------------------------------------------------------------

    async def start(self, spawner: Spawner, spec: dict[str, Any], rules: Rules = ()) -> None:
        """Start a program on a fresh PTY; raises what `Spawner.spawn` raises, and is `exited` then.

        `rules` tell its state from its screen (`runner.activity`).
        """
        master, slave = pty.open_pair(self.cols, self.rows)
        self.status, self.code, self.signal = "starting", None, None
        self._master = master
        self.title = ""
        self.watch = Watch(
            rules, master=lambda: self._master, screen=lambda: self.text(0), answer=self.on_reply, tell=self._on_state
        )
        self._resume_reading()
        try:
            self._process = await spawner.spawn(slave, spec, self._on_exit)
        except BaseException:
            self._on_exit(None, None)
            raise
        self.status = "running"
        self.watch.program = self._process.pid

    async def replace(self, spawner: Spawner, spec: dict[str, Any], rules: Rules, grace_s: float) -> None:
        """End the present program and start another on the same history."""
        self._replacing = True
        try:
            await self.end(grace_s)
            self._take(SOFT_RESET)
            await self.start(spawner, spec, rules)
        finally:
            self._replacing = False
            if self.status == "exited":
                self._tell("exited", code=self.code, signal=self.signal)
        self._tell("replaced")

    async def end(self, grace_s: float) -> None:
        """End the whole process tree; returns when it is gone."""
        if self._process is not None and self.status != "exited":
            await self._process.end(grace_s)

    def send_signal(self, number: int) -> None:
        if self._process is None or self.status != "running":
            raise Conflict("The session has exited")
        self._process.signal(number)

    def _on_exit(self, code: int | None, signal: int | None) -> None:
        self._drain()
        if self._master >= 0:
            self._pause_reading()
            self._loop.remove_writer(self._master)
            os.close(self._master)
            self._master = -1
        self._pending_input.clear()
        self.status, self.code, self.signal = "exited", code, signal
        if self.watch is not None:
            self.watch.exited()
        self._flush()
        if not self._replacing:
            self._tell("exited", code=code, signal=signal)

    def _drain(self) -> None:
        while self._master >= 0:
            data, closed = pty.read_available(self._master, READ_BUDGET_BYTES)
            if data:
                self._take(data)
            if closed or not data:
                return

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self.status == "running" else None

    # --- output --------------------------------------------------------------------------------------------------

    def _on_readable(self) -> None:
        data, closed = pty.read_available(self._master, READ_BUDGET_BYTES)
        if data:
            self._take(data)
            if self.watch is not None:
                self.watch.output(data)
        if closed:
            self._pause_reading()
            self._loop.call_later(REOPEN_INTERVAL_S, self.on_progress)
        elif self._must_pause():
            self._pause_reading()
            self._expect_progress()

    def _take(self, data: bytes) -> None:
        """Output arrived: journal first, then whoever watches, then the screen, which nobody waits for."""
        self.journal.append(data)
        self._unflushed += len(data)
        self.active_at = time.time()
        try:
            self._schedule_flush()
        finally:
            self._screens.feed(self.id, data)

    def _schedule_flush(self) -> None:
        """At once after a pause, and for the next few small pieces: an echo that comes in two halves waits for none."""
        due_in = self._flushed_at + FLUSH_INTERVAL_S - self._loop.time()
        if due_in <= 0:
            self._prompt_flushes = PROMPT_FLUSHES
        if due_in <= 0 or self._unflushed >= FLUSH_BYTES:
            self._flush()
        elif self._prompt_flushes and self._unflushed < PROMPT_BYTES:
            self._prompt_flushes -= 1
            self._flush()
        elif self._flush_timer is None:
            self._flush_timer = self._loop.call_later(due_in, self._flush)

    def _flush(self) -> None:
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        self._flushed_at, self._unflushed = self._loop.time(), 0
        for reader in tuple(self.readers):
            reader.pump()

    # --- readers -------------------------------------------------------------------------------------------------

    def join(self, reader: Reader) -> None:
        self.readers.add(reader)
        self.drive(reader)

    def drive(self, reader: Reader) -> None:
        """This reader came to type or has typed: from now on the program keeps its pace."""
        if reader.control:
            self.driver = reader

    def leave(self, reader: Reader) -> None:
        self.readers.discard(reader)
        if self.driver is reader:
            self.driver = next((other for other in self.readers if other.control), None)
        self.on_progress()

    def was_resized_after(self, offset: int) -> bool:
        """Whether output from `offset` on was made for several sizes, so that its bytes alone don't give the screen."""
        return any(at > offset for at, _, _ in self.sizes)

    # --- pacing --------------------------------------------------------------------------------------------------

    def _must_pause(self) -> bool:
        if self._screens.lag(self.id) > SCREEN_SHARE_BYTES and self._screens.backlog() > SCREEN_BURST_BYTES:
            return True
        limit = min(PACE_BEHIND_BYTES, self.journal.capacity_bytes // 2)
        driver = self.driver
        return driver is not None and driver.paces and self.journal.end - driver.acknowledged > limit

    def on_progress(self) -> None:
        """A reader acknowledged, or the screen caught up: perhaps the program may go on."""
        if not self._reading and self._master >= 0 and not self._must_pause():
            self._resume_reading()

    on_lag = on_progress

    def _expect_progress(self) -> None:
        self._progress = {reader: reader.acknowledged for reader in self.readers if reader.paces}
        if self._patience is None:
            self._patience = self._loop.call_later(PACE_PATIENCE_S, self._lose_patience)

    def _lose_patience(self) -> None:
        """Readers that acknowledged nothing for two seconds no longer hold the program back."""
        self._patience = None
        for reader, before in self._progress.items():
            if reader in self.readers and reader.acknowledged == before:
                reader.paces = False
        self.on_progress()
        if not self._reading and self._master >= 0:
            self._expect_progress()

    def _pause_reading(self) -> None:
        if self._reading:
            self._loop.remove_reader(self._master)
            self._reading = False

    def _resume_reading(self) -> None:
        if not self._reading:
            self._loop.add_reader(self._master, self._on_readable)
            self._reading = True
            if self._patience is not None:  # the next pause is waited for afresh, or it would have less time
                self._patience.cancel()
                self._patience = None

    # --- input ---------------------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Type `data`. What the program does not read yet waits, up to a megabyte; beyond that `TooLarge`."""
        if self._master < 0:
            raise Conflict("The session has exited")
        if len(self._pending_input) + len(data) > MAX_PENDING_INPUT_BYTES:
            raise TooLarge("The program does not read its input; over 1 MiB is waiting")
        self._pending_input += data
        if self.watch is not None:
            self.watch.input()
        self._on_writable()

    def _on_writable(self) -> None:
        try:
            while self._pending_input:
                written = os.write(self._master, self._pending_input[:4096])
                del self._pending_input[:written]
        except BlockingIOError:
            self._loop.add_writer(self._master, self._on_writable)
            return
        except OSError:
            self._pending_input.clear()
        self._loop.remove_writer(self._master)

    def resize(self, cols: int, rows: int) -> None:
        """Set the size in cells (2-1000 each, else `InvalidRequest`) for the program, the screen and all watchers."""
        cols, rows = check_size(cols, rows)
        if (cols, rows) == (self.cols, self.rows):
            return
        self.cols, self.rows = cols, rows
        self.sizes.append((self.journal.end, cols, rows))
        self._forget_old_sizes()
        self._screens.resize(self.id, cols, rows)
        if self._master >= 0:
            pty.set_size(self._master, cols, rows)
        self._tell("resized", cols=cols, rows=rows)

    def _forget_old_sizes(self) -> None:
        """Drop sizes that were replaced before the oldest byte held, and all but the last of one offset."""
        kept = [
            s for s, after in zip(self.sizes, self.sizes[1:], strict=False) if after[0] > max(s[0], self.journal.start)
        ]
        self.sizes = [*kept, self.sizes[-1]]

    # --- screen --------------------------------------------------------------------------------------------------

    def on_reply(self, data: bytes) -> None:
        """The screen answers a query of the program: typed like input, dropped when nobody reads it."""
        if self._master >= 0 and len(self._pending_input) + len(data) <= MAX_PENDING_INPUT_BYTES:
            self._pending_input += data
            self._on_writable()

    def on_title(self, title: str) -> None:
        self.title = title
        if self.watch is not None:
            self.watch.title(title)
        if self._title_timer is None:  # some turn a wheel in their title ten times a second
            self._title_timer = self._loop.call_later(TITLE_INTERVAL_S, self._tell_title)

    def _tell_title(self) -> None:
        self._title_timer = None
        self._tell("title", title=self.title)

    def _on_state(self, state: State, since: float) -> None:
        self._tell("state", state=state, since=since)

    def replay(self) -> Sequence[tuple[Literal["size"], int, int] | tuple[Literal["data"], bytes]]:
        """What the journal still holds, with the resizes where they happened, to rebuild a screen from."""
        steps: list[tuple[Literal["size"], int, int] | tuple[Literal["data"], bytes]] = []
        position = self.journal.start
        for offset, cols, rows in self.sizes:
            if offset > position:
                steps.append(("data", self.journal.read(position, offset - position)))
                position = offset
            steps.append(("size", cols, rows))
        if self.journal.end > position:
            steps.append(("data", self.journal.read(position, self.journal.end - position)))
        return steps

    async def repaint(self, history: int) -> tuple[int, int, int, bytes]:
        """`(offset, cols, rows, data)`: `data` gives a fresh terminal of that size the screen as of `offset`."""
        offset, cols, rows = self.journal.end, self.cols, self.rows
        return offset, cols, rows, await self._screens.repaint(self.id, history)

    async def text(self, history: int) -> str:
        return await self._screens.text(self.id, history)

    # --- everything else -----------------------------------------------------------------------------------------

    def _tell(self, event: str, **fields: Any) -> None:
        for reader in tuple(self.readers):
            reader.notify(event, **fields)

    def info(self) -> dict[str, Any]:
        """The terminal as callers of the runner see it; times are Unix seconds."""
        return {
            "id": self.id, "status": self.status, "pid": self.pid, "code": self.code, "signal": self.signal,
            "cols": self.cols, "rows": self.rows, "offset": self.journal.end, "start": self.journal.start,
            "title": self.title, "created_at": self.created_at, "active_at": self.active_at,
            "viewers": len(self.readers),
            "state": self.watch.state if self.watch else "exited",
            "state_since": self.watch.since if self.watch else self.created_at,
        }  # fmt: skip

    def close(self) -> None:
        """Forget the screen and send watchers away; the program must have ended."""
        self._tell("closed")
        self.readers.clear()
        if self.watch is not None:
            self.watch.close()
        for timer in (self._patience, self._flush_timer, self._title_timer):
            if timer is not None:
                timer.cancel()
        self._screens.close(self.id)


def check_size(cols: Any, rows: Any) -> tuple[int, int]:
    """`(cols, rows)` when both are whole numbers from 2 to 1000, else `InvalidRequest`."""
    if not all(type(n) is int and MIN_CELLS <= n <= MAX_CELLS for n in (cols, rows)):
        raise InvalidRequest(f"cols and rows must be whole numbers from {MIN_CELLS} to {MAX_CELLS}")
    return cols, rows
