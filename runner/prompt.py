"""A shell's prompt: whether it reads a command there, and whether something lies there that nobody has sent."""

import asyncio
import re
from typing import TYPE_CHECKING

from core.errors import Conflict
from runner.marks import Mark, Marks
from runner.plain import plain

if TYPE_CHECKING:
    from runner.terminal import Terminal

LINE_BYTES = 64 * 1024  # of what lies there already
SHOWN_QUIET_S, SHOWN_MOST_S = 0.05, 1.0  # a shell shows what is typed a key at a time
_UNSENT = re.compile(rb"[\r\n\x03\x04]([^\r\n\x03\x04]*)\Z")
_SENDS = re.compile(rb"[\r\n\x03](?!.*\x1b\[201~)", re.DOTALL)  # the line ends of a paste send nothing
_WAY_OUT = "Ctrl-C as input drops it"


class Prompt:
    """Of a terminal, which tells it every mark and whatever anybody types."""

    def __init__(self, terminal: "Terminal") -> None:
        self._terminal = terminal
        self.has_unsent = False  # somebody typed something behind his last Enter
        self.owes_answer = False  # somebody typed Enter or Ctrl-C, and the shell has not said yet what became of it
        self._typed_at = 0  # offset of the output when somebody typed last
        self._ran = False  # since the last D there was a C
        self._keeps = self._answered = False  # a fish, which keeps what it finds wrong; since its B there was a C or D

    def renew(self) -> None:
        """Another program."""
        self.has_unsent = self.owes_answer = self._ran = self._keeps = self._answered = False

    def heard(self, mark: Mark) -> None:
        """The program's next mark."""
        if mark.kind == "D":
            self.has_unsent = self.has_unsent and self._ran  # a new prompt without a command: the line was dropped
        self._ran = mark.kind == "C" or (self._ran and mark.kind != "D")
        self.owes_answer = self.owes_answer and mark.kind not in "BC"
        if mark.kind == "B":
            self._keeps = mark.note == "fish"
        if self._keeps:
            self._heard_of_fish(mark)

    def _heard_of_fish(self, mark: Mark) -> None:
        if mark.kind == "C" or (mark.kind == "B" and not self._answered):  # taken; dropped
            self.has_unsent = False
        self._answered = mark.kind in "CD" or (self._answered and mark.kind != "B")

    def sent(self) -> None:
        """A command was typed and sent: until a fish takes it, it may lie there still."""
        self.has_unsent = self._keeps

    def typed(self, data: bytes, at: int) -> None:
        """Somebody has typed at this offset: what comes behind the last Enter, Ctrl-C or Ctrl-D stays at the prompt."""
        self._typed_at = at
        sent = _UNSENT.search(data)
        self.has_unsent = bool(sent[1]) if sent else self.has_unsent or bool(data)
        self.owes_answer = self.owes_answer or _SENDS.search(data) is not None

    @property
    def is_there(self) -> bool:
        """Whether the shell says so, has the keyboard, and reads keys if it is one that does.

        A command can print marks, and a builtin has the keyboard of its shell; but the line it does not edit.
        """
        marks, terminal = self._terminal.marks, self._terminal
        if marks is None or not marks.is_at_prompt or not terminal.is_program_itself():
            return False
        return marks.reads_lines or terminal.edits_its_line()

    async def refuse_what_is_begun(self) -> None:
        """Raises `Conflict` when a text would be joined to what lies there."""
        marks = self._terminal.marks
        if marks is None or not self._terminal.is_program_itself():
            return
        if marks.wants_more:
            raise Conflict(f"The shell waits for the rest of a command: type it as input, or {_WAY_OUT}")
        if not marks.is_at_prompt or not self.has_unsent:
            return
        await self._be_shown()
        if marks.is_at_prompt and self.has_unsent and await self._line(marks):
            raise Conflict(f"Something has been typed at the prompt and not been sent: {_WAY_OUT}")

    async def _be_shown(self) -> None:
        """Wait until something was printed since somebody typed, and nothing follows it."""
        loop, journal = asyncio.get_running_loop(), self._terminal.journal
        until = loop.time() + SHOWN_MOST_S
        while loop.time() < until:
            end = journal.end
            await asyncio.sleep(SHOWN_QUIET_S)
            if self._typed_at < end == journal.end:
                return

    async def _line(self, marks: Marks) -> str:
        """What is seen of all that was printed since the prompt."""
        journal = self._terminal.journal
        data = journal.read(max(marks.last.end if marks.last else 0, journal.start), LINE_BYTES)
        text = plain(data)
        return ((await self._terminal.drawn(data))[0] if text is None else text).strip()
