"""Runs a short program in a session's own box, as its user and in its mounts, and takes down what it says.

For what must not be run by the runner itself: git, say, whose configuration in a workspace can name any program.
It speaks through a terminal that nobody sees, or through pipes: these pass nothing but bytes, so that no descriptor of
ours can get into the box, and whoever is in it has no terminal to type into.
"""

import asyncio
import contextlib
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from core.errors import AgtermError, Conflict, HostUnavailable
from runner import pty
from runner.process import Process, Spawner

COLS, ROWS = 200, 50
READ_BYTES = 64 * 1024
MAX_ERROR_BYTES = 64 * 1024  # more on standard error is read and dropped
PER_SESSION, IN_ALL = 4, 32
PATIENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code`: exit code, None when it was ended by a signal or by us; `whole`: whether its output is complete.

    `errors`: standard error, of an errand that has pipes; else it is part of the output.
    """

    code: int | None
    output: bytes
    whole: bool
    errors: bytes = b""


class Round:
    """Errands that belong together, one after the other; once it is ended there is no next one."""

    def __init__(self, spawner: Spawner) -> None:
        self._spawner = spawner
        self._errand: _Errand | None = None
        self._ended: AgtermError | None = None

    async def run(
        self, spec: dict[str, Any], *, timeout_s: float, limit_bytes: int, given: bytes | None = None
    ) -> Outcome:
        """Start `spec` (see `runner.sandbox.launch`) and wait for its end: on a terminal that nobody sees, or on pipes.

        `given`: what it reads, and what gives it pipes. What takes longer or says more is ended, all its processes too.
        Raises what `Spawner.spawn` raises, and what the round was ended with.
        """
        self._check()
        errand = self._errand = _Errand(limit_bytes, given)
        try:
            await errand.start(self._spawner, spec)
            outcome = await errand.outcome(timeout_s)
        except AgtermError:
            self._check()  # the end came while it started, and is why it could not
            raise
        finally:
            try:
                await errand.close()
            finally:
                self._errand = None  # not before: who ends the round meanwhile waits for this one's end
                errand.gone.set()
        self._check()
        return outcome

    def _check(self) -> None:
        if self._ended is not None:
            raise self._ended

    async def end(self, why: AgtermError) -> None:
        """Whoever waits gets `why`; returns when nothing runs any more. Raises `Conflict` when that can't be had."""
        self._ended = why
        if (errand := self._errand) is not None:
            await errand.close()
            await errand.gone.wait()  # one that was only just being started is ended by who waits for it
            if errand.is_stuck:
                raise Conflict("Something that looks at the session could not be ended; it is stuck in the kernel")


class Errands:
    """All rounds under way, by session. Each errand has its own supervisor, so that nothing of it can stay behind."""

    def __init__(self, spawner: Spawner) -> None:
        self._spawner = spawner
        self._rounds: defaultdict[str, set[Round]] = defaultdict(set)

    @contextlib.contextmanager
    def round(self, session_id: str) -> Iterator[Round]:
        """Begin a round; whoever is to be sure that it sees the session's end does so under the session's lock."""
        begun = Round(self._spawner)
        self._rounds[session_id].add(begun)
        try:
            yield begun
        finally:
            self._rounds[session_id].discard(begun)
            if not self._rounds[session_id]:
                del self._rounds[session_id]

    async def end(self, session_id: str, why: AgtermError) -> None:
        """End what is under way for this session, and all that would follow; returns when it is gone.

        Raises `Conflict` when something can't be ended.
        """
        for begun in tuple(self._rounds.get(session_id, ())):
            await begun.end(why)


class Turns:
    """At most so many errands at a time, of one session and in all; whoever would wait too long is turned away."""

    def __init__(self) -> None:
        self._all = asyncio.Semaphore(IN_ALL)
        self._of_session: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def one(self, session_id: str) -> AsyncIterator[None]:
        """Wait for a turn and have it; raises `HostUnavailable`."""
        own = self._of_session.setdefault(session_id, asyncio.Semaphore(PER_SESSION))
        async with contextlib.AsyncExitStack() as held:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await held.enter_async_context(own)
                    await held.enter_async_context(self._all)
            except TimeoutError:
                raise HostUnavailable("Too much is being looked up in workspaces just now; try again") from None
            yield


class _Errand:
    def __init__(self, limit_bytes: int, given: bytes | None) -> None:
        self._limit_bytes = limit_bytes
        self._given = None if given is None else memoryview(given)  # what of it is still to be told
        self._output, self._errors = bytearray(), bytearray()
        self._code: int | None = None
        self._over = asyncio.Event()  # it has ended, or said enough
        self.gone = asyncio.Event()
        self.is_stuck = False  # it could not be ended
        self._heard: dict[int, bytearray] = {}  # descriptors that we read, and what came from each
        self._told = -1  # the descriptor into which we write
        self._process: Process | None = None

    async def start(self, spawner: Spawner, spec: dict[str, Any]) -> None:
        if self._given is None:
            master, slave = pty.open_pair(COLS, ROWS, raw=True)
            self._hear(master, self._output)
            self._process = await spawner.spawn(slave, spec, self._on_exit)
            return
        reads, self._told, output, says, errors, complains = _pipes(3)
        os.set_blocking(self._told, False)
        self._hear(output, self._output)
        self._hear(errors, self._errors)
        asyncio.get_running_loop().add_writer(self._told, self._tell)
        self._process = await spawner.spawn(reads, spec, self._on_exit, (says, complains))

    async def outcome(self, timeout_s: float) -> Outcome:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), timeout_s)
        whole = self._code is not None and len(self._output) <= self._limit_bytes
        return Outcome(self._code, bytes(self._output[: self._limit_bytes]), whole, bytes(self._errors))

    async def close(self) -> None:
        """End what still runs; may be called again."""
        if self._process is not None and not self._process.exited.is_set():
            try:
                await self._process.end(0.0)
            except Conflict:
                self.is_stuck = True
        self._over.set()
        self._hang_up()

    def _hear(self, descriptor: int, said: bytearray) -> None:
        os.set_blocking(descriptor, False)
        self._heard[descriptor] = said
        asyncio.get_running_loop().add_reader(descriptor, self._read, descriptor)

    def _read(self, descriptor: int) -> bool:
        """Take what is there; whether more may come."""
        said = self._heard[descriptor]
        data, closed = pty.read_available(descriptor, READ_BYTES)
        said += data
        del self._errors[MAX_ERROR_BYTES:]
        is_too_much = len(self._output) > self._limit_bytes
        if closed or (is_too_much and said is self._output):
            asyncio.get_running_loop().remove_reader(descriptor)
        if is_too_much:
            self._over.set()
        return bool(data) and not closed and not is_too_much

    def _tell(self) -> None:
        assert self._given is not None
        try:
            self._given = self._given[os.write(self._told, self._given[:READ_BYTES]) :]
        except BlockingIOError:
            return
        except OSError:  # it does not want to read all of it
            self._given = self._given[:0]
        if not self._given:
            self._stop_telling()

    def _stop_telling(self) -> None:
        if self._told >= 0:
            asyncio.get_running_loop().remove_writer(self._told)
            os.close(self._told)
            self._told = -1

    def _on_exit(self, code: int | None, _signal: int | None) -> None:
        self._code = code
        for descriptor, said in self._heard.items():
            rest = READ_BYTES + self._limit_bytes - len(said)  # something that could not be ended may say more for ever
            while rest > 0 and self._read(descriptor):
                rest -= READ_BYTES
        self._hang_up()
        self._over.set()

    def _hang_up(self) -> None:
        for descriptor in self._heard:
            asyncio.get_running_loop().remove_reader(descriptor)
            os.close(descriptor)
        self._heard.clear()
        self._stop_telling()


def _pipes(count: int) -> list[int]:
    """Both ends of so many, or none: raises `HostUnavailable` when there are too many open already."""
    ends: list[int] = []
    try:
        for _ in range(count):
            ends += os.pipe()
    except OSError:
        for end in ends:
            os.close(end)
        raise HostUnavailable("The runner has too many files open; try again") from None
    return ends
