"""What there is to know of each recording, kept beside its file, and made again from the file after a crash.

`ID.cast` is the recording. `ID.open` says that it is being written and what it began as, locked by who writes it;
`ID.json` holds its facts from when it has ended.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

import orjson

from runner.recorder.cast import VERSION, cut_torn_end

MAX_MARKERS = 5000  # in the facts; the file has all of them
KINDS = frozenset(("prompt", "command", "state", "cost", "budget", "exit", "agent"))
CRASHED = "The recorder or the runner ended unexpectedly"


class Marker(TypedDict):
    at_ms: int
    label: str
    kind: str


class Facts(TypedDict):
    """`status`: recording, stopped or failed (`error` says why); times are Unix seconds; `truncated`: size or time."""

    id: str
    session: str
    status: str
    started_at: float
    ended_at: float | None
    duration_ms: int
    cols: int
    rows: int
    event_count: int
    size_bytes: int
    markers: list[Marker]
    truncated: str | None
    title: str
    version: int
    include_input: bool
    error: str | None


def begun(recording: str, session: str, *, cols: int, rows: int, title: str, include_input: bool) -> Facts:
    return Facts(
        id=recording, session=session, status="recording", started_at=time.time(), ended_at=None, duration_ms=0,
        cols=cols, rows=rows, event_count=0, size_bytes=0, markers=[], truncated=None, title=title, version=VERSION,
        include_input=include_input, error=None,
    )  # fmt: skip


def marker(at: float, label: str) -> Marker:
    kind = label.partition(":")[0]
    return {"at_ms": round(at * 1000), "label": label, "kind": kind if kind in KINDS else "mark"}


class Folder:
    """The folder of all recordings of this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def cast(self, recording: str) -> Path:
        return self.path / f"{recording}.cast"

    def _opening(self, recording: str) -> Path:
        return self.path / f"{recording}.open"

    def _closing(self, recording: str) -> Path:
        return self.path / f"{recording}.json"

    def open(self, facts: Facts) -> int:
        """Say that it is being written; the descriptor holds the lock."""
        descriptor = os.open(self._opening(facts["id"]), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not os.fstat(descriptor).st_size:  # of one that goes on it stays: somebody may be reading it
                os.pwrite(descriptor, orjson.dumps(facts), 0)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def close(self, facts: Facts, descriptor: int) -> None:
        """Keep the facts of one that has ended. On a full disk in the room that `open` took, without markers."""
        opening, path = self._opening(facts["id"]), self._closing(facts["id"])
        fresh = path.with_suffix(".new")
        try:
            fresh.write_bytes(orjson.dumps(facts))
            fresh.chmod(0o600)
            fresh.replace(path)
            opening.unlink(missing_ok=True)
        except OSError:
            fresh.unlink(missing_ok=True)
            os.ftruncate(descriptor, os.pwrite(descriptor, orjson.dumps(facts | {"markers": []}), 0))
            opening.replace(path)

    def remove(self, recording: str) -> bool:
        """Whether there was one."""
        was_there = False
        for path in (self.cast(recording), self._opening(recording), self._closing(recording)):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
                was_there = True
        return was_there

    def of(self, recordings: Iterable[str]) -> dict[str, Facts]:
        """Those of these that are there: as they ended, or began and somebody will end them."""
        known = {recording: self.known(recording) for recording in recordings}
        return {recording: facts for recording, facts in known.items() if facts is not None}

    def known(self, recording: str) -> Facts | None:
        """The facts of one that has ended, or those that one began with."""
        closing = self._closing(recording)
        for path in (closing, self._opening(recording), closing):  # it may end in this moment
            with contextlib.suppress(OSError, orjson.JSONDecodeError):
                facts: Facts = orjson.loads(path.read_bytes())
                return facts
        return None

    def opened(self) -> list[str]:
        """Those that are being written, or were when somebody crashed."""
        return [path.stem for path in self.path.glob("*.open")]

    def mend(self, recording: str) -> Facts | None:
        """End one whose writer has crashed. None: it has been ended, or is gone. Waits for a writer."""
        try:
            descriptor = os.open(self._opening(recording), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not self._opening(recording).exists():
                return None
            facts = self.again(recording)
            if facts is None:
                self._opening(recording).unlink()
                return None
            facts |= {
                "status": "failed",
                "error": CRASHED,
                "ended_at": facts["started_at"] + facts["duration_ms"] / 1000,
            }
            self.close(facts, descriptor)
            return facts
        finally:
            os.close(descriptor)

    def again(self, recording: str) -> Facts | None:
        """The facts of an unfinished one, made again from its file, whose torn end is cut; None: there is none."""
        path = self.cast(recording)
        try:
            facts: Facts = orjson.loads(self._opening(recording).read_bytes())
            cut_torn_end(path)
            with path.open("rb") as stream:
                stream.readline()
                _count(stream, facts)
        except (OSError, orjson.JSONDecodeError):
            return None
        facts["size_bytes"] = path.stat().st_size
        return facts


def _count(lines: Iterable[bytes], facts: Facts) -> None:
    """Events, markers and the time of the last one; a line is looked into only where it is a marker, or the last."""
    count, last = 0, b""
    markers: list[Marker] = []
    for line in lines:
        count += 1
        last = line
        if b'"m"' in line[:24] and len(markers) < MAX_MARKERS:
            at, code, text = orjson.loads(line)
            markers += [marker(at, text)] if code == "m" else []
    facts["event_count"], facts["markers"] = count, markers
    if last:
        facts["duration_ms"] = round(orjson.loads(last)[0] * 1000)
