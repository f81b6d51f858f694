"""Finds in the index what was printed and told, newest first, and words to ask for. For readers, who write nothing."""

import base64
import contextlib
import heapq
import itertools
import sqlite3
import time
import zlib
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from core.errors import InvalidRequest
from runner.search import asking
from runner.search.opened import Opened
from runner.search.volumes import BROKEN, KINDS, agent_tag, folder_of, kind_tag, owners, session_tag, text_of, volumes

BEFORE, SNIPPET = 60, 240  # characters of a snippet before its first match, and in all
MAX_MATCHES = 50  # in one snippet
LIMIT_S = 3.0  # then what was found is told, and where to go on
SUGGEST_DOCUMENTS, SUGGEST_LIMIT_S = 100, 0.05
MAX_LOST = 50
FOREVER = 2**62
OPENED = Opened()
DAMAGE = (sqlite3.Error, zlib.error, ValueError)  # what reading a damaged file raises


@dataclass(frozen=True)
class Wanted:
    """`owner` None: everybody's. Times in Unix ms; `sessions` None: all. `cursor`: the page before ended there."""

    query: str
    owner: str | None = None
    sessions: Sequence[str] | None = None
    agent: str | None = None
    kind: str | None = None
    since: int | None = None
    until: int | None = None
    limit: int = 50
    cursor: str | None = None


Key = tuple[int, str, int, int]  # sorts as the answer does: minus the time, the owner, minus volume and document


def query(index: Path, wanted: Wanted) -> dict[str, Any]:
    """`{hits, nextCursor, complete, dropped, damaged, since, tookMs}`; raises `InvalidRequest`.

    `complete` False: it took too long; `nextCursor` goes on. `since`: Unix ms from which on the index holds anything.
    """
    began = time.monotonic()
    asked = asking.parse(wanted.query)
    match = f"{asked.match}{_tagged(wanted)}"
    after = None if wanted.cursor is None else _key(wanted.cursor)
    whose = owners(index) if wanted.owner is None else [wanted.owner]
    found: list[tuple[Key, dict[str, Any] | None]] = []
    reached: Key | None = None
    with contextlib.ExitStack() as borrowed:
        shelves = [Shelf(index, owner, borrowed) for owner in whose]
        deadline = began + LIMIT_S
        streams = [each.hits(match, wanted, after, asked, deadline) for each in shelves]
        for key, hit in heapq.merge(*streams, key=lambda pair: pair[0]):
            if hit is None:  # it took too long
                reached = key
                break
            found.append((key, hit))
            if len(found) > wanted.limit:
                break
        for stream in streams:
            stream.close()
        lost = _lost(shelves, wanted.sessions)
        since = min((first for each in shelves if (first := each.first()) is not None), default=None)
    is_more = len(found) > wanted.limit
    last = found[wanted.limit - 1][0] if is_more else reached
    return {
        "hits": [hit for _, hit in found[: wanted.limit]],
        "nextCursor": None if last is None else _cursor(last),
        "complete": reached is None,
        "dropped": lost,
        "damaged": sum(each.damaged for each in shelves),
        "since": since,
        "tookMs": round((time.monotonic() - began) * 1000, 1),
    }


def suggest(index: Path, prefix: str, owner: str | None, limit: int) -> list[str]:
    """Words that begin so, of what was printed lately; those that are there most come first."""
    words = asking.plain(prefix).split()
    start = words[-1] if words else ""
    if not start or not all(letter.isalnum() or letter in "_-./" for letter in start):
        return []
    counts: Counter[str] = Counter()
    deadline = time.monotonic() + SUGGEST_LIMIT_S
    with contextlib.ExitStack() as borrowed:
        for each in owners(index) if owner is None else [owner]:
            with contextlib.closing(Shelf(index, each, borrowed).newest(start)) as texts:
                for text in itertools.islice(texts, SUGGEST_DOCUMENTS):
                    counts.update(_begun(asking.plain(text), start))
                    if time.monotonic() > deadline:
                        break
    counts.pop(start, None)
    return [word for word, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]]


def _begun(text: str, start: str) -> set[str]:
    """Words of a document that begin so, as programs have them: with dots, slashes and hyphens inside."""
    found = set()
    at = text.find(start)
    while at >= 0:
        end = at + len(start)
        if not at or not text[at - 1].isalnum():
            while end < len(text) and (text[end].isalnum() or text[end] in "_-./"):
                end += 1
            if end - at <= 80:
                found.add(text[at:end].rstrip("-./_"))
        at = text.find(start, max(end, at + 1))
    return found


class Shelf:
    """One owner's volumes. `borrowed` gives them back."""

    def __init__(self, index: Path, owner: str, borrowed: contextlib.ExitStack) -> None:
        self.owner, self._borrowed = owner, borrowed
        folder = folder_of(index, owner)
        self.paths = volumes(folder)
        self.damaged = len(list(folder.glob(f"*{BROKEN}")))
        self._databases: dict[Path, sqlite3.Connection | None] = {}

    def _database(self, path: Path) -> sqlite3.Connection | None:
        if path not in self._databases:
            self._databases[path] = None
            with contextlib.suppress(sqlite3.Error):  # removed in this moment, or just begun
                self._databases[path] = self._borrowed.enter_context(OPENED.borrowed(path))
        return self._databases[path]

    def hits(
        self, match: str, wanted: Wanted, after: Key | None, asked: asking.Query, deadline: float
    ) -> Generator[tuple[Key, dict[str, Any] | None]]:
        """Newest first; None for a hit when time is up, with the place where that was."""
        place: Key = (-FOREVER, self.owner, 0, 0)
        until = min(FOREVER if wanted.until is None else wanted.until + 2000, FOREVER if after is None else -after[0])
        for number, database in self._volumes():
            if time.monotonic() > deadline:
                yield place, None
                return
            try:
                low, high = _between(database, wanted.since, until)
                if high is None:
                    continue
                if low is None:
                    return  # all that follow are older still
                rows = database.execute(_QUERY, (match, low, high))
                for row in rows:
                    key = (-row[1], self.owner, -number, -row[0])
                    if after is not None and key <= after:
                        continue
                    hit = _hit(row, wanted, asked, f"{quote(self.owner)}.{number}.{row[0]}")
                    if hit is not None:
                        yield key, hit
                    place = key
                    if time.monotonic() > deadline:
                        yield key, None
                        return
            except DAMAGE:
                self.damaged += 1

    def _volumes(self) -> Iterator[tuple[int, sqlite3.Connection]]:
        for path in reversed(self.paths):
            if (database := self._database(path)) is not None:
                yield int(path.name[:8]), database

    def newest(self, start: str) -> Generator[str]:
        """Texts with a word that begins so; all of the newest when that is too short to look for."""
        words = [word for word in asking.WORD.findall(start) if len(word) >= 3]
        for _, database in self._volumes():
            with contextlib.suppress(*DAMAGE):
                if words:
                    match = f'text : "{" ".join(asking.WORD.findall(start))}"*'
                    rows = database.execute(_NEWEST_WITH, (match,))
                else:
                    rows = database.execute("SELECT body FROM documents ORDER BY id DESC")
                for (body,) in rows:
                    yield text_of(body)

    def lost(self) -> Iterator[tuple[str, int, int, int]]:
        for _, database in self._volumes():
            with contextlib.suppress(sqlite3.Error):
                yield from database.execute("SELECT session, since, until, bytes FROM lost")

    def first(self) -> int | None:
        """When the oldest that is held was printed."""
        for path in self.paths:
            with contextlib.suppress(sqlite3.Error):
                if (database := self._database(path)) is not None:
                    found = database.execute("SELECT until FROM documents ORDER BY id LIMIT 1").fetchone()
                    if found is not None:
                        return int(found[0])
        return None


_QUERY = """
SELECT d.id, d.until, s.id, s.agent, d.kind, d.marks, d.body
FROM words w CROSS JOIN documents d ON d.id = w.rowid JOIN sessions s ON s.no = d.session
WHERE words MATCH ? AND w.rowid BETWEEN ? AND ? ORDER BY w.rowid DESC
"""
_NEWEST_WITH = """
SELECT d.body FROM words w CROSS JOIN documents d ON d.id = w.rowid WHERE words MATCH ? ORDER BY w.rowid DESC
"""


def _between(database: sqlite3.Connection, since: int | None, until: int) -> tuple[int | None, int | None]:
    """The first and last document of a time; documents stand in its order."""
    newest = "SELECT id FROM documents WHERE until <= ? ORDER BY until DESC, id DESC LIMIT 1"
    oldest = "SELECT id FROM documents WHERE until >= ? ORDER BY until, id LIMIT 1"
    high = database.execute(newest, (until,)).fetchone()
    low = (0,) if since is None else database.execute(oldest, (since,)).fetchone()
    return (None if low is None else low[0]), (None if high is None else high[0])


def _tagged(wanted: Wanted) -> str:
    """What else must be so of a document."""
    parts = [] if wanted.sessions is None else [" OR ".join(map(session_tag, wanted.sessions)) or "none"]
    parts += [] if wanted.agent is None else [agent_tag(wanted.agent)]
    parts += [] if wanted.kind is None else [kind_tag(wanted.kind)]
    return "".join(f" AND (tags : ({part}))" for part in parts)


def _hit(row: Sequence[Any], wanted: Wanted, asked: asking.Query, name: str) -> dict[str, Any] | None:
    """None when it is of another time."""
    _, until, session, agent, kind, marks_json, body = row
    text, marks = text_of(body), orjson.loads(marks_json)
    first = asked.found.search(asking.plain(text))
    position = 0 if first is None else first.start()
    _, offset, at = next(mark for mark in reversed(marks) if mark[0] <= position)
    if (wanted.until is not None and at > wanted.until) or (wanted.since is not None and until < wanted.since):
        return None
    snippet, matches = _snippet(text, position, asked)
    return {
        "id": name, "session": session, "agent": agent, "kind": KINDS[kind], "offset": offset, "at": at,
        "snippet": snippet, "matches": matches,
    }  # fmt: skip


def _snippet(text: str, position: int, asked: asking.Query) -> tuple[str, list[list[int]]]:
    """Whole lines where that is possible, and where in them the words are, counted in Unicode code points."""
    start = text.rfind("\n", max(0, position - BEFORE), position) + 1 or max(0, position - BEFORE)
    end = min(len(text), start + SNIPPET)
    if end < len(text) and (line_end := text.rfind("\n", position, end)) > position:
        end = line_end
    snippet = text[start:end].rstrip()
    found = itertools.islice(asked.found.finditer(asking.plain(snippet)), MAX_MATCHES)
    return snippet, [[match.start(), match.end()] for match in found]


def _lost(shelves: Sequence[Shelf], sessions: Sequence[str] | None) -> dict[str, Any]:
    """`{bytes, sessions: [{session, bytes, since, until}]}`: what there was no room for, the worst first."""
    totals: dict[str, list[int]] = {}
    for session, since, until, size in itertools.chain.from_iterable(each.lost() for each in shelves):
        if sessions is None or session in sessions:
            before = totals.setdefault(session, [since, until, 0])
            totals[session] = [min(before[0], since), max(before[1], until), before[2] + size]
    worst = sorted(totals.items(), key=lambda item: -item[1][2])[:MAX_LOST]
    return {
        "bytes": sum(size for _, _, size in totals.values()),
        "sessions": [
            {"session": session, "bytes": size, "since": since, "until": until}
            for session, (since, until, size) in worst
        ],
    }


def _cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([-key[0], key[1], -key[2], -key[3]])).decode().rstrip("=")


def _key(cursor: str) -> Key:
    try:
        until, owner, volume, number = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(owner, str) and all(type(n) is int and abs(n) <= FOREVER for n in (until, volume, number)):
            return (-until, owner, -volume, -number)
    except (ValueError, TypeError):
        pass
    raise InvalidRequest("cursor: is not one that a page before ended with")
