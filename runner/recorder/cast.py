"""Writes an asciicast (version 2) as it happens, and cuts what a crash left at its end."""

import os
from pathlib import Path
from typing import Any

import orjson

VERSION = 2
TERM = "xterm-256color"
FLUSH_BYTES = 64 * 1024
TAIL_BYTES = 1024 * 1024


class Cast:
    """One file being written. Times are seconds since the recording began and never go back.

    Raises `OSError` when the disk does. What has been added is written at the latest by the next `flush`.
    """

    def __init__(self, path: Path, header: dict[str, Any] | None, *, at: float = 0.0) -> None:
        """`header`: of a new file; None: goes on with one whose last event was `at`."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | (os.O_CREAT | os.O_EXCL if header is not None else 0)
        self._path = path
        self.descriptor = os.open(path, flags, 0o600)
        self.last_at = at
        self.event_count = 0
        self.size_bytes = os.fstat(self.descriptor).st_size
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        if header is not None:
            self._add(orjson.dumps({"version": VERSION, **header}) + b"\n")
            self.flush()

    def event(self, at: float, code: bytes, data: str) -> None:
        """`code`: o, i, r or m."""
        self.last_at = max(at, self.last_at)
        self.event_count += 1
        self._add(b'[%.6f, "%b", %b]\n' % (self.last_at, code, orjson.dumps(data)))

    def _add(self, line: bytes) -> None:
        self._waiting.append(line)
        self._waiting_bytes += len(line)
        self.size_bytes += len(line)
        if self._waiting_bytes >= FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        if not self._waiting:
            return
        data = memoryview(b"".join(self._waiting))
        self._waiting, self._waiting_bytes = [], 0
        try:
            while data:
                data = data[os.write(self.descriptor, data) :]
        except OSError:
            cut_torn_end(self._path)  # or what is written next, when there is room again, makes one line with it
            raise

    def close(self) -> None:
        """Without what is not written yet."""
        os.close(self.descriptor)


def cut_torn_end(path: Path) -> None:
    """Cut the last line where a crash has left only a part of it."""
    with path.open("rb+") as stream:
        size = position = stream.seek(0, os.SEEK_END)
        while position:
            begin = max(0, position - TAIL_BYTES)
            stream.seek(begin)
            found = stream.read(position - begin).rfind(b"\n")
            if found >= 0:
                position = begin + found + 1
                break
            position = begin
        if position != size:
            stream.truncate(position)
