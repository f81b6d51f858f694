"""Where sessions went through the proxy: the newest of each in memory, all of it in a file of JSON lines."""

import contextlib
import json
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

logger = logging.getLogger("runner.egress")

KEPT = 500
FOLD_S = 60.0  # what happens again within a minute is one entry
MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_REASON_CHARACTERS = 500
MAX_RECENT = 5000
ENDED_KEPT = 100  # sessions that have ended and may still be asked about
LINES_A_MINUTE = 100  # of one session in the file; the rest is one line, which says how many
REST = "more"  # the verdict of that line


@dataclass(slots=True)
class Entry:
    """One outcome, `count` times within a minute. Bytes are added when a connection has ended."""

    at: float
    host: str
    port: int
    verdict: str  # allowed, refused or failed
    reason: str
    sent: int = 0
    received: int = 0
    count: int = 1


@dataclass(slots=True)
class _Line:
    """What the file has not been told yet of an entry."""

    session: str
    entry: Entry
    count: int = 0
    sent: int = 0
    received: int = 0


@dataclass(slots=True)
class _Share:
    """What one session had of the file in a minute, and what was too much."""

    since: float
    lines: int = 0
    rest: _Line | None = None


class NetworkLog:
    """Notes outcomes, and writes what is new to `path` (mode 0600; one older part is kept) when told to flush."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self._path, self._older, self._now = path, path.with_suffix(".1.jsonl"), now
        self._entries: dict[str, deque[Entry]] = {}
        self._recent: dict[tuple[str, str, int, str], Entry] = {}
        self._lines: dict[int, _Line] = {}
        self._ended: dict[str, None] = {}  # the longest ended first
        self._shares: dict[str, _Share] = {}

    def note(self, session_id: str, host: str, port: int, verdict: str, reason: str) -> "tuple[str, Entry]":
        """What `moved` is told of later."""
        key = (session_id, host, port, verdict)
        entry = self._recent.get(key)
        if entry is not None and self._now() - entry.at < FOLD_S:
            entry.count += 1
        else:
            entry = Entry(round(self._now(), 3), host, port, verdict, reason[:MAX_REASON_CHARACTERS])
            if len(self._recent) >= MAX_RECENT:
                self._recent.clear()  # somebody makes up names; then some entries stand twice
            self._recent[key] = entry
            self._entries.setdefault(session_id, deque(maxlen=KEPT)).append(entry)
        self._line(session_id, entry).count += 1
        return session_id, entry

    def moved(self, noted: "tuple[str, Entry]", sent: int, received: int) -> None:
        """A connection has ended."""
        session_id, entry = noted
        entry.sent += sent
        entry.received += received
        line = self._line(session_id, entry)
        line.sent += sent
        line.received += received

    def reached(self, session_id: str) -> list[dict[str, Any]]:
        """Newest last."""
        return [asdict(entry) for entry in self._entries.get(session_id, ())]

    def ended(self, session_id: str) -> None:
        """What it reached can still be asked for until many others have ended."""
        self._ended.pop(session_id, None)  # it may have ended before
        self._ended[session_id] = None
        while len(self._ended) > ENDED_KEPT:
            longest = next(iter(self._ended))
            del self._ended[longest]
            self._entries.pop(longest, None)

    def began(self, session_id: str) -> None:
        """A session is open, perhaps again: what it reached stays."""
        self._ended.pop(session_id, None)

    def recall(self, session_ids: Collection[str]) -> None:
        """Read from the file what these sessions reached while another process kept the log."""
        for path in (self._older, self._path):
            with contextlib.suppress(OSError), path.open() as stream:
                for line in stream:
                    with contextlib.suppress(ValueError):  # half a line, where that process was killed
                        told = json.loads(line)
                        session_id = told.pop("session")
                        if session_id in session_ids and told["verdict"] != REST:
                            self._recall(session_id, Entry(**told))

    def _recall(self, session_id: str, told: Entry) -> None:
        entries = self._entries.setdefault(session_id, deque(maxlen=KEPT))
        for entry in reversed(entries):
            if (entry.at, entry.host, entry.port, entry.verdict) == (told.at, told.host, told.port, told.verdict):
                entry.count += told.count
                entry.sent += told.sent
                entry.received += told.received
                return
        entries.append(told)

    def flush(self, *, last: bool = False) -> None:
        """Write what has come up since the last time; a full disk costs lines, nothing else."""
        lines = self._fair(last)
        self._lines = {}
        oldest = self._now() - FOLD_S
        self._recent = {key: entry for key, entry in self._recent.items() if entry.at > oldest}
        if not lines:
            return
        try:
            self._write("".join(map(_as_json, lines)).encode())
        except OSError as error:
            logger.warning("the log of network connections can't be written: %s", error)

    def _fair(self, last: bool) -> list[_Line]:
        """What may go into the file: of each session its share, and of what was too much a line a minute."""
        now = self._now()
        fair: list[_Line] = []
        for line in self._lines.values():
            share = self._shares.setdefault(line.session, _Share(now))
            share.lines += 1
            if share.lines <= LINES_A_MINUTE:
                fair.append(line)
                continue
            if share.rest is None:
                share.rest = _Line(line.session, Entry(round(now, 3), "", 0, REST, "too much for the file"))
            share.rest.count += line.count
            share.rest.sent += line.sent
            share.rest.received += line.received
        over = [key for key, share in self._shares.items() if last or not 0 <= now - share.since < FOLD_S]
        shares = [self._shares.pop(key) for key in over]
        return fair + [share.rest for share in shares if share.rest is not None]

    def _line(self, session_id: str, entry: Entry) -> _Line:
        return self._lines.setdefault(id(entry), _Line(session_id, entry))

    def _write(self, data: bytes) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(self._path, flags, 0o600), "ab") as stream:
            stream.write(data)
            size = stream.tell()
        if size > MAX_FILE_BYTES:
            self._path.replace(self._older)


def _as_json(line: _Line) -> str:
    entry = line.entry
    told = {
        "at": entry.at, "session": line.session, "host": entry.host, "port": entry.port, "verdict": entry.verdict,
        "reason": entry.reason, "count": line.count, "sent": line.sent, "received": line.received,
    }  # fmt: skip
    return json.dumps(told) + "\n"
