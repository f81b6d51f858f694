"""What a live screen can do; one implementation per emulator library, all inside the screen worker."""

from collections.abc import Iterator
from typing import Any, Protocol


class Emulator(Protocol):
    """One terminal's screen. Not thread safe. Sizes in cells, history in lines."""

    def feed(self, data: bytes) -> bytes:
        """Interpret program output (any cut, also inside UTF-8 or an escape sequence).

        Returns what the terminal answers to queries in it (device attributes, cursor reports…), to be typed into
        the PTY; empty when nothing was asked.
        """
        ...

    def resize(self, cols: int, rows: int) -> None: ...

    def repaint(self, history: int) -> bytes:
        """Escape sequences that give a fresh terminal of the same size this very screen, `history` lines included."""
        ...

    def painting(self, history: int) -> Iterator[bytes]:
        """The repaint in small parts; nothing else may be done to the screen before the last was taken."""
        ...

    def text(self, history: int = 0) -> str:
        """The screen as plain text, preceded by up to `history` lines of scrollback; one line a row."""
        ...

    def joined(self) -> str:
        """As `text`, with all of the scrollback, and rows that ran over joined where the emulator knows them."""
        ...

    def lines(self, count: int, skip: int) -> tuple[int, list[str]]:
        """How many lines there are, scrollback included, and of them `count` at most, the last `skip` left out.

        A line is a row of the screen; blank rows below the last text are none.
        """
        ...

    def facts(self) -> dict[str, Any]:
        """`{cols, rows, cursor {x, y, visible}, modes (runner.screens.modes), title, alternate}`; x, y from 0."""
        ...

    @property
    def title(self) -> str: ...

    def close(self) -> None: ...
