"""What a live screen can do; one implementation per emulator library, all inside the screen worker."""

from typing import Protocol


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

    def text(self, history: int = 0) -> str:
        """The screen as plain text, preceded by up to `history` lines of scrollback; one line a row."""
        ...

    @property
    def title(self) -> str: ...

    def close(self) -> None: ...
