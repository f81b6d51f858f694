"""Makes lines of text of what a program prints, piece by piece, without an emulator.

What is drawn in pieces at several places of the screen is text where it was written as a whole: a program that prints
only the letters that have changed is not read as its window is. Works on whole pieces with few passes of compiled
patterns, since it must keep up with floods.
"""

import re

MAX_LINE_BYTES = 4096
MAX_HELD_BYTES = 4096  # of a sequence that is not finished; of a longer one the rest is skipped
_BACKSPACES = 64  # letters taken back at once; more than that is no typing

_STRING = rb"\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\?)"
_HARMLESS = re.compile(  # neither moves the cursor up or down nor writes
    rb"\x1b\[[0-?]*[ -/]*[@IKN-RU-Z\[-_abcg-qs-~]|" + _STRING + rb"|\x1b[ -/]+[0-~]|\x1b[0-78-:<-CF-LNOQ-WYZ`-~]"
)
_ALONG = re.compile(rb"\x1b\[[0-9;]*[CDG`]")
_AWAY = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-~]?|[\x0b\x0c]")
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?)?\Z")
_STRING_END = re.compile(rb"\x07|\x1b\\?")
_OVERWRITTEN = re.compile(rb"(?m)^[^\n]*\r(?=[^\r\n])")
_TAKEN_BACK = re.compile(rb"(?:[\xc0-\xff][\x80-\xbf]*|[^\n\x08\x80-\xff])\x08")
_CONTROLS = bytes(number for number in range(32) if number not in b"\t\n\r\x08") + b"\x7f"


class Text:
    """Of one terminal. `is_redrawn`: the last piece went back to lines that had been there."""

    def __init__(self) -> None:
        self.is_redrawn = False
        self._held = b""
        self._line = b""
        self._in_string = False

    def feed(self, data: bytes) -> str:
        """The lines that are finished now, each with its end; "" for none."""
        if self._in_string:
            end = _STRING_END.search(data)
            if end is None:
                return ""
            self._in_string, data = False, data[end.end() :]
        data = self._whole(self._held + data)
        self.is_redrawn = False
        if b"\x1b" in data or b"\x0c" in data or b"\x0b" in data:
            data = self._without_sequences(data)
        data = self._line + data.translate(None, _CONTROLS)
        if b"\r" in data and b"\r" in (data := data.replace(b"\r\n", b"\n")):
            data = _OVERWRITTEN.sub(b"", data)
        if b"\x08" in data:
            data = _erased(data)
        end_of_last = data.rfind(b"\n") + 1
        self._line = data[end_of_last:]
        done = data[:end_of_last]
        if len(self._line) > MAX_LINE_BYTES:
            done, self._line = done + self._line + b"\n", b""
        return done.decode(errors="replace") if done else ""

    @property
    def is_within_line(self) -> bool:
        return bool(self._line or self._held)

    def unfinished(self) -> str:
        """The line that has no end yet; it stays, and comes whole once it has one."""
        return self._line.rstrip(b"\r\x08").decode(errors="replace").rstrip()

    def _whole(self, data: bytes) -> bytes:
        """`data` but for the beginning of a sequence, or half of a line's end, that ends it."""
        self._held = b""
        start = data.rfind(b"\x1b", 0, -1 if data.endswith(b"\x1b") else len(data))
        for at in (start, len(data) - 1):
            if at >= 0 and (cut := _UNFINISHED.match(data, at)) is not None:
                self._held = data[cut.start() :]
                data = data[: cut.start()]
                if len(self._held) > MAX_HELD_BYTES:
                    self._in_string, self._held = True, b""
                return data
        if data.endswith(b"\r"):
            self._held, data = b"\r", data[:-1]
        return data

    def _without_sequences(self, data: bytes) -> bytes:
        data = _HARMLESS.sub(b"", data)
        if b"\x1b" in data or b"\x0c" in data or b"\x0b" in data:
            data = _ALONG.sub(b" ", data)
            data, count = _AWAY.subn(b"\n", data)
            self.is_redrawn = count > 0
        return data


def _erased(data: bytes) -> bytes:
    """As a shell's line editor shows it, which takes letters back and writes others."""
    for _ in range(_BACKSPACES):
        data, count = _TAKEN_BACK.subn(b"", data)
        if not count:
            break
    return data.replace(b"\x08", b"")
