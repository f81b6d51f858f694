"""Checkpoints: repaints taken now and then, for what a terminal was told before its journal begins.

The worker decides when it paints one (`Schedule`), the pool keeps them unopened (`Checkpoints`), the next worker reads
them. What a program set once (alternate screen, mouse, bracketed paste) outlives the worker and the journal so.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from runner.screens.rebuild import Checkpoint, Step

QUIET_BYTES, QUIET_S = 256 * 1024, 0.5  # after so much output, as soon as there is none for so long…
BUSY_BYTES = 1024 * 1024  # …or after this much at once: a spinner is never quiet, and the usual journal keeps 4 MiB
WORK_SHARE = 0.05  # of the worker's time at most; in a flood this is the limit that counts
HISTORY_LINES = (1000, 0)  # how much of the scrollback; none if that is too large
MAX_PAINTED_BYTES = 4 * 1024 * 1024
MAX_PACKED_BYTES = 1024 * 1024  # of all checkpoints of one screen
REACH_BYTES, SPACING_BYTES = 4 * 1024 * 1024, 1024 * 1024


def pack(painted: bytes) -> bytes:
    """Compressed, or empty when that is more than a checkpoint may cost."""
    packed = zlib.compress(painted, 1) if len(painted) <= MAX_PAINTED_BYTES else b""
    return packed if len(packed) <= MAX_PACKED_BYTES else b""


def unpack(packed: bytes) -> bytes:
    """Only for the worker: what a worker has packed may be anything, if hostile output ever got hold of it."""
    try:
        return zlib.decompressobj().decompress(packed, MAX_PAINTED_BYTES)
    except zlib.error:
        return b""


@dataclass
class _Unsaved:
    size: int = 0
    due_at: float = inf


class Schedule:
    """Says which screen is to be painted next. Times are those of one monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._unsaved: dict[int, _Unsaved] = {}
        self._not_before = 0.0

    def fed(self, screen: int, size: int, now: float) -> None:
        """So many more bytes are in this screen."""
        unsaved = self._unsaved.setdefault(screen, _Unsaved())
        overdue = unsaved.size >= BUSY_BYTES  # keeps its place in the queue
        unsaved.size += size
        if unsaved.size >= QUIET_BYTES and not overdue:
            unsaved.due_at = now + (QUIET_S if unsaved.size < BUSY_BYTES else 0)

    def delay(self, now: float) -> float | None:
        """Seconds until the next screen is due if nothing is fed; None: never."""
        due_at = min((unsaved.due_at for unsaved in self._unsaved.values()), default=inf)
        return max(due_at, self._not_before) - now if due_at < inf else None

    def due(self, now: float) -> int | None:
        """The screen to paint now: the one that has waited longest."""
        if not self._unsaved or now < self._not_before:
            return None
        screen = min(self._unsaved, key=lambda number: self._unsaved[number].due_at)
        return screen if self._unsaved[screen].due_at <= now else None

    def done(self, screen: int, now: float, cost_s: float) -> None:
        """The screen is painted (or can't be), which took so long; the next one waits until that is made up for."""
        self._unsaved.pop(screen, None)
        self._not_before = now + cost_s * (1 / WORK_SHARE - 1)

    def forget(self, screen: int) -> None:
        self._unsaved.pop(screen, None)


class Checkpoints:
    """The checkpoints kept of one screen, oldest first: some, as an old one with more output after it shows more."""

    def __init__(self) -> None:
        self._kept: list[Checkpoint] = []

    @property
    def size_bytes(self) -> int:
        return sum(len(checkpoint.packed) for checkpoint in self._kept)

    @property
    def newest(self) -> Checkpoint | None:
        return self._kept[-1] if self._kept else None

    def add(self, new: Checkpoint) -> None:
        """Keep the new one, and of the others those a megabyte apart that a journal may still reach."""
        kept = self._kept
        if len(kept) > 1 and new.offset - kept[-2].offset < SPACING_BYTES:
            kept.pop()
        kept.append(new)
        while len(kept) > 1 and (kept[0].offset < new.offset - REACH_BYTES or self.size_bytes > MAX_PACKED_BYTES):
            kept.pop(0)

    def before(self, start: int) -> Checkpoint | None:
        """What to begin with when the journal begins at `start`: the oldest it reaches, else the newest there is."""
        if start == 0:
            return None  # the journal has everything
        return next((kept for kept in self._kept if kept.offset >= start), self.newest)


def after(checkpoint: Checkpoint, start: int, steps: Sequence[Step]) -> list[Step]:
    """What of the steps, which begin at `start`, happened after the checkpoint."""
    return _without_known_sizes(checkpoint, list(_later(start, steps, checkpoint.offset)))


def _later(position: int, steps: Sequence[Step], offset: int) -> Iterator[Step]:
    for step in steps:
        if step[0] == "size":
            if position >= offset:
                yield step
            continue
        position += len(step[1])
        if position > offset:
            yield ("data", step[1][-(position - offset) :])


def _without_known_sizes(checkpoint: Checkpoint, steps: list[Step]) -> list[Step]:
    """Sizes set at the checkpoint's very offset, up to its own, were set before it: reflowing twice may lose cells."""
    first = next((i for i, step in enumerate(steps) if step[0] == "data"), len(steps))
    own = ("size", checkpoint.cols, checkpoint.rows)
    known = max((i + 1 for i in range(first) if steps[i] == own), default=0)
    return steps[known:]
