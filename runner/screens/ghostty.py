"""The screen by libghostty-vt: exact and fast, but C without bounds checks, hence the worker process around it."""

import codecs
import re
from collections.abc import Iterator
from typing import Any

from pyghostty import Terminal

from runner.screens import ghostty_ffi, ghostty_mouse, modes
from runner.screens.limits import clamp
from runner.screens.repaint import painting

SCROLLBACK_MAX_BYTES = 64 * 1024 * 1024  # the library's own default of 10,000 bytes keeps some 500 lines
SPARE_LINES = 1000  # lines go a page at a time, up to 500 below the limit asked for
CONTINUATION_MAX_BYTES = 1024 * 1024  # without it no snapshot can be taken inside an escape sequence
GRAPHEME_CLUSTERS = 2027  # widths as the page's graphemes add-on counts them
CURSOR_VISIBLE, INSERT_MODE = 25, 4
FOREGROUND, BACKGROUND = (229, 229, 229), (16, 16, 16)  # what OSC 10 and 11 answer: a dark terminal
_KITTY_KEYBOARD_REPLY = re.compile(rb"\x1b\[\?\d+u")


class GhosttyEmulator:
    """Owns one libghostty terminal. Not thread safe: the library lets go of the interpreter lock while it works."""

    def __init__(self, cols: int, rows: int, scrollback: int) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._scrollback = scrollback
        self._terminal = Terminal(*clamp(cols, rows), scrollback + SPARE_LINES, FOREGROUND, BACKGROUND)
        ghostty_ffi.set_scrollback_bytes(self._terminal, SCROLLBACK_MAX_BYTES)
        ghostty_ffi.set_continuation_bytes(self._terminal, CONTINUATION_MAX_BYTES)
        ghostty_ffi.set_image_bytes(self._terminal, 0)
        ghostty_ffi.set_default_mode(self._terminal, GRAPHEME_CLUSTERS)
        ghostty_ffi.listen(self._terminal)

    def feed(self, data: bytes) -> bytes:
        # The decoder makes invalid UTF-8 the same U+FFFD everywhere; ASCII outside a character needs no decoding.
        if not (data.isascii() and not self._unfinished_character):
            data = self._decoder.decode(data).encode()
        self._terminal.feed(data)
        # xterm.js cannot encode the kitty keyboard's keys, so no program may learn that the library could.
        return _KITTY_KEYBOARD_REPLY.sub(b"", ghostty_ffi.take_replies())

    @property
    def _unfinished_character(self) -> bytes:
        return self._decoder.getstate()[0]

    def resize(self, cols: int, rows: int) -> None:
        self._terminal.resize(*clamp(cols, rows))

    def repaint(self, history: int) -> bytes:
        return b"".join(self.painting(history))

    def painting(self, history: int) -> Iterator[bytes]:
        for part in painting(self._terminal, min(history, self._scrollback)):
            yield part.encode(errors="surrogatepass")
        yield ghostty_ffi.continuation(self._terminal) + self._unfinished_character

    def text(self, history: int = 0) -> str:
        above = min(history, self._kept_rows)
        rows = ghostty_ffi.size(self._terminal)[1]
        return "\n".join(self._plain(ghostty_ffi.scrollback_rows(self._terminal) - above, above + rows))

    @property
    def _kept_rows(self) -> int:
        """Rows of scrollback, of which the library keeps some more."""
        return min(self._scrollback, ghostty_ffi.scrollback_rows(self._terminal))

    def _plain(self, first: int, count: int) -> list[str]:
        """Rows as text, counted from the top of the library's scrollback."""
        start = self._terminal.ref(0, first, "screen")
        end = self._terminal.ref(ghostty_ffi.size(self._terminal)[0] - 1, first + count - 1, "screen")
        lines = [line.rstrip() for line in ghostty_ffi.format_plain(self._terminal, start, end).split("\n")]
        return lines + [""] * (count - len(lines))

    def joined(self) -> str:
        first, (cols, rows) = ghostty_ffi.scrollback_rows(self._terminal) - self._kept_rows, self._size
        start = self._terminal.ref(0, first, "screen")
        end = self._terminal.ref(cols - 1, first + self._kept_rows + rows - 1, "screen")
        return ghostty_ffi.format_plain(self._terminal, start, end, joined=True)

    @property
    def _size(self) -> tuple[int, int]:
        return ghostty_ffi.size(self._terminal)

    def lines(self, count: int, skip: int) -> tuple[int, list[str]]:
        screen = self.text().rstrip("\n")
        total = self._kept_rows + (screen.count("\n") + 1 if screen else 0)
        end = max(0, total - skip)
        taken = min(count, end)
        first = ghostty_ffi.scrollback_rows(self._terminal) - self._kept_rows + end - taken
        return total, self._plain(first, taken) if taken else []

    def facts(self) -> dict[str, Any]:
        terminal, (cols, rows) = self._terminal, ghostty_ffi.size(self._terminal)
        x, y = terminal.cursor
        alternate = ghostty_ffi.is_alternate(terminal)
        told = modes.describe(
            terminal.mode,
            mouse=ghostty_mouse.mouse(terminal),
            insert=terminal.mode(INSERT_MODE, ansi=True),
            alternate=alternate,
            kitty_keyboard=ghostty_ffi.kitty_keyboard(terminal),
        )
        return {
            "cols": cols, "rows": rows, "cursor": {"x": x, "y": y, "visible": terminal.mode(CURSOR_VISIBLE)},
            "modes": told, "title": self.title, "alternate": alternate,
        }  # fmt: skip

    @property
    def title(self) -> str:
        return ghostty_ffi.title(self._terminal)

    def rest(self) -> None:
        """Pack the scrollback: nothing has arrived for a while."""
        ghostty_ffi.compress(self._terminal)

    def close(self) -> None:
        self._terminal.close()
