"""How fast things go from a program to its readers: when they are served or told, and when the program has to wait."""

import asyncio
from collections.abc import Callable
from typing import Protocol

FLUSH_INTERVAL_S = 0.004  # while flooding, readers are served this often; when idle, at once
FLUSH_BYTES = 256 * 1024
PROMPT_FLUSHES, PROMPT_BYTES = 4, 4095  # so many pieces smaller than a full read go at once before readers wait
PACE_BEHIND_BYTES = 1024 * 1024  # a driving reader this far behind holds the program back…
PACE_PATIENCE_S = 2.0  # …for as long as it acknowledges something within this time


class Flush:
    """Decides when `serve` gives the readers what has arrived."""

    def __init__(self, serve: Callable[[], None]) -> None:
        self._serve = serve
        self._loop = asyncio.get_running_loop()
        self._done_at = 0.0
        self._waiting_bytes = 0
        self._prompt = 0
        self._timer: asyncio.TimerHandle | None = None

    def arrived(self, size_bytes: int) -> None:
        """At once after a pause, and for the next few small pieces: an echo that comes in two halves waits for none."""
        self._waiting_bytes += size_bytes
        due_in = self._done_at + FLUSH_INTERVAL_S - self._loop.time()
        if due_in <= 0:
            self._prompt = PROMPT_FLUSHES
        if due_in <= 0 or self._waiting_bytes >= FLUSH_BYTES:
            self.now()
        elif self._prompt and self._waiting_bytes < PROMPT_BYTES:
            self._prompt -= 1
            self.now()
        elif self._timer is None:
            self._timer = self._loop.call_later(due_in, self.now)

    def now(self) -> None:
        self.close()
        self._done_at, self._waiting_bytes = self._loop.time(), 0
        self._serve()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Seldom:
    """Calls `tell` in the loop's next turn, but `interval_s` after the last call at the soonest.

    What changes together is told together; some flap, or turn a wheel.
    """

    def __init__(self, tell: Callable[[], None], interval_s: float) -> None:
        self._tell, self._interval_s = tell, interval_s
        self._loop = asyncio.get_running_loop()
        self._told_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def changed(self) -> None:
        if self._timer is None:
            due_in = self._told_at + self._interval_s - self._loop.time()
            self._timer = self._loop.call_later(max(0.0, due_in), self.now)

    def now(self) -> None:
        self.close()
        self._told_at = self._loop.time()
        self._tell()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Paced(Protocol):
    paces: bool  # may hold the program back
    acknowledged: int  # offset up to which it has everything


class Pace:
    """The patience that a program has with its driver. `go_on` is called whenever a wait has been long enough."""

    def __init__(self, driver: Callable[[], Paced | None], go_on: Callable[[], None]) -> None:
        self._driver, self._go_on = driver, go_on
        self._timer: asyncio.TimerHandle | None = None
        self._waited_for: tuple[Paced | None, int] = (None, 0)  # the driver, and where it was

    def holds(self, end: int, journal_bytes: int) -> bool:
        """Whether output that has come to offset `end` waits for the driver."""
        driver = self._driver()
        limit = min(PACE_BEHIND_BYTES, journal_bytes // 2)
        return driver is not None and driver.paces and end - driver.acknowledged > limit

    def wait(self) -> None:
        """The program is held: from now on its driver has the whole patience."""
        self.over()
        driver = self._driver()
        self._waited_for = driver, driver.acknowledged if driver is not None else 0
        self._timer = asyncio.get_running_loop().call_later(PACE_PATIENCE_S, self._lose)

    def over(self) -> None:
        """The program goes on (or has ended); the next wait begins afresh, or it would have less time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _lose(self) -> None:
        """A driver that acknowledged nothing all the while no longer holds the program back."""
        self._timer = None
        driver, before = self._waited_for
        if driver is not None and driver is self._driver() and driver.acknowledged == before:
            driver.paces = False
        self._go_on()
