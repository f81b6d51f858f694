"""Watches how much memory each session's processes hold, where no control group limits it.

What a tree holds is its proportional set, swapped pages included: a page counts once, however many share it. Asking the
kernel for that walks the page tables, 13 ms for 500 MB, so a tree is asked only when its resident sets, 8 µs a process
and never less, add up to more than the limit. Memory that no process has mapped (files in memory) is not seen.
"""

import asyncio
import contextlib
import ctypes
import logging
import platform
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.processes import PAGE_BYTES, TURN_S, read_file, read_stat

EVERY_S, EVERY_LARGE_S = 2.0, 0.25  # large: holds more than half of what it may
SHARE_OF_TIME = 50  # trees over the limit only because pages are counted twice take a fiftieth of a core each
KCMP = {"x86_64": 312, "aarch64": 272}  # the number of the system call
KCMP_VM = 1

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a tree was found to hold, what its resident sets were then, and what finding out has taken."""

    held_bytes: int
    resident_bytes: int
    at: float
    cost_s: float


class MemoryWatch:
    """Calls `over(session_id, bytes)` once for each session whose tree holds more than `limit_bytes`.

    `trees` gives the processes of each session; what it gives may be lazy, and is taken in turns. `over` is called on
    the event loop. A session that comes back under the limit and goes over it again is told of again.
    """

    def __init__(
        self,
        limit_bytes: int,
        trees: Callable[[], Mapping[str, Iterable[int]]],
        over: Callable[[str, int], None],
    ) -> None:
        self.limit_bytes = limit_bytes
        self._trees = trees
        self._over = over
        self._large: set[str] = set()
        self._told: set[str] = set()
        self._measured: dict[str, _Measured] = {}
        self._all_due = 0.0

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.look()
            except Exception:
                logger.exception("a look at the sessions' memory failed")
            await asyncio.sleep(EVERY_LARGE_S if self._large else EVERY_S)

    async def look(self) -> None:
        """At all sessions when that is due, else at the large ones."""
        trees = self._trees()
        self._forget_all_but(trees.keys())
        looked_at: Collection[str] = self._large
        if time.monotonic() >= self._all_due:
            looked_at, self._all_due = trees.keys(), time.monotonic() + EVERY_S - EVERY_LARGE_S / 2
        swaps = has_swap()
        begun = time.monotonic()
        for session_id in tuple(looked_at):
            await self._look_at(session_id, list(trees[session_id]), swaps=swaps)
            if time.monotonic() - begun > TURN_S:
                await asyncio.sleep(0)
                begun = time.monotonic()

    def _forget_all_but(self, session_ids: Collection[str]) -> None:
        self._large &= set(session_ids)
        self._told &= set(session_ids)
        for gone in self._measured.keys() - session_ids:
            del self._measured[gone]

    async def _look_at(self, session_id: str, pids: list[int], *, swaps: bool) -> None:
        resident = sum(resident_bytes(pid, swaps=swaps) for pid in pids)
        held = self._guess(session_id, resident)
        if held is None:
            begun = time.monotonic()
            held = await asyncio.to_thread(held_bytes, pids)
            now = time.monotonic()
            self._measured[session_id] = _Measured(held, resident, now, now - begun)
        self._judge(session_id, held)

    def _guess(self, session_id: str, resident: int) -> int | None:
        """The most that the tree can hold; None when that has to be measured."""
        if resident <= self.limit_bytes:
            self._measured.pop(session_id, None)
            return resident
        before = self._measured.get(session_id)
        if before is None or time.monotonic() - before.at > before.cost_s * SHARE_OF_TIME:
            return None
        guess = before.held_bytes + max(0, resident - before.resident_bytes)
        return guess if guess <= self.limit_bytes else None

    def _judge(self, session_id: str, held: int) -> None:
        (self._large.add if held > self.limit_bytes / 2 else self._large.discard)(session_id)
        if held <= self.limit_bytes:
            self._told.discard(session_id)
        elif session_id not in self._told:
            self._told.add(session_id)
            self._over(session_id, held)


# --- what processes hold ---------------------------------------------------------------------------------------------


def has_swap() -> bool:
    """Whether pages can be held that are not resident."""
    return read_file("/proc/swaps", 4096).count(b"\n") > 1


def resident_bytes(pid: int, *, swaps: bool = False) -> int:
    """The process's resident set, with `swaps` what was swapped out as well (27 µs, not 8); 0 when it is gone."""
    if swaps:
        return _kib(read_file(f"/proc/{pid}/status", 4096), b"\nVmRSS:", b"\nVmSwap:")
    fields = read_file(f"/proc/{pid}/statm", 256).split()
    return int(fields[1]) * PAGE_BYTES if len(fields) > 1 else 0


def held_bytes(pids: Collection[int]) -> int:
    """What these processes hold together; takes time."""
    every = set(pids)
    return sum(_proportional_bytes(pid) for pid in every if not _is_its_parents(pid, every))


def _proportional_bytes(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_bytes()
    except PermissionError:  # it may hide what it holds, and then all that it has counts
        return resident_bytes(pid, swaps=True)
    except OSError:
        return 0
    return _kib(text, b"\nPss:", b"\nSwapPss:")


def _kib(text: bytes, *names: bytes) -> int:
    total = 0
    for name in names:
        with contextlib.suppress(ValueError, IndexError):
            total += int(text.partition(name)[2].split(None, 1)[0]) * 1024
    return total


def _is_its_parents(pid: int, every: Collection[int]) -> bool:
    """Whether the process lives in the memory of its parent, as between `vfork` and `exec`, which is counted there."""
    stat, call = read_stat(pid), KCMP.get(platform.machine())
    if stat is None or stat.ppid not in every or call is None:
        return False
    libc = ctypes.CDLL(None)
    libc.syscall.restype = ctypes.c_long
    arguments = (call, pid, stat.ppid, KCMP_VM, 0, 0)
    return bool(libc.syscall(*map(ctypes.c_long, arguments)) == 0)
