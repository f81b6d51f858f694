"""Finds the marks (OSC 133) that a shell prints around its prompt and its commands, in the bytes of its output.

A: a prompt begins; B: it is there and the shell reads; C: a command was read and its output begins; D: the output
ended, with the exit code; P: a prompt for the rest of a command begins, which ends with B as well. Only those count
that carry the word made for this very program: `ESC ] 133 ; D ; 0 ; aid=WORD BEL`.

Pure: no I/O, no clock. On the path of every byte: without a mark, a piece of output costs one search.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

_OPENING = re.compile(rb"\x1b\]133;([ABCDP])(?:;(\w{1,4}))?\Z")
_LONGEST_OPENING = len(b"\x1b]133;D;line")


class Mark(NamedTuple):
    """`start`, `end`: absolute offsets of its first byte and behind its last; `note`: exit code, `line` or `more`."""

    kind: str
    start: int
    end: int
    note: str = ""

    @property
    def code(self) -> int | None:
        """The exit code of a D."""
        return int(self.note) if self.kind == "D" and self.note.isdecimal() else None


class Marks:
    """The marks of one program: each is told to `heard` as it comes, the last one is kept."""

    def __init__(self, word: str, heard: Callable[[Mark], None]) -> None:
        self._closing = f";aid={word}\a".encode()
        self._reach = len(self._closing) + _LONGEST_OPENING
        self._kept = b""
        self._heard = heard
        self.last: Mark | None = None

    def feed(self, data: bytes, end: int) -> bool:
        """The program printed `data`, whose last byte lies before the offset `end`; whether a mark ended in it."""
        if self._kept:
            data = self._kept + data
        position, is_new = 0, False
        found = data.find(self._closing)
        while found >= 0:
            position = found + len(self._closing)
            opening = _OPENING.search(data, max(0, found - _LONGEST_OPENING), found)
            if opening:
                at = end - len(data)
                kind, note = opening[1].decode(), (opening[2] or b"").decode()
                self.last = Mark(kind, at + opening.start(), at + position, note)
                self._heard(self.last)
                is_new = True
            found = data.find(self._closing, position)
        self._kept = self._unfinished(data[max(position, len(data) - self._reach) :])
        return is_new

    @staticmethod
    def _unfinished(tail: bytes) -> bytes:
        """The part of `tail` that may begin a mark."""
        start = tail.rfind(b"\x1b")
        return tail[start:] if start >= 0 else b""

    @property
    def is_at_prompt(self) -> bool:
        """Whether the last thing said is that the shell reads a new command."""
        return self.last is not None and self.last.kind == "B" and self.last.note != "more"

    @property
    def reads_lines(self) -> bool:
        """Whether the shell at its prompt reads whole lines."""
        return self.last is not None and self.last.note == "line"

    @property
    def wants_more(self) -> bool:
        """Whether the last thing said is that the shell reads the rest of a command."""
        return self.last is not None and self.last.note == "more"
