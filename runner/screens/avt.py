"""The fallback screen by asciinema's avt: memory-safe Rust that knows less of a terminal than libghostty.

What it lacks is made good here as far as the stream's text shows it (modes, title, the common queries). Not made good:
`CSI 3 J` keeps the scrollback, custom tab stops and the wrapping of scrollback lines are lost in a repaint, clusters
and hyperlinks are not kept, and the primary screen behind an alternate one reaches a repaint without its history.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from typing import Any

from avt._avt import Color, Line, Vt

from runner.screens import modes
from runner.screens.limits import clamp

# Modes of the input side, which avt ignores; `dump()` gives the others.
MODES = {1, 9, 45, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004, 2026}
MOUSE_MODES = {9, 1000, 1002, 1003}  # one replaces the other
KEYPAD = 66
AUTO_WRAP = 7
DUMPED_MODES = {6, AUTO_WRAP}
UNFINISHED_MAX_CHARS = 64 * 1024

_SEQUENCE = re.compile(
    r"\x1b\[\?(?P<modes>[0-9;]+)(?P<switch>[hl])"
    r"|\x1b(?P<keypad>[=>])"
    r"|\x1b\][02];(?P<title>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b\[(?P<query>[0>]*c|[56]n)"
    r"|\x1b(?P<reset>c)"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?\Z")
# avt dumps colours as 38:2:r:g:b, which xterm.js reads as colour space 'r'.
_RGB = re.compile(r"([34]8):2:(\d+):(\d+):(\d+)")
_SGR_FLAGS = (
    ("bold", "1"),
    ("faint", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("blink", "5"),
    ("inverse", "7"),
    ("strikethrough", "9"),
)


class AvtEmulator:
    """Owns one avt terminal and what it does not track. A panic inside avt empties the screen and goes on."""

    def __init__(self, cols: int, rows: int, scrollback: int) -> None:
        self._size = clamp(cols, rows)
        self._scrollback = scrollback
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._modes: set[int] = set()
        self._title = ""
        self._unfinished = ""
        self._vt = self._fresh()

    def _fresh(self) -> Vt:
        return Vt(*self._size, self._scrollback)

    def _guard(self, call: Callable[[], object]) -> None:
        """Run `call`; a Rust panic arrives as a `BaseException` that is no `Exception`."""
        try:
            call()
        except Exception:
            raise
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            self._vt = self._fresh()

    def feed(self, data: bytes) -> bytes:
        """Interpret output; what avt ignores is looked for in the text, together with what was left unfinished."""
        text = self._decoder.decode(data)
        watched = self._unfinished + text
        replies, fed = [], len(self._unfinished)
        for sequence in _SEQUENCE.finditer(watched):
            if query := sequence["query"]:
                # A cursor report has to be about the cursor at this place of the stream.
                self._feed_text(watched[fed : sequence.end()])
                fed = max(fed, sequence.end())
                replies.append(self._answer(query))
            else:
                self._note(sequence)
        self._feed_text(watched[fed:])
        unfinished = _UNFINISHED.search(watched)
        self._unfinished = unfinished[0] if unfinished and len(unfinished[0]) <= UNFINISHED_MAX_CHARS else ""
        return "".join(replies).encode()

    def _feed_text(self, text: str) -> None:
        if text:
            self._guard(lambda: self._vt.feed_str(text))

    def _answer(self, query: str) -> str:
        """Device attributes as libghostty gives them, so that a program notices no change; status; cursor place."""
        if query == "6n":
            cursor = self._vt.cursor
            return f"\x1b[{cursor.row + 1};{min(cursor.col, self._size[0] - 1) + 1}R"
        return {"5n": "\x1b[0n", ">c": "\x1b[>1;0;0c", ">0c": "\x1b[>1;0;0c"}.get(query, "\x1b[?62;22c")

    def _note(self, sequence: re.Match[str]) -> None:
        if sequence["modes"]:
            for number in filter(None, sequence["modes"].split(";")):
                self._switch(int(number), on=sequence["switch"] == "h")
        elif sequence["keypad"]:
            self._switch(KEYPAD, on=sequence["keypad"] == "=")
        elif sequence["reset"]:
            self._modes.clear()
        else:
            self._title = sequence["title"]

    def _switch(self, number: int, *, on: bool) -> None:
        if number in MOUSE_MODES:
            self._modes -= MOUSE_MODES
        if on and number in MODES:
            self._modes.add(number)
        else:
            self._modes.discard(number)

    def resize(self, cols: int, rows: int) -> None:
        self._size = clamp(cols, rows)
        self._guard(lambda: self._vt.resize(*self._size))

    def repaint(self, history: int) -> bytes:
        return b"".join(self.painting(history))

    def painting(self, history: int) -> Iterator[bytes]:
        yield b"\x1bc"
        for part in self._history(history):
            yield part.encode(errors="replace")
        parts = [self._screen(), *(f"\x1b[?{mode}h" for mode in sorted(self._modes - {KEYPAD}))]
        parts += ["\x1b=" if KEYPAD in self._modes else "", f"\x1b]2;{self._title}\x07" if self._title else ""]
        parts.append(self._unfinished)
        yield "".join(parts).encode(errors="replace") + self._decoder.getstate()[0]

    def _history(self, count: int) -> Iterator[str]:
        lines = self._lines_above(count)
        for line in lines:
            yield _line(line) + "\r\n"
        if lines:  # push them out of the screen, then let avt's dump paint it
            yield "\r\n" * (self._size[1] - 1) + "\x1b[H"

    def _lines_above(self, count: int) -> list[Line]:
        lines: list[Line] = self._vt.lines()
        above = lines[: len(lines) - self._size[1]]
        return above[-count:] if count else []

    def _screen(self) -> str:
        dump: str = self._vt.dump()
        return _RGB.sub(r"\1;2;\2;\3;\4", dump).replace("\x9b", "\x1b[")

    def text(self, history: int = 0) -> str:
        lines = [*self._lines_above(history), *self._vt.view()]
        return "\n".join(line.text.rstrip() for line in lines)

    def joined(self) -> str:
        return self.text(self._scrollback)

    def lines(self, count: int, skip: int) -> tuple[int, list[str]]:
        screen = "\n".join(line.text.rstrip() for line in self._vt.view()).rstrip("\n")
        rows = [line.text.rstrip() for line in self._lines_above(self._scrollback)]
        rows += screen.split("\n") if screen else []
        end = max(0, len(rows) - skip)
        return len(rows), rows[max(0, end - count) : end]

    def facts(self) -> dict[str, Any]:
        dumped, cursor, (cols, rows) = self._vt.dump(), self._vt.cursor, self._size
        alternate = "\x9b?1047h" in dumped

        def is_on(mode: int) -> bool | None:
            if mode in DUMPED_MODES:
                return (f"\x9b?{mode}h" in dumped) or (mode == AUTO_WRAP and f"\x9b?{mode}l" not in dumped)
            return mode in self._modes if mode in MODES else None

        told = modes.describe(
            is_on,
            mouse=(modes.mouse_tracking(is_on), modes.mouse_encoding(is_on)),
            insert="\x9b4h" in dumped,
            alternate=alternate,
            kitty_keyboard=None,
        )
        return {
            "cols": cols, "rows": rows, "modes": told, "title": self._title, "alternate": alternate,
            "cursor": {"x": min(cursor.col, cols - 1), "y": cursor.row, "visible": cursor.visible},
        }  # fmt: skip

    @property
    def title(self) -> str:
        return self._title

    def rest(self) -> None:
        """avt has nothing to pack."""

    def close(self) -> None:
        self._vt = Vt(*clamp(0, 0), 0)


def _line(line: Any) -> str:
    parts = []
    for cells in line.chunks(lambda a, b: a.pen != b.pen):
        text = "".join(cell.char for cell in cells if cell.width)
        sgr = _sgr(cells[0].pen)
        parts.append(f"\x1b[{sgr}m{text}\x1b[0m" if sgr else text)
    joined = "".join(parts)
    return joined if joined.endswith("m") else joined.rstrip(" ")


def _sgr(pen: Any) -> str:
    parts = [number for name, number in _SGR_FLAGS if getattr(pen, name)]
    for colour, base in ((pen.foreground, 38), (pen.background, 48)):
        if isinstance(colour, Color.Indexed):
            parts.append(f"{base};5;{colour[0]}")
        elif colour is not None:
            parts.append(f"{base};2;{colour[0]};{colour[1]};{colour[2]}")
    return ";".join(parts)
