"""The files of the search index: one folder for each owner, volumes in it that are filled one after the other.

Whose text it is, is an opaque label here. Owners share no file, so that nothing of one, not even a word's frequency,
shows in what another is told, and forgetting an owner is removing a folder. The oldest text goes with its volume.
"""

import contextlib
import logging
import os
import re
import shutil
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

import orjson

from runner.search.gathering import Document

logger = logging.getLogger(__name__)

VERSION = 1
MAX_VOLUME_BYTES, MIN_VOLUME_BYTES = 64 * 1024 * 1024, 2 * 1024 * 1024
VOLUMES = 32  # at least, in an index that is full
MAX_OPEN = 8
SLICE = 256  # documents that are removed in one go
KINDS = ("output", "input")
NAME = re.compile(r"(\d{8})\.sqlite3")
BROKEN = ".broken"
PAGE_BYTES, CACHE_KIB, CHECKPOINT_PAGES, BUFFER_BYTES = 8192, 8 * 1024, 1000, 16 * 1024 * 1024
_SCHEMA = """
CREATE TABLE sessions (no INTEGER PRIMARY KEY, id TEXT NOT NULL, agent TEXT NOT NULL, UNIQUE (id, agent));
CREATE TABLE documents (id INTEGER PRIMARY KEY, session INTEGER NOT NULL, kind INTEGER NOT NULL, until INTEGER NOT NULL,
    marks BLOB NOT NULL, body BLOB NOT NULL);
CREATE INDEX documents_until ON documents (until);
CREATE INDEX documents_session ON documents (session);
CREATE TABLE lost (session TEXT PRIMARY KEY, since INTEGER NOT NULL, until INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE VIRTUAL TABLE words USING fts5(text, tags, content='', tokenize='unicode61 remove_diacritics 2');
"""


def folder_of(index: Path, owner: str) -> Path:
    """`index`: `RunnerOptions.search_index`, in whose folder the owners' are."""
    return index.parent / f"owner-{quote(owner, safe='')}"


def owners(index: Path) -> list[str]:
    found = index.parent.glob("owner-*")
    return sorted(unquote(each.name.removeprefix("owner-")) for each in found if each.is_dir())


def volumes(folder: Path) -> list[Path]:
    """Oldest first."""
    with contextlib.suppress(FileNotFoundError):
        return sorted(folder / name for name in os.listdir(folder) if NAME.fullmatch(name))
    return []


def tags(session: str, agent: str, kind: str) -> str:
    return f"{session_tag(session)} {agent_tag(agent)} {kind_tag(kind)}"


def session_tag(session: str) -> str:
    return "s" + session.encode().hex()


def agent_tag(agent: str) -> str:
    return "a" + agent.encode().hex()


def kind_tag(kind: str) -> str:
    return "k" + kind


def text_of(body: bytes) -> str:
    return zlib.decompress(body).decode()


class Volume:
    """One file, open to be written by the only one who writes. Raises `sqlite3.Error`."""

    def __init__(self, path: Path, not_before: int = 0) -> None:
        """`not_before`: the time of the last document in the volume before this one."""
        self.path = path
        is_new = not path.exists()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        try:
            if is_new:
                self._db.execute(f"PRAGMA page_size={PAGE_BYTES}")
                self._db.execute("PRAGMA auto_vacuum=INCREMENTAL")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
            self._db.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
            self._db.execute(f"PRAGMA journal_size_limit={4 * CHECKPOINT_PAGES * PAGE_BYTES}")
            if self._db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                self._begin_anew()
            for name, value in (("pgsz", PAGE_BYTES - 200), ("hashsize", BUFFER_BYTES)):
                self._db.execute("INSERT INTO words(words, rank) VALUES (?, ?)", (name, value))
            self.until = max(not_before, self._db.execute("SELECT max(until) FROM documents").fetchone()[0] or 0)
            self._identity = _identity(path)
        except BaseException:
            self._db.close()
            raise

    def _begin_anew(self) -> None:
        """Of a file that was killed in its making nothing is there yet, since that is one transaction."""
        self._db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")

    @property
    def is_gone(self) -> bool:
        """Whether somebody has removed it meanwhile."""
        return _identity(self.path) != self._identity

    @property
    def is_empty(self) -> bool:
        held = "SELECT EXISTS (SELECT 1 FROM documents) OR EXISTS (SELECT 1 FROM lost)"
        return not self._db.execute(held).fetchone()[0]

    @property
    def size(self) -> int:
        return _size(self.path)

    def write(self, documents: Sequence[Document], lost: Iterable[tuple[str, int, int, int]] = ()) -> None:
        """In one transaction. `lost`: session, since, until, bytes."""
        rows, words = list[tuple[int, int, int, int, bytes, bytes]](), list[tuple[int, str, str]]()
        with self._transaction():
            number = self._db.execute("SELECT max(id) FROM documents").fetchone()[0] or 0
            for number, each in enumerate(documents, number + 1):  # noqa: B020 - it goes on from there
                self.until = max(self.until, each.until)  # never goes back, whatever the clock does
                body = zlib.compress(each.text.encode(), 1)
                session = self._number(each.session, each.agent)
                kind = KINDS.index(each.kind)
                rows.append((number, session, kind, self.until, orjson.dumps(each.marks), body))
                words.append((number, each.text, tags(each.session, each.agent, each.kind)))
            self._db.executemany("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._db.executemany("INSERT INTO words(rowid, text, tags) VALUES (?, ?, ?)", words)
            self._db.executemany(
                "INSERT INTO lost VALUES (?, ?, ?, ?) ON CONFLICT (session) DO UPDATE"
                " SET until = excluded.until, bytes = bytes + excluded.bytes",
                lost,
            )

    def _number(self, session: str, agent: str) -> int:
        self._db.execute("INSERT OR IGNORE INTO sessions(id, agent) VALUES (?, ?)", (session, agent))
        found = self._db.execute("SELECT no FROM sessions WHERE id = ? AND agent = ?", (session, agent)).fetchone()
        return int(found[0])

    def forget(self, session: str) -> None:
        """All of a session."""
        self._remove("session IN (SELECT no FROM sessions WHERE id = ?)", session)
        self._db.execute("DELETE FROM lost WHERE session = ?", (session,))

    def prune(self, before: int) -> None:
        """What is older than `before` (Unix ms)."""
        self._remove("until < ?", before)
        self._db.execute("DELETE FROM lost WHERE until < ?", (before,))

    def _remove(self, which: str, value: str | int) -> None:
        """Documents and their words, so that no page holds them any more, and the file shrinks."""
        wanted = (
            "SELECT d.id, d.body, s.id, s.agent, d.kind FROM documents d JOIN sessions s ON s.no = d.session"  # noqa: S608 - `which` is ours
            f" WHERE d.id IN (SELECT id FROM documents WHERE {which} LIMIT {SLICE})"
        )
        removed = 0
        while rows := self._db.execute(wanted, (value,)).fetchall():
            words = [(number, text_of(body), tags(id_, agent, KINDS[kind])) for number, body, id_, agent, kind in rows]
            with self._transaction():
                self._db.executemany("INSERT INTO words(words, rowid, text, tags) VALUES ('delete', ?, ?, ?)", words)
                self._db.executemany("DELETE FROM documents WHERE id = ?", [(row[0],) for row in rows])
            removed += len(rows)
        if removed:
            self._db.execute("INSERT INTO words(words) VALUES ('optimize')")
            self._db.execute("PRAGMA incremental_vacuum").fetchall()

    def finish(self) -> None:
        """It is full: readers find each word in one place from now on."""
        self._db.execute("INSERT INTO words(words) VALUES ('optimize')")
        self._db.execute("PRAGMA incremental_vacuum").fetchall()
        self.close()

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


class Library:
    """All volumes, for the only one who writes. `index`: `RunnerOptions.search_index`. Raises `OSError`."""

    def __init__(self, index: Path, max_bytes: int) -> None:
        self._index, self._max_bytes = index, max_bytes
        self._volume_bytes = min(MAX_VOLUME_BYTES, max(MIN_VOLUME_BYTES, max_bytes // VOLUMES))
        self._open: dict[str, Volume] = {}
        self._until: dict[str, int] = {}
        index.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, documents: Sequence[Document], lost: dict[tuple[str, str], tuple[int, int, int]]) -> None:
        """`lost`: by owner and session, since, until and how many bytes."""
        by_owner: defaultdict[str, list[Document]] = defaultdict(list)
        for each in documents:
            by_owner[each.owner].append(each)
        missing: defaultdict[str, list[tuple[str, int, int, int]]] = defaultdict(list)
        for (owner, session), facts in lost.items():
            missing[owner].append((session, *facts))
        for owner in {**by_owner, **missing}:
            self._write(owner, by_owner[owner], missing[owner])
        if documents:
            self._keep_within()

    def _write(self, owner: str, documents: Sequence[Document], lost: Sequence[tuple[str, int, int, int]]) -> None:
        for attempt in range(2):
            try:
                volume = self._volume(owner)
                volume.write(documents, lost)
                self._until[owner] = volume.until
                break
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError) and not _is_damage(error):
                    raise OSError(str(error)) from error
                self._set_aside(owner, error)
                if attempt:
                    raise OSError(str(error)) from error
        if volume.size > self._volume_bytes:
            del self._open[owner]
            volume.finish()

    def _volume(self, owner: str) -> Volume:
        """The one that is being filled."""
        volume = self._open.pop(owner, None)
        if volume is not None and volume.is_gone:
            volume.close()
            volume = None
        if volume is None:
            volume = Volume(self._newest(owner), self._until.get(owner, 0))
        self._open[owner] = volume  # the last in line to be closed
        while len(self._open) > MAX_OPEN:
            self._open.pop(next(iter(self._open))).close()
        return volume

    def _newest(self, owner: str) -> Path:
        folder = folder_of(self._index, owner)
        folder.mkdir(mode=0o700, exist_ok=True)
        there = sorted(name[:8] for name in os.listdir(folder) if NAME.match(name))  # also those set aside
        newest = folder / f"{there[-1] if there else '00000001'}.sqlite3"
        if there and (not newest.exists() or _size(newest) > self._volume_bytes):
            return folder / f"{int(there[-1]) + 1:08}.sqlite3"
        return newest

    def _set_aside(self, owner: str, error: Exception) -> None:
        """A damaged volume: another is begun, and the readers' `damaged` counts it."""
        volume = self._open.pop(owner, None)
        path = volume.path if volume is not None else self._newest(owner)
        if volume is not None:
            volume.close()
        self._move(path, error)

    def _move(self, path: Path, error: Exception) -> None:
        logger.error("the search index %s is damaged and was set aside: %s", path, error)
        with contextlib.suppress(FileNotFoundError):
            path.rename(path.with_name(path.name + BROKEN))
        _unlink_sides(path)

    def forget(self, session: str) -> None:
        self._in_all(lambda volume: volume.forget(session))

    def prune(self, before: int) -> None:
        """What is older than `before` (Unix ms)."""
        self._in_all(lambda volume: volume.prune(before))

    def _in_all(self, change: Callable[[Volume], None]) -> None:
        for owner in owners(self._index):
            for path in volumes(folder_of(self._index, owner)):
                current = self._open.get(owner)
                is_open = current is not None and current.path == path and not current.is_gone
                try:
                    volume = current if current is not None and is_open else Volume(path)
                    is_done = False
                    try:
                        change(volume)
                        is_done = volume.is_empty
                    finally:
                        if not is_open:
                            volume.close()
                    if is_done and not is_open:
                        path.unlink()
                        _unlink_sides(path)
                except sqlite3.OperationalError as error:
                    logger.warning("the search index %s: %s", path, error)
                except (sqlite3.DatabaseError, zlib.error) as error:
                    if is_open:
                        self._set_aside(owner, error)
                    else:
                        self._move(path, error)

    def _keep_within(self) -> None:
        """The oldest volume of whoever has most goes first, so that nobody's flood makes others forget."""
        sizes = {owner: _folder_sizes(folder_of(self._index, owner)) for owner in owners(self._index)}
        total = sum(size for files in sizes.values() for _, size in files)
        while total > self._max_bytes:
            owner = max(sizes, key=lambda each: sum(size for _, size in sizes[each]))
            path, size = sizes[owner].pop(0)
            current = self._open.get(owner)
            if current is not None and current.path == path:
                self._open.pop(owner).close()
            path.unlink(missing_ok=True)
            _unlink_sides(path)
            total -= size

    def close(self) -> None:
        for volume in self._open.values():
            volume.close()
        self._open.clear()


def clear(index: Path, owner: str) -> None:
    """Forget all of an owner. Whoever writes begins anew; what is written at this very moment goes as well."""
    folder = folder_of(index, owner)
    gone = folder.with_name(f"gone-{os.urandom(8).hex()}")
    with contextlib.suppress(FileNotFoundError):
        folder.rename(gone)
        shutil.rmtree(gone)


def _is_damage(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino)


def _size(path: Path) -> int:
    """On the disk, with what is not yet in its place."""
    total = 0
    for suffix in ("", "-wal"):
        with contextlib.suppress(FileNotFoundError):
            total += path.with_name(path.name + suffix).stat().st_size
    return total


def _folder_sizes(folder: Path) -> list[tuple[Path, int]]:
    """Oldest first; those set aside are as old as they were."""
    with contextlib.suppress(FileNotFoundError):
        names = sorted(name for name in os.listdir(folder) if NAME.match(name) and not name.endswith(("-wal", "-shm")))
        return [(folder / name, _size(folder / name)) for name in names]
    return []


def _unlink_sides(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
