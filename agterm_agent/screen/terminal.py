"""The terminal below the program: finished lines go up into its scrollback, and it is told what the program does."""

import contextlib
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.layout import Layout
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.renderer import Renderer

from agterm_agent.screen.text import clean_line

BEGIN_FRAME, END_FRAME = "\x1b[?2026h", "\x1b[?2026l"  # a terminal that knows it shows what is between at once
TITLE_CHARACTERS = 80


class Activity(StrEnum):
    """What the program does, in the words of the Program Status Protocol."""

    WORKING = "working"
    NEEDS_INPUT = "blocked"
    IDLE = "idle"


class FramedOutput(Vt100_Output):
    """An output that can be held back, so that what belongs together is written, and seen, at once."""

    _holds = 0

    @contextlib.contextmanager
    def frame(self) -> Iterator[None]:
        self._holds += 1
        if self._holds == 1:
            self.write_raw(BEGIN_FRAME)
        try:
            yield
        finally:
            self._holds -= 1
            if not self._holds:
                self.write_raw(END_FRAME)
                self.flush()

    def flush(self) -> None:
        if not self._holds:
            super().flush()


class InlineRenderer(Renderer):
    """Draws the living part below the finished one; `add` puts lines into the latter with the next drawing."""

    def __init__(self, app: Application[Any], output: FramedOutput) -> None:
        super().__init__(app.renderer.style, output)
        self._framed = output
        self._finished: list[str] = []

    def add(self, lines: list[str]) -> None:
        self._finished += lines

    def render(self, app: Application[Any], layout: Layout, is_done: bool = False) -> None:
        if not self._finished and not self._shrinks(layout):
            super().render(app, layout, is_done)
            return
        with self._framed.frame():
            self.erase()
            self.write_finished()
            super().render(app, layout, is_done)

    def write_finished(self) -> None:
        """Write the finished lines where the cursor is."""
        lines, self._finished = self._finished, []
        self._framed.write_raw("".join(f"{line}\r\n" for line in lines))

    def _shrinks(self, layout: Layout) -> bool:
        """Whether less room is needed than before; the renderer itself never gives any back."""
        last, size = self.last_rendered_screen, self.output.get_size()
        if last is None:
            return False
        return layout.container.preferred_height(size.columns, size.rows).preferred < min(last.height, size.rows)

    def erase_after_resize(self) -> None:
        """Erase the living part when the terminal may have broken its lines anew: a narrower one needs more rows."""
        columns, last = self.output.get_size().columns, self.last_rendered_screen
        with self._framed.frame():
            if last is not None:
                above = sum(-(-_used(last.data_buffer[y]) // columns) or 1 for y in range(self._cursor_pos.y))
                above += min(self._cursor_pos.x, _used(last.data_buffer[self._cursor_pos.y])) // columns
                self._framed.write_raw("\r")
                self._framed.cursor_up(above)
                self._framed.erase_down()
            self.reset()


def _used(row: Any) -> int:
    """How many columns of a drawn row are in use."""
    return max((x + (cell.width or 1) for x, cell in row.items() if cell.char != " "), default=0)


class Announcements:
    """Tells the terminal the title and the state, each when it changes."""

    def __init__(self, output: FramedOutput, place: str) -> None:
        self._output, self._place = output, clean_line(place)[:TITLE_CHARACTERS]
        self._told: Activity | None = None

    def tell(self, activity: Activity) -> None:
        if activity is self._told:
            return
        self._told = activity
        mark = {Activity.WORKING: "… ", Activity.NEEDS_INPUT: "? ", Activity.IDLE: ""}[activity]
        self._output.write_raw(f"\x1b]2;{mark}{self._place} - agterm-agent\x1b\\")
        self._output.write_raw(f"\x1b]7501;id=agterm-agent:state={activity}\x1b\\")
        self._output.flush()

    def end(self) -> None:
        self._output.write_raw("\x1b]7501;id=agterm-agent:state=clear\x1b\\\x1b]2;\x1b\\")
        self._output.flush()


def output() -> FramedOutput:
    """The terminal of this process; it is asked nothing, so that no late answer gets among the keys."""
    made = FramedOutput.from_pty(sys.stdout)
    assert isinstance(made, FramedOutput)
    made.enable_cpr = False
    return made
