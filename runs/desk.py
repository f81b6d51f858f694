"""This process's runs under way: one thread with an event loop follows all of them, whatever loop asked for them."""

import asyncio
import contextlib
import itertools
import logging
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from uuid import UUID

from runs import follow as following
from runs import sweep

log = logging.getLogger("agterm.runs")

LOOK_S = 2.0  # how often runs are looked for that nobody follows
LOOKS_PER_SWEEP = 15


class Bell:
    """Rings on the loop it was made on when something new is known of a run."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    def ring(self) -> None:
        with contextlib.suppress(RuntimeError):  # its loop is closed
            self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self, timeout_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        self._rung.clear()


class Desk:
    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._following: dict[UUID, Future[None]] = {}
        self._bells: dict[UUID, set[Bell]] = {}
        self._watches = False

    def follow(self, run_id: UUID) -> None:
        """See to it that somebody follows the run; any thread may say it."""
        with self._lock:
            if run_id not in self._following:
                loop = self._loop or self._begun()
                self._following[run_id] = asyncio.run_coroutine_threadsafe(self._follow(run_id), loop)

    def watch(self) -> None:
        """From now on, also take over runs that nobody follows, and put away what was left behind."""
        with self._lock:
            if not self._watches:
                self._watches = True
                asyncio.run_coroutine_threadsafe(self._look_again_and_again(), self._loop or self._begun())

    def _begun(self) -> asyncio.AbstractEventLoop:
        loop = self._loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, daemon=True, name="runs").start()
        return loop

    async def _follow(self, run_id: UUID) -> None:
        try:
            await following.follow(run_id, self.name, self._tell)
        except Exception:
            log.exception("run %s could not be followed; it is tried again", run_id)
        finally:
            with self._lock:
                self._following.pop(run_id, None)

    async def _look_again_and_again(self) -> None:
        for number in itertools.count():
            try:
                for run_id in await following.in_thread(sweep.look):
                    self.follow(run_id)
                if number % LOOKS_PER_SWEEP == 0:
                    await following.in_thread(sweep.put_away)
            except Exception:
                log.exception("runs could not be looked for")
            await asyncio.sleep(LOOK_S)

    @contextmanager
    def bell(self, run_id: UUID) -> Iterator[Bell]:
        bell = Bell()
        with self._lock:
            self._bells.setdefault(run_id, set()).add(bell)
        try:
            yield bell
        finally:
            with self._lock:
                self._bells[run_id].discard(bell)
                if not self._bells[run_id]:
                    del self._bells[run_id]

    def _tell(self, run_id: UUID) -> None:
        with self._lock:
            bells = tuple(self._bells.get(run_id, ()))
        for bell in bells:
            bell.ring()


desk = Desk()
