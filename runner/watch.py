"""Watches one running program: feeds its `Activity`, looks at screen and foreground when asked to, tells changes."""

import asyncio
import os
import termios
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from core.errors import AgtermError
from runner import pty
from runner.activity import Activity, InputMode, ReportScanner, Rules, State

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Watch:
    """Lives as long as one program; a new program gets a new one. `tell(state, since)`: since in Unix seconds."""

    def __init__(
        self,
        rules: Rules,
        *,
        master: Callable[[], int],
        screen: Callable[[], Awaitable[str]],
        answer: Callable[[bytes], None],
        tell: Callable[[State, float], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._activity = Activity(rules, self._loop.time())
        self._reports = ReportScanner()
        self._master, self._screen, self._answer, self._tell = master, screen, answer, tell
        self._told: tuple[State, float] | None = None
        self.since = time.time()  # Unix seconds
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self.program: int | None = None
        self._after()

    @property
    def state(self) -> State:
        return self._activity.state

    def output(self, data: bytes) -> None:
        now = self._loop.time()
        self._activity.output(len(data), now)
        for body in self._reports.feed(data):
            if body == self._reports.QUERY:
                self._answer(self._reports.ANSWER)
            else:
                self._activity.report(body, now)
        self._after()

    def input(self) -> None:
        self._activity.input(self._loop.time())

    def title(self, title: str) -> None:
        self._activity.title(title, self._loop.time())
        self._after()

    def exited(self) -> None:
        self._activity.exited(self._loop.time())
        self._after()
        self.close()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._looking is not None:
            self._looking.cancel()

    def _after(self) -> None:
        """Tell what changed, and see to it that there is a timer if a look is due; one that is early sets the next."""
        now = (self._activity.state, self._activity.since)
        if now != self._told:
            self._told = now
            self.since = time.time() - (self._loop.time() - self._activity.since)
            self._tell(self.state, self.since)
        if self._timer is None and self._looking is None and (due := self._activity.due_at) is not None:
            self._timer = self._loop.call_at(due, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        due = self._activity.due_at
        if due is None or due > self._loop.time() + 0.001:
            self._after()
        else:
            self._looking = self._loop.create_task(self._look())

    async def _look(self) -> None:
        try:
            text = await self._screen()
        except AgtermError:  # no picture now; the rest is seen all the same
            text = ""
        finally:
            self._looking = None
        self._see_foreground()
        self._activity.screen(text, self._loop.time())
        self._after()

    def _see_foreground(self) -> None:
        group = pty.foreground_group(self._master()) if self._master() >= 0 else None
        if group is None:
            return
        self._activity.foreground(
            group == self.program,
            _name_of(group),
            self._loop.time(),
            input_mode=_input_mode(self._master()),
            cpu_s=_cpu_of(group),
        )


def _name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
    except OSError:
        return ""


def _cpu_of(pid: int) -> float | None:
    """Processor time of the process that leads the foreground group, its finished children included."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return sum(map(int, fields[11:15])) / TICKS_PER_S


def _input_mode(master: int) -> InputMode:
    """How the program reads: single keys, lines, or lines that it hides (a password)."""
    try:
        flags = termios.tcgetattr(master)[3]
    except termios.error:
        return "unknown"
    if not flags & termios.ICANON:
        return "keys"
    return "lines" if flags & termios.ECHO else "hidden"
