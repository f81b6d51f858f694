"""Follows one run from the first byte that its program prints to its end, in whichever web process holds its lease.

What a program printed lies in its runner's journal. A process that takes over reads it once more from the beginning;
events that are stored already have the same numbers then and are left out.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import OperationalError

from agents.headless import Translator
from agterm_agent import events
from agterm_agent.events import Event as TrailEvent
from core.errors import AgtermError, HostUnavailable, SessionNotFound
from runner.stream import Event, Item, Output, Repaint, TerminalStream
from runs import changes, keeping
from runs.keeping import End, LeaseLost, Taken
from runs.trail import Numbered, Trail, joined

log = logging.getLogger("agterm.runs")
Result = TypeVar("Result")

FLUSH_S = 0.1
BEAT_S = 2.0
MAX_PENDING = 500
MAX_LINE_BYTES = 16 * 1024 * 1024
PATIENCE_S = 30.0  # with a runner that does not answer
RETRY_S = 0.5
REMOVAL_S = 0.5
GONE = "The runner that held it has gone, and its program with it"
SILENT = "The runner does not answer"
DELETED = "Its session was deleted"
REPLACED = "Another program was started in its place"
LOST_PART = "A part of what the agent said was lost while nobody could read it"


async def follow(run_id: UUID, follower: str, tell: Callable[[UUID], None]) -> None:
    """To the run's end, unless another process follows it. `tell(run_id)`: there is something new in the database."""
    taken = await in_thread(keeping.take, run_id, follower)
    if taken is not None:
        try:
            await _Follower(taken, follower, tell).work()
        except LeaseLost:
            pass
        except OperationalError:  # the database is busy or away: it is tried again
            raise
        except Exception:
            log.exception("run %s can't be followed to its end", run_id)
            await in_thread(keeping.give_up, taken.run)
            tell(run_id)


async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    return await database_sync_to_async(function, thread_sensitive=False)(*arguments)


@dataclass
class _Lines:
    """Bytes to lines; one that is longer than anything sensible is left out."""

    _rest: bytes = b""
    _skips: bool = False

    def cut(self, data: bytes) -> list[str]:
        *whole, self._rest = (self._rest + data).split(b"\n")
        if whole and self._skips:
            whole, self._skips = whole[1:], False
        if len(self._rest) > MAX_LINE_BYTES:
            self._rest, self._skips = b"", True
        return [_text(line) for line in whole]

    def last(self) -> list[str]:
        rest, self._rest = self._rest, b""
        return [_text(rest)] if rest.strip() and not self._skips else []

    def skip_to_next(self) -> None:
        self._rest, self._skips = b"", True


def _text(line: bytes) -> str:
    return line.rstrip(b"\r").decode("utf-8", "replace")


class _Follower:
    def __init__(self, taken: Taken, follower: str, tell: Callable[[UUID], None]) -> None:
        self._taken, self._follower, self._tell = taken, follower, tell
        self._run = taken.run
        self._translator: Translator = taken.translator
        self._trail = Trail(taken.run.message)
        self._lines = _Lines()
        self._pending: list[Numbered] = [self._trail.first]
        self._kept_to = taken.kept_to
        self._offset = 0
        loop = asyncio.get_running_loop()
        left_s = (taken.deadline - datetime.now(UTC)).total_seconds()
        self._deadline = loop.time() + left_s
        self._flush_at = self._beat_at = loop.time()
        self._silent_since: float | None = None

    async def work(self) -> None:
        end = await self._read_all()
        said = self._read_lines(self._lines.last())
        self._keep([*said, *self._trail.add(self._translated(self._translator.end, end.code))])
        await self._flush()
        place = await in_thread(keeping.place_of, self._run)
        diff = await self._while_beating(changes.since(place, self._run.snapshot)) if place else None
        found = (self._trail, self._translator.conversation, end, diff)
        await in_thread(keeping.finish, self._taken, self._follower, *found)
        self._tell(self._run.pk)

    async def _while_beating(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What may take longer than the lease lasts."""
        task = asyncio.ensure_future(work)
        while not (await asyncio.wait({task}, timeout=BEAT_S))[0]:
            await self._beat()
        return task.result()

    async def _read_all(self) -> End:
        """To the end of its program, through every loss of the connection."""
        while True:
            try:
                return await self._attached()
            except SessionNotFound:
                return End(problem=GONE)
            except HostUnavailable:
                now = asyncio.get_running_loop().time()
                self._silent_since = now if self._silent_since is None else self._silent_since
                if now - self._silent_since > PATIENCE_S:
                    return End(problem=SILENT)
                await self._beat()
                await asyncio.sleep(RETRY_S)

    async def _attached(self) -> End:
        stream = await TerminalStream.open(self._taken.address)
        try:
            program = str(self._run.program_id)
            who = {"user": "run"}
            info = await stream.request("attach", id=program, control=True, since=self._offset, history=0, who=who)
            self._silent_since = None
            if info["replay"] == "screen":
                await self._miss(info["cursor"])
            while (item := await self._next(stream)) is not None:
                if (end := await self._heard(stream, item)) is not None:
                    return end
        finally:
            stream.close()
        raise HostUnavailable

    async def _next(self, stream: TerminalStream) -> Item | None:
        """The next thing that the runner says; meanwhile events are stored, and it is seen to that the run ends."""
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            if self._pending and (now >= self._flush_at or len(self._pending) > MAX_PENDING):
                await self._flush()
            if now >= self._beat_at or (now >= self._deadline and not self._taken.ending):
                await self._beat()
            due = min(self._beat_at, self._flush_at if self._pending else self._beat_at)
            due = due if self._taken.ending else min(due, self._deadline)
            try:
                async with asyncio.timeout_at(due):
                    return await stream.next()
            except TimeoutError:
                continue

    async def _heard(self, stream: TerminalStream, item: Item) -> End | None:
        if isinstance(item, Output):
            self._offset = item.offset + len(item.data)
            self._keep(self._read_lines(self._lines.cut(item.data)))
            stream.acknowledge(self._offset)
        elif isinstance(item, Repaint):
            await self._miss(item.offset)
            stream.acknowledge(item.offset)
        elif isinstance(item, Event):
            end = _end_of(item)
            is_odd = end is not None and self._trail.done is None and not (end.ended_by or end.problem)
            return await self._removed(stream) or end if is_odd else end
        return None

    async def _removed(self, stream: TerminalStream) -> End | None:
        """An end that nobody asked for and the agent says nothing of may be the beginning of its session's removal."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REMOVAL_S):
                while (item := await stream.next()) is not None:
                    if isinstance(item, Event) and item.name == "closed":
                        return _end_of(item)
        return None

    async def _miss(self, offset: int) -> None:
        """Output up to this offset is not to be had any more."""
        await self._flush()
        self._offset = offset
        self._lines.skip_to_next()
        known = await in_thread(keeping.known, self._run.pk)
        self._trail.recall(known.number, known.open_calls, known.last_answer)
        self._keep(self._trail.add([events.context_notice(LOST_PART)]))

    def _read_lines(self, lines: list[str]) -> list[Numbered]:
        kept: list[Numbered] = []
        for line in lines:
            kept += self._trail.add(self._translated(self._translator.feed, line))
        return kept

    def _translated(self, read: Callable[..., list[TrailEvent]], *said: Any) -> list[TrailEvent]:
        """What a program prints must not keep its run from its end."""
        try:
            return read(*said)
        except Exception:
            log.exception("what an agent printed could not be read")
            return []

    def _keep(self, some: list[Numbered]) -> None:
        fresh = [one for one in some if one.number > self._kept_to]
        if fresh and not self._pending:
            self._flush_at = asyncio.get_running_loop().time() + FLUSH_S
        self._pending += fresh

    async def _flush(self) -> None:
        fresh = joined(one for one in self._pending if one.number > self._kept_to)
        self._pending = []
        if fresh:
            await in_thread(keeping.keep, self._taken, self._follower, fresh, self._trail.awaiting)
            self._kept_to = fresh[-1].number
            self._tell(self._run.pk)

    async def _beat(self) -> None:
        """Keep the lease; end what was cancelled or has had its time. What fails now is done with the next beat."""
        loop = asyncio.get_running_loop()
        self._beat_at = loop.time() + BEAT_S
        is_late = loop.time() >= self._deadline
        self._taken.ending = await in_thread(keeping.beat, self._run.pk, self._follower, is_late)
        if self._taken.ending:
            with contextlib.suppress(AgtermError):
                await in_thread(keeping.end_program, self._run)


def _end_of(event: Event) -> End | None:
    if event.name == "exited":
        return End(code=event.fields["code"], ended_by=event.fields["ended_by"])
    return {"closed": End(problem=DELETED), "replaced": End(problem=REPLACED)}.get(event.name)
