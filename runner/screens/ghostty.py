"""The screen by libghostty-vt: exact and fast, but C without bounds checks, hence the worker process around it."""

import codecs
import re

from pyghostty import Terminal

from runner.screens import ghostty_ffi
from runner.screens.limits import clamp
from runner.screens.repaint import repaint

SCROLLBACK_MAX_BYTES = 64 * 1024 * 1024  # the library's own default of 10,000 bytes keeps some 500 lines
SPARE_LINES = 1000  # lines go a page at a time, up to 500 below the limit asked for
CONTINUATION_MAX_BYTES = 1024 * 1024  # without it no snapshot can be taken inside an escape sequence
GRAPHEME_CLUSTERS = 2027  # widths as the page's graphemes add-on counts them
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
        return repaint(self._terminal, min(history, self._scrollback)) + self._unfinished_character

    def text(self, history: int = 0) -> str:
        cols, rows = ghostty_ffi.size(self._terminal)
        above = min(history, self._scrollback, ghostty_ffi.scrollback_rows(self._terminal))
        first = ghostty_ffi.scrollback_rows(self._terminal) - above
        start = self._terminal.ref(0, first, "screen")
        end = self._terminal.ref(cols - 1, first + above + rows - 1, "screen")
        lines = ghostty_ffi.format_plain(self._terminal, start, end).split("\n")
        lines += [""] * (above + rows - len(lines))
        return "\n".join(line.rstrip() for line in lines)

    @property
    def title(self) -> str:
        return ghostty_ffi.title(self._terminal)

    def rest(self) -> None:
        """Pack the scrollback: nothing has arrived for a while."""
        ghostty_ffi.compress(self._terminal)

    def close(self) -> None:
        self._terminal.close()
