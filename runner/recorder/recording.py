"""One recording under way: redacts and decodes what a terminal says, writes it, and ends at its limits."""

import codecs
import os
import time
from collections.abc import Iterable
from typing import Any

from runner.recorder import facts as keeping
from runner.recorder.cast import TERM, Cast
from runner.recorder.facts import Facts, Folder
from runner.redaction import Exact, patterns

LONGEST_EVENT_CHARACTERS = 256 * 1024  # a player and an export read line by line
LABEL_CHARACTERS = 100  # of a marker


class _Side:
    """Output or input: its text, without secrets and half characters, which wait for their rest."""

    def __init__(self, exact: Exact) -> None:
        self._exact = exact.fresh()
        self._decoder = _utf8("replace")
        self._held_at = 0.0
        self._held_characters = 0

    def text(self, at: float, data: bytes) -> list[tuple[float, str]]:
        """What may be written now. What was held back keeps its time."""
        before, characters = self._exact.held_bytes, self._held_characters
        clean = self._exact.feed(data)
        text = self._decoder.decode(clean)
        found = [(at, text)] if text else []
        if text and before and clean.startswith(before) and 0 < characters < len(text):
            found = [(self._held_at, text[:characters]), (at, text[characters:])]
        if held := self._exact.held_bytes:
            self._held_at = self._held_at if held == before else at
            self._held_characters = len(held) if held.isascii() else 0
        return found

    def rest(self) -> str:
        return self._decoder.decode(self._exact.flush(), True)

    def also(self, exact: Exact) -> str:
        """More secrets from now on; what was held back and is none of their beginnings either."""
        held, self._exact = self._exact.held_bytes, exact.fresh()
        return self._decoder.decode(self._exact.feed(held))


_utf8 = codecs.getincrementaldecoder("utf-8")


class Recording:
    """`is_over` once it has ended by itself or was ended; then nothing is written any more."""

    def __init__(self, folder: Folder, params: dict[str, Any]) -> None:
        """`params`: of a `start` message (`runner.recorder.link`). Raises `OSError`."""
        self._folder = folder
        self.id, self.number = str(params["recording"]), int(params["number"])
        self._began = float(params["began"])
        self._max_bytes, self._max_seconds = int(params["max_bytes"]), int(params["max_seconds"])
        self._exact = Exact(params["secrets"])
        self._output, self._input = _Side(self._exact), _Side(self._exact)
        self._size = int(params["cols"]), int(params["rows"])
        self.is_over = False
        if params["resumed"]:
            self._resume()
        else:
            self._begin(params)

    def _begin(self, params: dict[str, Any]) -> None:
        cols, rows = self._size
        title = self._exact.text(params["title"])
        self.facts = keeping.begun(
            self.id, params["session"], cols=cols, rows=rows, title=title, include_input=params["include_input"]
        )
        self._lock = self._folder.open(self.facts)
        try:
            header: dict[str, Any] = {"width": cols, "height": rows, "timestamp": int(self.facts["started_at"])}
            header |= ({"title": title} if title else {}) | {"env": {"TERM": TERM}}
            self._cast = Cast(self._folder.cast(self.id), header)
        except BaseException:
            os.close(self._lock)
            self._folder.remove(self.id)
            raise

    def _resume(self) -> None:
        found = self._folder.again(self.id)
        if found is None:
            raise FileNotFoundError(self.id)
        self.facts = found
        self._lock = self._folder.open(found)
        try:
            self._cast = Cast(self._folder.cast(self.id), None, at=found["duration_ms"] / 1000)
        except BaseException:
            os.close(self._lock)
            raise
        self._cast.event_count = found["event_count"]
        self.resized(time.monotonic(), *self._size, always=True)

    @property
    def descriptor(self) -> int:
        return self._cast.descriptor

    # --- what happens --------------------------------------------------------------------------------------------

    def output(self, at: float, data: bytes) -> None:
        self._side(self._output, b"o", at, data)

    def typed(self, at: float, data: bytes) -> None:
        self._side(self._input, b"i", at, data)

    def _side(self, side: _Side, code: bytes, at: float, data: bytes) -> None:
        for when, text in side.text(at - self._began, data):
            self._event(when, code, text)

    def resized(self, at: float, cols: int, rows: int, *, always: bool = False) -> None:
        if always or (cols, rows) != self._size:
            self._size = cols, rows
            self._event(at - self._began, b"r", f"{cols}x{rows}")

    def mark(self, at: float, label: str) -> None:
        label = _short(patterns(self._exact.text(label)))  # not cut before: the beginning of a secret is no secret
        self._event(at - self._began, b"m", label)
        if len(self.facts["markers"]) < keeping.MAX_MARKERS:
            self.facts["markers"].append(keeping.marker(max(0.0, at - self._began), label))

    def also_redact(self, secrets: Iterable[str]) -> None:
        self._exact = Exact(secrets)
        for side, code in ((self._output, b"o"), (self._input, b"i")):
            if rest := side.also(self._exact):
                self._event(self._cast.last_at, code, rest)

    def _event(self, at: float, code: bytes, text: str) -> None:
        if self.is_over:
            return
        if at > self._max_seconds:
            self.end(truncated="time")
            return
        for begin in range(0, len(text) or 1, LONGEST_EVENT_CHARACTERS):
            self._cast.event(at, code, text[begin : begin + LONGEST_EVENT_CHARACTERS])
            if self._cast.size_bytes >= self._max_bytes:
                self.end(truncated="size")
                return

    # --- its end -------------------------------------------------------------------------------------------------

    def look(self, now: float) -> None:
        """Called twice a second: writes what waits, and ends it in time though nothing happens."""
        if now - self._began > self._max_seconds:
            self.end(truncated="time")
        else:
            self._cast.flush()

    def current(self) -> Facts:
        """The facts as of now."""
        if not self.is_over:
            at = time.monotonic() - self._began if self.facts["status"] == "recording" else self._cast.last_at
            self.facts["duration_ms"] = round(max(at, self._cast.last_at) * 1000)
            self.facts["event_count"], self.facts["size_bytes"] = self._cast.event_count, self._cast.size_bytes
        return self.facts

    def end(self, status: str = "stopped", *, truncated: str | None = None, error: str | None = None) -> Facts:
        """Write all that is left and the facts. A disk that does not take them makes it `failed`."""
        if self.is_over:
            return self.facts
        if truncated is None:
            try:
                self._write_rest()
            except OSError as failure:
                status, error = "failed", error or failure.strerror or str(failure)
        facts = self.current()
        self.is_over = True
        if truncated == "time":
            facts["duration_ms"] = min(facts["duration_ms"], self._max_seconds * 1000)
        facts |= {"status": status, "truncated": truncated, "error": error, "ended_at": time.time()}
        try:
            self._cast.flush()
            os.fsync(self._cast.descriptor)
        except OSError as failure:
            facts |= {"status": "failed", "error": error or failure.strerror or str(failure)}
        try:
            facts["size_bytes"] = os.fstat(self._cast.descriptor).st_size
            self._folder.close(facts, self._lock)
        except OSError as failure:  # what `.open` says is enough to make them again
            facts |= {"status": "failed", "error": error or failure.strerror or str(failure)}
        finally:
            self._cast.close()
            os.close(self._lock)
        return facts

    def _write_rest(self) -> None:
        for side, code in ((self._output, b"o"), (self._input, b"i")):
            if rest := side.rest():
                self._cast.event(self._cast.last_at, code, rest)


def _short(label: str) -> str:
    """One line, not too long."""
    line = " ".join(label.split())
    return f"{line[: LABEL_CHARACTERS - 1]}…" if len(line) > LABEL_CHARACTERS else line
