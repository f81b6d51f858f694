"""The desk at the providers' door: calls that begin and end at the same time share one transaction of one thread."""

import asyncio
import atexit
import contextlib
import logging
import queue
import threading
import time
import uuid
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection

from core.errors import InternalError
from costs import metering
from costs.calls import Allowance, Begin, End, Settled
from costs.refusals import Refused
from costs.turns import turn

log = logging.getLogger("agterm.costs")

MOST_AT_ONCE = 64
TOUCH_EVERY_S = 20.0
RETRY_AFTER_S = 0.5

Done = Callable[[Any], None]  # called in the desk's thread when all is in the database, with the answer or an exception


@dataclass(frozen=True, slots=True)
class Beginning:
    call: Begin
    done: Done


@dataclass(frozen=True, slots=True)
class Ending:
    call_id: uuid.UUID
    ended: End
    done: Done


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Of a call that was let in and never sent."""

    call_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Closing:
    """The desk's thread ends when it has done what came before."""


Job = Beginning | Ending | Forgetting | Closing


@dataclass(slots=True)
class Batch:
    """What is done in one transaction: ends first, they make room for what begins."""

    ends: list[Ending] = field(default_factory=list)
    forgotten: list[Forgetting] = field(default_factory=list)
    begins: list[Beginning] = field(default_factory=list)
    is_last: bool = False

    def __len__(self) -> int:
        return len(self.ends) + len(self.forgotten) + len(self.begins)

    @classmethod
    def of(cls, jobs: Iterable[Job]) -> "Batch":
        batch = cls()
        for job in jobs:
            match job:
                case Ending():
                    batch.ends.append(job)
                case Forgetting():
                    batch.forgotten.append(job)
                case Beginning():
                    batch.begins.append(job)
                case Closing():
                    batch.is_last = True
        forgotten = {job.call_id for job in batch.forgotten}  # what is forgotten before it has begun must not begin
        batch.begins = [job for job in batch.begins if job.call.id not in forgotten]
        return batch

    def parts(self) -> "Iterator[Batch]":
        """The same, one by one."""
        yield from (Batch(ends=[one]) for one in self.ends)
        yield from (Batch(forgotten=[one]) for one in self.forgotten)
        yield from (Batch(begins=[one]) for one in self.begins)


class Desk:
    """Says whether calls may be sent, and writes down what they cost; to be asked from any event loop.

    `on_settled` and `on_refused` are called in the desk's own thread when the entry or the refusal is in the database;
    they must be quick. An end that the database does not take is tried again until it does.
    """

    def __init__(
        self,
        on_settled: Callable[[Settled], None] = lambda _settled: None,
        on_refused: Callable[[Refused], None] = lambda _refused: None,
    ) -> None:
        self._on_settled, self._on_refused = on_settled, on_refused
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._unwritten: list[Job] = []
        self._open: set[uuid.UUID] = set()
        self._touched = time.monotonic()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    async def begin(self, call: Begin) -> Allowance:
        """Reserve what the call may cost; raises `BudgetExceeded`, then it must not be sent."""
        try:
            answer = await self._ask(lambda done: Beginning(call, done))
        except asyncio.CancelledError:  # nobody is left who would send it
            self._put(Forgetting(call.id))
            raise
        if isinstance(answer, Refused):
            raise answer.as_error()
        return answer  # type: ignore[no-any-return]

    async def end(self, call_id: uuid.UUID, ended: End) -> Settled:
        """Write the call's entry; it is written also when nobody waits for the answer any more."""
        return await self._ask(lambda done: Ending(call_id, ended, done))  # type: ignore[no-any-return]

    def leave(self, call_id: uuid.UUID, ended: End) -> None:
        """As `end`, when there is no time left to wait for it."""
        self._put(Ending(call_id, ended, lambda _answer: None))

    def close(self, patience_s: float = 5.0) -> None:
        """Write what is left and end the thread; what can't be written in time is found again by `recovery`."""
        with self._starting:
            if self._thread is not None:
                self._jobs.put(Closing())
                self._thread.join(patience_s)
                self._thread = self._thread if self._thread.is_alive() else None

    async def _ask(self, job: Callable[[Done], Job]) -> Any:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()

        def tell(answer: Any) -> None:
            if not future.done():
                future.set_result(answer)

        def done(answer: Any) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended; the database knows
                loop.call_soon_threadsafe(tell, answer)

        self._put(job(done))
        answer = await future
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _put(self, job: Job) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    _desks.add(self)
                    self._thread = threading.Thread(target=self._work, daemon=True, name="desk")
                    self._thread.start()
        self._jobs.put(job)

    # --- the desk's own thread -------------------------------------------------------------------------------------

    def _work(self) -> None:
        is_closing = False
        while not is_closing or self._unwritten:
            new = Batch.of(self._waiting())
            old, self._unwritten = Batch.of(self._unwritten), []
            is_closing |= new.is_last
            if old:
                self._do(old, is_retry=True)
            if new:
                self._do(new)
            self._touch()
        connection.close()

    def _waiting(self) -> Iterator[Job]:
        """What has come meanwhile, once there is something."""
        with contextlib.suppress(queue.Empty):
            yield self._jobs.get(timeout=RETRY_AFTER_S if self._unwritten else TOUCH_EVERY_S)
            for _ in range(MOST_AT_ONCE - 1):
                yield self._jobs.get_nowait()

    def _do(self, batch: Batch, *, is_retry: bool = False) -> None:
        """All of it in one transaction; when that fails, each on its own, so that none suffers for its neighbour."""
        try:
            answers = self._run(batch)
        except (OperationalError, InterfaceError) as error:  # locked, full or gone: one by one would go no better
            if not is_retry:
                log.error("the ledger can't be written: %s", error)
            connection.close()
            self._unwritten += [*batch.ends, *batch.forgotten]
            for beginning in batch.begins:
                beginning.done(InternalError("AGTerm can't write its ledger now"))
        except Exception:
            connection.close()
            if len(batch) > 1:
                for part in batch.parts():
                    self._do(part)
            else:
                log.exception("the ledger did not take a call")
                self._give_up(batch)
        else:
            for done, answer in answers:
                done(answer)
            for _, answer in answers:
                self._announce(answer)

    def _run(self, batch: Batch) -> list[tuple[Done, Any]]:
        """The answers, and whom to tell them when all is in the database."""
        with turn():
            settled = metering.end_many([(job.call_id, job.ended) for job in batch.ends]) if batch.ends else []
            if batch.forgotten:
                metering.forget_many([job.call_id for job in batch.forgotten])
            begun = metering.begin_many([job.call for job in batch.begins]) if batch.begins else []
        self._open -= {job.call_id for job in batch.ends} | {job.call_id for job in batch.forgotten}
        self._open |= {
            job.call.id for job, answer in zip(batch.begins, begun, strict=True) if isinstance(answer, Allowance)
        }
        return [
            *((job.done, answer) for job, answer in zip(batch.ends, settled, strict=True)),
            *((job.done, answer) for job, answer in zip(batch.begins, begun, strict=True)),
        ]

    def _announce(self, answer: Any) -> None:
        try:
            if isinstance(answer, Settled):
                self._on_settled(answer)
            elif isinstance(answer, Refused):
                self._on_refused(answer)
        except Exception:
            log.exception("telling of a call failed")

    def _give_up(self, batch: Batch) -> None:
        """A fault of ours; nobody touches the call any more, so `recovery` writes down what is known of it."""
        self._open -= {job.call_id for job in batch.ends}
        for done in [*(job.done for job in batch.ends), *(job.done for job in batch.begins)]:
            done(InternalError())

    def _touch(self) -> None:
        if not self._open or time.monotonic() - self._touched < TOUCH_EVERY_S:
            return
        self._touched = time.monotonic()
        try:
            metering.touch(self._open)
        except DatabaseError as error:
            log.error("the ledger can't be written: %s", error)
            connection.close()


_desks: "weakref.WeakSet[Desk]" = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """Whatever server it is that ends: what has come to a desk is written."""
    for desk in list(_desks):
        desk.close()
