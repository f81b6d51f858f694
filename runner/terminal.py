"""One live terminal: the PTY and its program, the journal of its output, its screen, and the readers that watch."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from core.errors import Conflict, InvalidRequest
from runner import pty
from runner.activity import Rules, State
from runner.control import Control
from runner.execution import Executions
from runner.journal import Journal
from runner.keyboard import Keyboard
from runner.marks import Mark, Marks
from runner.pacing import Flush, Pace, Seldom
from runner.process import Process, Spawner
from runner.recorder.tap import Tap
from runner.screens import scratch
from runner.screens.pool import ScreenPool
from runner.watch import Watch

if TYPE_CHECKING:
    from runner.recorder.link import Recorder

READ_BUDGET_BYTES = 16 * 1024  # a flooding session gives the loop back after this much, for the others' sake
SCREEN_SHARE_BYTES = 4 * 1024 * 1024  # a screen may always be this far behind its program…
SCREEN_BURST_BYTES = 32 * 1024 * 1024  # …and further, for bursts, unless all together are this far behind
REOPEN_INTERVAL_S = 0.1  # a program may close its terminal and open it again; the kernel doesn't say when
NEWS_INTERVAL_S = 0.25  # a new title or state is told at once after a pause, else this often
MIN_CELLS, MAX_CELLS = 2, 1000

# Between two programs of one session: leave the alternate screen, forget modes, colours, mouse and keyboard protocol.
SOFT_RESET = b"\x18\x1b[?1049l\x1b[!p\x1b[?1000;1002;1003;1004;1006;2004;2026l\x1b[<99u\x1b[0m\x1b[r\x1b[?25h\r\n"

logger = logging.getLogger(__name__)

Status = Literal["starting", "running", "exited"]
Tell = Callable[[str, str, dict[str, Any]], None]  # terminal, event, fields


class Terminal:
    """Lives on the runner's event loop. Offsets count bytes since the session began, over all its programs."""

    def __init__(
        self, session_id: str, cols: int, rows: int, *,
        screens: ScreenPool, journal_bytes: int, offset: int = 0, tell: Tell | None = None,
        recorder: "Recorder | None" = None,
    ) -> None:  # fmt: skip
        """`offset`: where output begins, for a session that lived before; beyond all that anybody has seen of it.

        `tell` hears every event, as the readers do.
        """
        self.id = session_id
        self.cols, self.rows = check_size(cols, rows)
        self.journal = Journal(journal_bytes, start=offset)
        self.status: Status = "starting"
        self.code: int | None = None
        self.signal: int | None = None
        self.ended_by = ""  # who ended the program: stop, idle, or nobody
        self.typed_bytes = 0
        self.title = ""
        self.created_at = self.active_at = self.started_at = time.time()  # started_at: of the present program
        self.control = Control(self)
        self.sizes: list[tuple[int, int, int]] = [(offset, self.cols, self.rows)]  # (offset, cols, rows), for a rebuild
        self._screens = screens
        self._loop = asyncio.get_running_loop()
        self._master = -1
        self._process: Process | None = None
        self._reading = self._replacing = False
        self.following: Callable[[], None] | None = None  # what is called when this one has exited with 0
        self._keyboard = Keyboard()
        self._flush = Flush(self._serve)
        self._state: tuple[State, float] = "working", 0.0  # as it was last told, or will be
        self._title_news = Seldom(self._tell_title, NEWS_INTERVAL_S)
        self._state_news = Seldom(self._tell_state, NEWS_INTERVAL_S)
        self.watch: Watch | None = None
        self.marks: Marks | None = None
        self.executions = Executions(self)
        self._pace = Pace(lambda: self.control.driver, self._go_on_or_wait)
        self._tell_all = tell
        self._tap = Tap(self, recorder)
        screens.open(session_id, self.cols, self.rows, self)

    # --- program -------------------------------------------------------------------------------------------------

    async def start(
        self,
        spawner: Spawner,
        spec: dict[str, Any],
        rules: Rules = (),
        word: str = "",
        *,
        raw: bool = False,
        following: Callable[[], None] | None = None,
    ) -> None:
        """Start a program on a fresh PTY; raises what `Spawner.spawn` raises, and is `exited` then.

        `rules` tell its state from its screen (`runner.activity`); `word` is in the marks of its prompt, if it has any;
        `raw` is the PTY of one that is no terminal program (`pty.open_pair`). With `following` it only prepares:
        that is called, and nobody hears of an exit, once it has exited with 0; until the next start all is `starting`.
        """
        master, slave = pty.open_pair(self.cols, self.rows, raw=raw)
        follows, self.following = self.is_between, following
        self.status, self.code, self.signal, self.ended_by = "starting", None, None, ""
        self.started_at = time.time()
        self._master = master
        self._keyboard.connect(master)
        self.title = ""
        self.watch = Watch(
            rules, master=lambda: self._master, screen=lambda: self.text(0), answer=self.on_reply, tell=self._on_state
        )
        self.marks = Marks(word, self._heard) if word else None
        self._resume_reading()
        begin = self.journal.end
        try:
            self._process = await spawner.spawn(slave, spec, self._on_exit)
        except BaseException as error:
            self._on_exit(None, None)
            logger.info("%s did not start: %s; the terminal says %r", self.id, error, self.journal.read(begin, 200))
            raise
        self.status = "running"
        self.watch.program = self._process.pid
        if follows:
            self._tell("replaced")

    async def replace(
        self,
        spawner: Spawner,
        make_spec: Callable[[], Awaitable[dict[str, Any]]],
        rules: Rules,
        grace_s: float,
        word: str = "",
        *,
        raw: bool = False,
        following: Callable[[], None] | None = None,
    ) -> None:
        """End the present program and start another on the same history; `make_spec` is asked in between."""
        self._replacing = True
        try:
            await self.end(grace_s)
            self._take(SOFT_RESET)
            await self.start(spawner, await make_spec(), rules, word, raw=raw, following=following)
        finally:
            self._replacing = False
            if self.status == "exited":
                self._tell("exited", code=self.code, signal=self.signal, ended_by=self.ended_by)
        self._tell("replaced")

    async def end(self, grace_s: float, by: str = "") -> None:
        """End the whole process tree; returns when it is gone. Nothing follows what prepared."""
        was_between, self.following = self.is_between, None
        if was_between:
            self.ended_by = by
            self._on_exit(None, None)
        elif self._process is not None and self.status != "exited":
            self.ended_by = by
            await self._process.end(grace_s)

    @property
    def is_between(self) -> bool:
        """Whether what prepared has exited, and what follows it is not started yet."""
        is_over = self._process is not None and self._process.exited.is_set()
        return self.following is not None and self.status == "starting" and is_over

    def say(self, text: str) -> None:
        """A line of ours on the screen, as if the program had printed it."""
        self._take(f"\r\n{text}\r\n".encode())

    def send_signal(self, number: int) -> None:
        """To the process group that has the keyboard, as Ctrl-C would go; to the program's own when there is none."""
        if self._process is None or self.status != "running":
            raise Conflict("The session has exited")
        self._process.signal(number, pty.foreground_group(self._master) if self._master >= 0 else None)

    def _on_exit(self, code: int | None, signal: int | None) -> None:
        self._drain()
        if self._master >= 0:
            self._pause_reading()
            self._keyboard.disconnect()
            os.close(self._master)
            self._master = -1
        if self.following is not None and code == 0:
            self.status = "starting"
            self._flush.now()
            if self.watch is not None:
                self.watch.close()
            self.following()
            return
        self.following = None
        self.status, self.code, self.signal = "exited", code, signal
        if self.watch is not None:
            self.watch.exited()
        self.executions.noticed()
        self._flush.now()
        if not self._replacing:
            self._tell("exited", code=code, signal=signal, ended_by=self.ended_by)

    def _drain(self) -> None:
        while self._master >= 0:
            data, closed = pty.read_available(self._master, READ_BUDGET_BYTES)
            if data:
                self._take(data)
            if closed or not data:
                return

    @property
    def end_is(self) -> str | None:
        """`certain` or `likely`, once the program and all that it left behind is gone."""
        if self.status != "exited" or self._process is None:
            return None
        return "certain" if self._process.is_end_certain else "likely"

    @property
    def process(self) -> Process | None:
        """What runs, for those who look into its box."""
        return self._process if self.status == "running" else None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process is not None else None

    def is_program_itself(self) -> bool:
        """Whether the program has the keyboard, and not one that it started."""
        return self._master >= 0 and pty.foreground_group(self._master) == (self.pid or -1)

    def edits_its_line(self) -> bool:
        """Whether whoever has the keyboard reads keys and shows them itself, as a shell does that edits its line."""
        return self._master >= 0 and pty.reads_hidden_keys(self._master)

    # --- output --------------------------------------------------------------------------------------------------

    def _on_readable(self) -> None:
        data, closed = pty.read_available(self._master, READ_BUDGET_BYTES)
        if data:
            self._take(data)
            if self.watch is not None:
                self.watch.output(data)
            if self.marks is not None and self.marks.feed(data, self.journal.end):
                self.executions.noticed()
        if closed:
            self._pause_reading()
            self._loop.call_later(REOPEN_INTERVAL_S, self.on_progress)
        elif self._must_pause():
            self._pause_reading()
            self._pace.wait()

    def _take(self, data: bytes) -> None:
        """Output arrived: journal first, then whoever watches, then the screen, which nobody waits for."""
        self.journal.append(data)
        self._tap.output(data)
        self.active_at = time.time()
        try:
            self._flush.arrived(len(data))
        finally:
            self._screens.feed(self.id, data)

    def _heard(self, mark: Mark) -> None:
        self._tap.heard(mark)
        self.executions.heard(mark)

    def _serve(self) -> None:
        for reader in self.control.readers:
            reader.pump()

    # --- pacing --------------------------------------------------------------------------------------------------

    def _must_pause(self) -> bool:
        if self._screens.lag(self.id) > SCREEN_SHARE_BYTES and self._screens.backlog() > SCREEN_BURST_BYTES:
            return True
        return self._tap.holds() or self._pace.holds(self.journal.end, self.journal.capacity_bytes)

    def on_progress(self) -> None:
        """A reader acknowledged, or the screen caught up: perhaps the program may go on."""
        if self._is_held and not self._must_pause():
            self._resume_reading()

    on_lag = on_progress

    @property
    def _is_held(self) -> bool:
        return not self._reading and self._master >= 0

    def _go_on_or_wait(self) -> None:
        self.on_progress()
        if self._is_held:
            self._pace.wait()

    on_driver = _go_on_or_wait  # whoever drives now has the whole patience

    def _pause_reading(self) -> None:
        if self._reading:
            self._loop.remove_reader(self._master)
            self._reading = False

    def _resume_reading(self) -> None:
        if not self._reading:
            self._loop.add_reader(self._master, self._on_readable)
            self._reading = True
            self._pace.over()

    # --- input ---------------------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Type `data`. What the program does not read yet waits, up to a megabyte; beyond that `TooLarge`."""
        if self._master < 0:
            raise Conflict("The session has exited")
        hidden = self._tap.is_hidden(self._master)  # as soon as the line is read, its reader shows what is typed again
        self._keyboard.type(data)
        self._tap.typed(data, hidden=hidden or self._tap.is_hidden(self._master))
        self.executions.prompt.typed(data, self.journal.end)
        self.typed_bytes += len(data)
        if self.watch is not None:
            self.watch.input()

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

    def was_resized_after(self, offset: int) -> bool:
        """Whether output from `offset` on was made for several sizes, so that its bytes alone don't give the screen."""
        return any(at > offset for at, _, _ in self.sizes)

    def _forget_old_sizes(self) -> None:
        """Drop sizes that were replaced before the oldest byte held, and all but the last of one offset."""
        kept = [
            s for s, after in zip(self.sizes, self.sizes[1:], strict=False) if after[0] > max(s[0], self.journal.start)
        ]
        self.sizes = [*kept, self.sizes[-1]]

    # --- screen --------------------------------------------------------------------------------------------------

    def on_reply(self, data: bytes) -> None:
        """The screen answers a query of the program: typed like input, dropped when nobody reads it."""
        if self._master >= 0 and self._keyboard.has_room_for(data):
            self._keyboard.type(data)

    def on_title(self, title: str) -> None:
        self.title = title
        if self.watch is not None:
            self.watch.title(title)
        self._title_news.changed()

    def _tell_title(self) -> None:
        self._tell("title", title=self.title)

    def _on_state(self, state: State, since: float) -> None:
        self._state = state, since
        if state == "exited":
            self._state_news.now()
        else:
            self._state_news.changed()
        self.executions.noticed()

    def _tell_state(self) -> None:
        state, since = self._state
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

    async def drawn(self, data: bytes) -> tuple[str, bool]:
        """What `data` alone gives on an empty screen of this size, as text, and whether there was more."""
        return await scratch.drawn(self._screens, data, self.cols, self.rows)

    async def lines(self, count: int, skip: int) -> dict[str, Any]:
        """`{total, lines}`, see `ScreenPool.lines`."""
        total, lines = await self._screens.lines(self.id, count, skip)
        return {"total": total, "lines": lines}

    async def snapshot(self) -> dict[str, Any]:
        """What `ScreenPool.snapshot` knows of the screen, with the `offset` and the size that it is of, and `state`."""
        end, cols, rows = self.journal.end, self.cols, self.rows
        shown = await self._screens.snapshot(self.id)
        place = {"offset": end - shown.pop("begun"), "cols": cols, "rows": rows}
        return shown | place | {"title": self.title, "state": self.watch.state if self.watch else "exited"}

    # --- everything else -----------------------------------------------------------------------------------------

    def _tell(self, event: str, **fields: Any) -> None:
        for reader in self.control.readers:
            reader.notify(event, **fields)
        if self._tell_all is not None:
            self._tell_all(self.id, event, fields)

    def on_viewers(self, viewers: dict[str, Any]) -> None:
        if self._tell_all is not None:
            self._tell_all(self.id, "viewers", viewers)

    def info(self) -> dict[str, Any]:
        """The terminal as callers of the runner see it; times are Unix seconds."""
        return {
            "id": self.id, "status": self.status, "pid": self.pid, "code": self.code, "signal": self.signal,
            "ended_by": self.ended_by,
            "cols": self.cols, "rows": self.rows, "offset": self.journal.end, "start": self.journal.start,
            "title": self.title, "created_at": self.created_at, "active_at": self.active_at,
            **self.control.viewers(),
            "state": self.watch.state if self.watch else "exited",
            "state_since": self.watch.since if self.watch else self.created_at,
        }  # fmt: skip

    def close(self) -> None:
        """Forget the screen and send watchers away; the program must have ended."""
        for reader in self.control.readers:
            reader.notify("closed")
        self.control.close()
        if self.watch is not None:
            self.watch.close()
        self.executions.close()
        self._pace.over()
        self._flush.close()
        self._title_news.close()
        self._state_news.close()
        self._screens.close(self.id)


def check_size(cols: Any, rows: Any) -> tuple[int, int]:
    """`(cols, rows)` when both are whole numbers from 2 to 1000, else `InvalidRequest`."""
    if not all(type(n) is int and MIN_CELLS <= n <= MAX_CELLS for n in (cols, rows)):
        raise InvalidRequest(f"cols and rows must be whole numbers from {MIN_CELLS} to {MAX_CELLS}")
    return cols, rows
