"""A terminal as the pool of screens sees it, for tests."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence

from reference import Stream

from runner.screens.pool import ScreenPool
from runner.screens.rebuild import Step


class Terminal:
    """An owner with a journal that keeps the last `keeps` bytes, and a note of what it was told."""

    def __init__(self, pool: ScreenPool, name: str, cols: int = 80, rows: int = 24, keeps: int = sys.maxsize) -> None:
        self.pool, self.name, self.keeps = pool, name, keeps
        self.journal: list[Step] = [("size", cols, rows)]
        self.replies, self.titles = b"", list[str]()
        self.lags: list[int] = []
        pool.open(name, cols, rows, self)

    def feed(self, data: bytes) -> None:
        self.journal.append(("data", data))
        self.pool.feed(self.name, data)

    def resize(self, cols: int, rows: int) -> None:
        self.journal.append(("size", cols, rows))
        self.pool.resize(self.name, cols, rows)

    def play(self, stream: Stream) -> None:
        for kind, *rest in stream.steps:
            (self.feed if kind == "data" else self.resize)(*rest)

    async def text(self, history: int = 0) -> str:
        return (await self.pool.text(self.name, history)).rstrip()

    def on_reply(self, data: bytes) -> None:
        self.replies += data

    def on_title(self, title: str) -> None:
        self.titles.append(title)

    def on_lag(self) -> None:
        self.lags.append(self.pool.lag(self.name))

    def replay(self) -> Sequence[Step]:
        """The size at the journal's beginning, then what it keeps."""
        steps, room = list[Step](), self.keeps
        for step in reversed(self.journal):
            if step[0] == "size":
                steps.append(step)
            elif room:
                kept = step[1][-room:]
                steps.append(("data", kept))
                room -= len(kept)
            if not room and step[0] == "size":
                break
        return steps[::-1]


async def until(happened: Callable[[], bool]) -> None:
    while not happened():  # noqa: ASYNC110 (looks from outside, at things that tell nobody)
        await asyncio.sleep(0)


def kill_worker(pool: ScreenPool) -> None:
    assert pool.worker_pid
    os.kill(pool.worker_pid, signal.SIGKILL)
