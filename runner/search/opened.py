"""Keeps volumes open for readers from one question to the next: to open one takes as long as to ask it."""

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

MOST = 64  # of three descriptors each
KEPT_S = 30.0  # at least, and twice as long at most; what was removed meanwhile takes room on the disk so long
CACHE_KIB = 512  # of each; mapped, every page would bring with it from the disk what lies around it

State = tuple[int, int, int, int]


@dataclass(slots=True)
class _Kept:
    database: sqlite3.Connection
    state: State
    since: float


class Opened:
    """Of all volumes. Whoever has borrowed one has it alone, and a file that was changed is opened anew."""

    def __init__(self) -> None:
        self._kept: dict[Path, _Kept] = {}  # those that rest, the longest first
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    @contextlib.contextmanager
    def borrowed(self, path: Path) -> Iterator[sqlite3.Connection]:
        """No cursor may be open at the end. Raises `sqlite3.Error` when there is no such file, or nothing in it."""
        state = _state(path)
        database = self._taken(path, state) or _open(path)
        try:
            yield database
        except BaseException:
            database.close()
            raise
        self._keep(path, _Kept(database, state, time.monotonic()))

    def _taken(self, path: Path, state: State) -> sqlite3.Connection | None:
        with self._lock:
            kept = self._kept.pop(path, None)
        if kept is not None and kept.state != state:
            kept.database.close()
            return None
        return None if kept is None else kept.database

    def _keep(self, path: Path, given: _Kept) -> None:
        with self._lock:
            surplus = [self._kept.pop(path)] if path in self._kept else []
            self._kept[path] = given
            while len(self._kept) > MOST:
                surplus.append(self._kept.pop(next(iter(self._kept))))
            if self._timer is None:
                self._wait()
        for each in surplus:
            each.database.close()

    def _wait(self) -> None:
        timer = threading.Timer(KEPT_S, self._tidy)
        timer.daemon = True
        with contextlib.suppress(RuntimeError):  # no more threads on this machine; the next question tries again
            timer.start()
            self._timer = timer

    def _tidy(self) -> None:
        """Nobody has asked for a while."""
        before = time.monotonic() - KEPT_S
        with self._lock:
            old = [path for path, each in self._kept.items() if each.since <= before]
            gone = [self._kept.pop(path) for path in old]
            self._timer = None
            if self._kept:
                self._wait()
        for each in gone:
            each.database.close()


def _state(path: Path) -> State:
    """Changes whenever somebody else puts something in its place, or cuts it."""
    try:
        found = os.stat(path)
    except OSError as error:
        raise sqlite3.OperationalError(str(error)) from error
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _open(path: Path) -> sqlite3.Connection:
    found = sqlite3.connect(
        f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None, timeout=5, check_same_thread=False
    )
    try:
        found.execute("SELECT 1 FROM lost").fetchone()
        found.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    except BaseException:
        found.close()
        raise
    return found
