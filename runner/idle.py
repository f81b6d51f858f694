"""Ends sessions that have done nothing for a long time: printed nothing, been typed nothing, computed nothing.

Who watches and which socket is open counts for nothing. Looked at from time to time, not with every byte; so a session
is ended somewhat after its limit, never before.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from core.errors import AgtermError
from runner import processes
from runner.terminal import Terminal

log = logging.getLogger("runner.idle")

MAX_INTERVAL_S = 60.0
BUSY_SHARE = 0.02  # of one processor; at their prompts claude takes 0.3 %, codex 0.4 %, gemini 0.8 %


@dataclass(slots=True)
class Seen:
    """One program at the last look; `since` is when it was last seen to do something (monotonic seconds)."""

    program: int
    output: int
    typed: int
    cpu_s: float | None  # of its whole tree, `at` that moment
    at: float
    since: float


class Idle:
    """Looks at all terminals every quarter of the limit, at most every minute."""

    def __init__(
        self,
        limit_s: float,
        terminals: Callable[[], Iterable[Terminal]],
        end: Callable[[str, int], Awaitable[object]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`end(session id, pid)` ends the session unless another program runs there by now."""
        self._limit_s, self._terminals, self._end, self._clock = limit_s, terminals, end, clock
        self._seen: dict[str, Seen] = {}

    async def run(self) -> None:
        """For ever, unless there is no limit."""
        while self._limit_s:
            await asyncio.sleep(min(self._limit_s / 4, MAX_INTERVAL_S))
            try:
                await self.look()
            except Exception:
                log.exception("looking for idle sessions failed")

    async def look(self) -> None:
        """One pass over /proc for all that printed and were typed nothing since the last look; if any, that is."""
        running = {terminal.id: terminal for terminal in self._terminals() if terminal.pid is not None}
        self._seen = {key: seen for key, seen in self._seen.items() if key in running}
        still = [terminal for terminal in running.values() if self._is_still(terminal)]
        used = await _cpu_of([terminal.pid for terminal in still if terminal.pid is not None])
        over = [t for t in still if t.pid in used and self._is_over(t, used[t.pid])]
        await asyncio.gather(*map(self._finish, over))

    def _is_still(self, terminal: Terminal) -> bool:
        """Whether neither output nor input came since the last look; else it counts as busy up to now."""
        seen, now = self._seen.get(terminal.id), self._clock()
        mark = (terminal.pid or 0, terminal.journal.end, terminal.typed_bytes)
        if seen is not None and (seen.program, seen.output, seen.typed) == mark:
            return True
        self._seen[terminal.id] = Seen(*mark, None, now, now)
        return False

    def _is_over(self, terminal: Terminal, cpu_s: float) -> bool:
        """Take the processor time into account; whether the limit is reached."""
        seen, now = self._seen[terminal.id], self._clock()
        if seen.cpu_s is not None and abs(cpu_s - seen.cpu_s) > BUSY_SHARE * (now - seen.at):
            seen.since = now
        seen.cpu_s, seen.at = cpu_s, now
        return now - seen.since >= self._limit_s

    async def _finish(self, terminal: Terminal) -> None:
        if not self._is_still(terminal) or terminal.pid is None:
            return
        log.info("session %s has done nothing for %.0f s and is ended", terminal.id, self._limit_s)
        try:
            await self._end(terminal.id, terminal.pid)
        except AgtermError as error:
            log.warning("idle session %s: %s", terminal.id, error.message)


async def _cpu_of(programs: list[int]) -> dict[int, float]:
    """Processor seconds of each program's whole tree so far, what has ended included as far as it was waited for."""
    if not programs:
        return {}
    turn, found = processes.Turn(), {}
    seen = await processes.snapshot(programs, turn)
    for program in programs:
        supervisor, tree = seen.tree(program)
        if supervisor is not None:
            found[program] = supervisor.children_cpu_s + sum(stat.cpu_s + stat.children_cpu_s for stat in tree)
    return found
