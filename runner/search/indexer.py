"""Takes what sessions print and are told, and puts it into the index, in two threads beside the caller's loop.

One makes documents of it, the other writes them, which leaves the interpreter to the first. What there is no room for
is dropped, and how much of which session is written down where its owner sees it.
"""

import logging
import os
import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from runner.redaction import patterns
from runner.search.gathering import Document, Gatherer
from runner.search.volumes import Library

QUEUE_BYTES = 32 * 1024 * 1024
SESSION_BYTES = 8 * 1024 * 1024  # of the queue: a flood drops its own, not what others print
BATCH_CHARACTERS = 2 * 1024 * 1024
COMMIT_S = 0.5
BATCHES = 2  # made, and not written yet
NICE = 5
MESSAGE_BYTES = 256  # what a message without data counts in the queue
GATHER_LIMIT_S, END_LIMIT_S = 2.0, 4.0  # how long the end may take until the rest is left

logger = logging.getLogger(__name__)

_Lost = dict[tuple[str, str], tuple[int, int, int]]


class Indexer:
    """Methods return at once, and may be called from any thread. `start` is implied by the first of them.

    `path`: `RunnerOptions.search_index`; `max_bytes`: of all files together. Facts of a session: `agent` and `owner`.
    """

    def __init__(self, path: Path, max_bytes: int) -> None:
        self._path, self._max_bytes = path, max_bytes
        self._condition = threading.Condition()
        self._queue: deque[tuple[Callable[..., Iterable[Document]], str, tuple[Any, ...], int]] = deque()
        self._queued_bytes = 0
        self._queued: Counter[str] = Counter()
        self._dropped: dict[str, tuple[int, int, int]] = {}  # session: since, until, bytes
        self._gatherers: dict[str, Gatherer] = {}
        self._ready: list[Document] = []
        self._characters = 0
        self._batches: queue.Queue[Callable[[Library], None] | None] = queue.Queue(BATCHES)
        self._threads: list[threading.Thread] = []
        self._is_closed = False
        self._give_up = 0.0

    def start(self) -> None:
        with self._condition:
            if not self._threads and not self._is_closed:
                work = {"documents": self._gather, "index": self._write}
                self._threads = [threading.Thread(target=each, name=name, daemon=True) for name, each in work.items()]
                for thread in self._threads:
                    thread.start()

    # --- what it is told -----------------------------------------------------------------------------------------

    def open(self, session_id: str, facts: dict[str, Any]) -> None:
        """A program is about to run in the session. Nothing is indexed of one that was not opened."""
        self._put(self._opened, session_id, facts)

    def output(self, session_id: str, offset: int, at: float, data: bytes) -> None:
        """`at`: Unix time."""
        with self._condition:
            size = len(data) + MESSAGE_BYTES
            if self._queued_bytes + size > QUEUE_BYTES or self._queued[session_id] + size > SESSION_BYTES:
                self._drop(session_id, at, len(data))
                return
        self._put(self._printed, session_id, offset, at, data, size=size)

    def typed(self, session_id: str, at: float, text: str) -> None:
        self._put(self._told, session_id, at, text, size=len(text) + MESSAGE_BYTES)

    def exited(self, session_id: str) -> None:
        self._put(self._ended, session_id)

    def forget(self, session_id: str) -> None:
        """What the index holds of the session. What it prints from now on is indexed."""
        self._put(self._forgotten, session_id)

    def prune(self, before: float) -> None:
        """Forget what is older than `before` (Unix time)."""
        self._put(self._pruned, "", before)

    def dropped(self, session_id: str, size: int) -> None:
        """Somebody else dropped so many bytes of its output."""
        with self._condition:
            self._drop(session_id, time.time(), size)
        self.start()

    def close(self) -> None:
        """Write what there is; gives up after some seconds."""
        with self._condition:
            self._is_closed = True
            self._give_up = time.monotonic() + GATHER_LIMIT_S
            self._condition.notify()
        deadline = time.monotonic() + END_LIMIT_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _put(
        self, work: Callable[..., Iterable[Document]], session_id: str, *params: Any, size: int = MESSAGE_BYTES
    ) -> None:
        with self._condition:
            self._queue.append((work, session_id, params, size))
            self._queued_bytes += size
            self._queued[session_id] += size
            self._condition.notify()
        if not self._threads:
            self.start()

    def _note_drop(self, session_id: str, at: float, size: int) -> bool:
        """Whether it is the first since drops were written down."""
        now = int(at * 1000)
        since, _, before = self._dropped.get(session_id, (now, now, 0))
        self._dropped[session_id] = (since, now, before + size)
        return before == 0

    def _drop(self, session_id: str, at: float, size: int) -> None:
        if self._note_drop(session_id, at, size):
            self._queue.append((self._missing, session_id, (), MESSAGE_BYTES))
            self._queued_bytes += MESSAGE_BYTES
            self._queued[session_id] += MESSAGE_BYTES

    # --- the thread that makes documents -------------------------------------------------------------------------

    def _gather(self) -> None:
        _be_nice()
        due = time.monotonic() + COMMIT_S
        while True:
            with self._condition:
                if not self._queue and not self._is_closed:
                    self._condition.wait(max(0.01, due - time.monotonic()) if self._has_work() else None)
                item = self._queue.popleft() if self._queue else None
                if item is not None:
                    self._queued_bytes -= item[3]
                    self._queued[item[1]] -= item[3]
                    if not self._queued[item[1]]:
                        del self._queued[item[1]]
                is_end = self._is_closed and (item is None or time.monotonic() > self._give_up)
            if item is not None:
                self._do(item[0], item[1], item[2])
            now = time.monotonic()
            if now >= due or is_end or self._characters >= BATCH_CHARACTERS:
                for gatherer in self._gatherers.values():
                    self._take(gatherer.flush() if is_end else gatherer.due(now))
                self._hand_over()
                due = now + COMMIT_S
            if is_end:
                self._leave_rest()
                self._batches.put(None)
                return

    def _has_work(self) -> bool:
        return bool(self._ready or self._dropped or any(each.is_waiting for each in self._gatherers.values()))

    def _do(self, work: Callable[..., Iterable[Document]], session_id: str, params: tuple[Any, ...]) -> None:
        try:
            self._take(work(session_id, *params))
        except Exception:
            logger.exception("output of the session %s could not be indexed", session_id)
            self._gatherers.pop(session_id, None)

    def _take(self, documents: Iterable[Document]) -> None:
        for each in documents:
            self._ready.append(each)
            self._characters += len(each.text)

    def _leave_rest(self) -> None:
        """There is no time for what is still queued."""
        with self._condition:
            for work, session_id, params, _ in self._queue:
                if work == self._printed:
                    self._note_drop(session_id, params[1], len(params[2]))
            self._queue.clear()
        self._hand_over()

    def _hand_over(self) -> None:
        documents, self._ready, self._characters = self._ready, [], 0
        lost: _Lost = {}
        with self._condition:
            for session_id in [each for each in self._dropped if each in self._gatherers]:
                lost[self._gatherers[session_id].facts.get("owner") or "", session_id] = self._dropped.pop(session_id)
            if len(self._dropped) > len(self._gatherers) + 1000:  # of sessions that were never opened
                self._dropped.clear()
        if documents or lost:
            self._batches.put(lambda library: self._write_down(library, documents, lost))

    def _write_down(self, library: Library, documents: list[Document], lost: _Lost) -> None:
        """What can't be written is dropped as well, and told once that can be written."""
        try:
            library.write(documents, lost)
        except Exception:
            with self._condition:
                for each in documents:
                    self._note_drop(each.session, each.until / 1000, len(each.text))
                for (_, session_id), (since, until, size) in lost.items():
                    self._note_drop(session_id, since / 1000, 0)
                    self._note_drop(session_id, until / 1000, size)
            raise

    def _opened(self, session_id: str, facts: dict[str, Any]) -> Iterable[Document]:
        gatherer = self._gatherers.get(session_id)
        before = [] if gatherer is None else list(gatherer.flush())
        if gatherer is None:
            self._gatherers[session_id] = Gatherer(session_id, facts, patterns)
        else:
            gatherer.facts = facts
        return before

    def _printed(self, session_id: str, offset: int, at: float, data: bytes) -> Iterable[Document]:
        gatherer = self._gatherers.get(session_id)
        return () if gatherer is None else gatherer.output(offset, at, data, time.monotonic())

    def _told(self, session_id: str, at: float, text: str) -> Iterable[Document]:
        gatherer = self._gatherers.get(session_id)
        return () if gatherer is None else gatherer.typed(at, text)

    def _missing(self, session_id: str) -> Iterable[Document]:
        gatherer = self._gatherers.get(session_id)
        return () if gatherer is None else gatherer.gap()

    def _ended(self, session_id: str) -> Iterable[Document]:
        gatherer = self._gatherers.get(session_id)
        if gatherer is None:
            return ()
        self._take(gatherer.flush())
        self._hand_over()
        self._gatherers.pop(session_id)
        return ()

    def _forgotten(self, session_id: str) -> Iterable[Document]:
        gatherer = self._gatherers.get(session_id)
        if gatherer is not None:
            self._gatherers[session_id] = Gatherer(session_id, gatherer.facts, patterns, gatherer.end)
        self._ready = [each for each in self._ready if each.session != session_id]
        self._hand_over()
        self._batches.put(lambda library: library.forget(session_id))
        return ()

    def _pruned(self, _: str, before: float) -> Iterable[Document]:
        self._batches.put(lambda library: library.prune(int(before * 1000)))
        return ()

    # --- the thread that writes ----------------------------------------------------------------------------------

    def _write(self) -> None:
        _be_nice()
        library: Library | None = None
        was_failing = False
        while (change := self._batches.get()) is not None:
            try:
                library = library or Library(self._path, self._max_bytes)
                change(library)
                was_failing = False
            except Exception as error:  # whatever it is, there is more to write
                if not was_failing:  # a full disk would fill the log as well
                    logger.error("the search index can't be written and loses what is printed meanwhile: %s", error)
                was_failing = True
        if library is not None:
            library.close()


def _be_nice() -> None:
    """Programs and their watchers come first."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
