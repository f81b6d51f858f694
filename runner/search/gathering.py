"""Gathers the lines of one session to documents, a few KiB each, that know where in its output they stood, and when."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from runner.search.text import Text

MAX_CHARACTERS = 4096
PIECE_BYTES = 16 * 1024  # of output that has one offset: how far before a hit that of its document may lie, at most
MARK_CHARACTERS = 256
RECENT_LINES = 2048
RECENT_S = 30.0
HOLD_S = 1.0

_word = re.compile(r"\w").search
_COUNTS = re.compile(r"(?:[^\w\n]|[\d_])+")

Kind = Literal["output", "input"]


@dataclass(frozen=True, slots=True)
class Document:
    """`marks`: from which character on what offset and time (Unix ms) hold; the first is for character 0."""

    owner: str
    session: str
    agent: str
    kind: Kind
    text: str
    marks: list[tuple[int, int, int]]
    until: int  # Unix ms of its last line


@dataclass
class Gatherer:
    """`facts`: of the session's program (`owner`, `agent`). `redact`: takes out of a text what must not be kept.

    A line that was there within half a minute is left out: programs that redraw their window print all of it again and
    again. A line that is typed begins anew. Of lines drawn over others a difference in figures is none: clocks tick.
    """

    session: str
    facts: dict[str, Any]
    redact: Callable[[str], str]
    end: int = 0
    _text: Text = field(default_factory=Text)
    _piece: int = 0  # the offset of the last one
    _parts: list[str] = field(default_factory=list)
    _marks: list[tuple[int, int, int]] = field(default_factory=list)
    _size: int = 0
    _until: int = 0
    _began: float = 0.0
    _fed: float = 0.0
    _said: str = ""
    _new: set[int] = field(default_factory=set)
    _old: set[int] = field(default_factory=set)
    _turned: float = 0.0

    @property
    def is_waiting(self) -> bool:
        """Whether something is due before long."""
        return bool(self._fed or self._parts)

    def output(self, offset: int, at: float, data: bytes, now: float) -> Iterator[Document]:
        """The documents that are full. `at`: Unix time of the data; `now`: of a clock that does not jump."""
        for start in range(0, len(data), PIECE_BYTES):
            begins_before = self._text.is_within_line
            if text := self._text.feed(data[start : start + PIECE_BYTES]):
                self._add(self._fresh(text, now), self._piece if begins_before else offset + start, at, now)
                if self._size >= MAX_CHARACTERS:
                    yield from self._documents(keep=True)
            self._piece = offset + start
        self.end, self._fed = offset + len(data), now
        self._until = max(self._until, int(at * 1000))

    def typed(self, at: float, text: str) -> Iterator[Document]:
        """What was printed before it, and what somebody sent."""
        yield from self.flush()
        self._new, self._old = set(), set()
        if text.strip():
            yield self._made(self.redact(text[: 16 * MAX_CHARACTERS]), [(0, self.end, int(at * 1000))], at, "input")

    def due(self, now: float) -> Iterator[Document]:
        """What has waited long enough, the unfinished line as well once nothing comes any more."""
        if self._fed and now - self._fed >= HOLD_S:
            yield from self.flush()
        elif self._parts and now - self._began >= HOLD_S:
            yield from self._documents()

    def flush(self) -> Iterator[Document]:
        """All there is."""
        line = self._text.unfinished()
        if line != self._said and (text := self._fresh(line + "\n", self._fed)):
            self._add(text, max(0, self.end - len(line)), self._until / 1000, self._fed)
        self._said, self._fed = line, 0.0
        yield from self._documents()

    def gap(self) -> Iterator[Document]:
        """Output is missing from here on."""
        yield from self.flush()
        self._text = Text()

    def _fresh(self, text: str, now: float) -> str:
        """The lines with a word in them that have not just been there."""
        lines = list(map(str.strip if self._text.is_redrawn else str.rstrip, text.split("\n")[:-1]))
        if self._text.is_redrawn:
            named = dict(zip(map(hash, _COUNTS.sub("", "\n".join(lines)).split("\n")), lines, strict=True))
        else:
            named = dict(zip(map(hash, lines), lines, strict=True))
        if len(self._new) > RECENT_LINES or now - self._turned > RECENT_S:
            self._new, self._old, self._turned = set(), self._new, now
        new, old = self._new, self._old
        fresh = [line for name, line in named.items() if name not in new and name not in old and _word(line)]
        new.update(named)
        return "\n".join(fresh) + "\n" if fresh else ""

    def _add(self, text: str, offset: int, at: float, now: float) -> None:
        if not text:
            return
        if not self._parts:
            self._began = now
        if not self._marks or self._size - self._marks[-1][0] >= MARK_CHARACTERS:
            self._marks.append((self._size, offset, int(at * 1000)))
        self._parts.append(text)
        self._size += len(text)
        self._until = max(self._until, int(at * 1000))

    def _documents(self, *, keep: bool = False) -> Iterator[Document]:
        """`keep`: the last lines, which make no whole document."""
        if not self._parts:
            return
        text, marks = self.redact("".join(self._parts)), self._marks
        self._parts, self._marks, self._size = [], [], 0
        start = 0
        while start < len(text):
            end = len(text)
            if end - start > MAX_CHARACTERS:
                cut = text.rfind("\n", start, start + MAX_CHARACTERS)
                end = cut + 1 if cut > start else start + MAX_CHARACTERS
            elif keep and start and end - start < MAX_CHARACTERS // 2:
                self._parts, self._size = [text[start:]], end - start
                self._marks = _shifted(marks, start, end)
                return
            yield self._made(text[start:end].rstrip("\n"), _shifted(marks, start, end), self._until / 1000, "output")
            start = end

    def _made(self, text: str, marks: list[tuple[int, int, int]], until: float, kind: Kind) -> Document:
        facts = self.facts
        return Document(
            facts.get("owner") or "", self.session, facts.get("agent") or "", kind, text, marks, int(until * 1000)
        )


def _shifted(marks: list[tuple[int, int, int]], start: int, end: int) -> list[tuple[int, int, int]]:
    """Those that hold between `start` and `end`, counted from there."""
    before = [mark for mark in marks if mark[0] <= start][-1:]
    inside = [(at - start, offset, ms) for at, offset, ms in marks if start < at < end]
    return [(0, offset, ms) for _, offset, ms in before] + inside
