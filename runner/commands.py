"""What a shell with marks made of a text that it was given at its prompt: where its output lies, and how it ended."""

import re
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from runner.journal import Journal
from runner.marks import Mark
from runner.plain import plain, stripped, without_filler

TEXT_STEP_BYTES = 256 * 1024  # looked through at once; more than ten times this a second is a flood, parts of it unseen
TEXT_BEHIND_BYTES = 1024 * 1024
OVERLAP_CHARACTERS = 1024
MAX_REGIONS = 10_000
_LINE_END = re.compile(rb"\n")
_PASTE_OFF = re.compile(rb"\x1b\[\?2004l\r?")


class _Region(NamedTuple):
    """A piece of output, `end` None while it goes on; `has_echo`: what was typed comes first."""

    begin: int
    end: int | None
    has_echo: bool


class Command:
    """Made at the prompt, before the text is typed. A text of several lines may be several commands: all of them.

    Is told each mark as it comes (`heard`): a thousand commands leave four thousand of them.
    """

    def __init__(self, prompt: Mark, journal: Journal, *, lines: int) -> None:
        """`prompt`: the B of it; `lines`: how many line ends are typed, each of which the shell answers by one."""
        self._journal, self._lines = journal, lines
        self._typed_at = journal.end
        self.reads_lines = prompt.note == "line"
        self.prompts = 0  # how often the shell has shown one since
        self.exit_code: int | None = None
        self._last: Mark | None = None
        self._has_begun = self._has_answered = False  # there was a C; a C or a D
        self._closed: deque[_Region] = deque(maxlen=MAX_REGIONS)
        self._open: _Region | None = _Region(self._typed_at, None, has_echo=True)
        self._begins_at: int | None = None
        self._is_cut = False
        self._read_to = self._typed_at
        self._tail = ""

    # --- the marks -----------------------------------------------------------------------------------------------

    def heard(self, mark: Mark) -> None:
        """The shell's next mark."""
        self._last = mark
        self.prompts += mark.kind == "B"
        self._has_answered = self._has_answered or mark.kind in "CD"
        if mark.kind == "D":
            self.exit_code = mark.code
        if mark.kind == "C" and not self._has_begun:  # then what came before was no output
            self._has_begun, self._open, self._begins_at = True, None, mark.end
            self._closed.clear()
        self._fold(mark)

    def _fold(self, mark: Mark) -> None:
        if self._open is not None and mark.kind in "ABDP":
            self._close(self._open._replace(end=max(self._open.begin, mark.start)))
        if self._open is None and mark.kind == ("B" if self.reads_lines else "C"):
            self._open = _Region(mark.end, None, has_echo=self.reads_lines)

    def _close(self, region: _Region) -> None:
        self._open = None
        if region.end != region.begin:
            self._is_cut = self._is_cut or len(self._closed) == MAX_REGIONS
            self._closed.append(region)

    @property
    def is_running(self) -> bool:
        """Whether the shell has taken the text for a command and is not at its prompt again."""
        return self._has_begun and not self.has_ended

    @property
    def has_ended(self) -> bool:
        """Whether the shell is at its prompt again. Only it may say so: look whether it has the terminal."""
        if self._last is None or self._last.kind != "B" or self._last.note == "more":
            return False
        if self.reads_lines:
            return self.prompts >= self._lines
        return self._has_answered  # a prompt that is drawn anew has neither C nor D; a wrong command no C

    @property
    def wants_more(self) -> bool:
        """Whether the shell has read all that was typed and asks for the rest of a command."""
        last = self._last
        return last is not None and last.kind == "B" and last.note == "more" and self.prompts >= self._lines

    # --- the output ----------------------------------------------------------------------------------------------

    @property
    def begins_at(self) -> int:
        """Offset of the first byte of output; where the text was typed, as long as there is none."""
        if self._typed_at < self._journal.start:
            return max(self._begins_at or 0, self._journal.start)
        if self._begins_at is None:
            self._begins_at = self._echo_end(self._typed_at, self._journal.end)
        return self._typed_at if self._begins_at is None else self._begins_at

    def _echo_end(self, offset: int, end: int) -> int | None:
        """Behind the echo of what was typed, where no C says it: a shell that reads lines, or finds the text wrong.

        The former are given one line at a prompt, which is what they echo; the latter switches bracketed paste off.
        """
        if offset < self._journal.start:
            return offset
        data = self._journal.read(offset, min(TEXT_STEP_BYTES, end - offset))
        found = (_LINE_END if self.reads_lines else _PASTE_OFF).search(data)
        return offset + found.end() if found else None

    def _regions(self) -> list[tuple[int, int]]:
        """`(begin, end)` of each piece of output, without prompts and echo, the newest first."""
        held = [*self._closed, *([self._open] if self._open and not self.has_ended else [])]
        found = []
        for region in reversed(held):
            end = self._journal.end if region.end is None else region.end
            begin = self._echo_end(region.begin, end) if region.has_echo else region.begin
            if begin is not None and begin < end:
                found.append((begin, end))
        return found

    async def output(self, limit: int, drawn: Callable[[bytes], Awaitable[tuple[str, bool]]]) -> tuple[str, bool]:
        """The text of the newest `limit` bytes of output, and whether there was more; `drawn` renders the difficult."""
        parts: list[bytes] = []
        is_cut = self._is_cut
        for begin, end in self._regions():
            first = max(begin, self._journal.start, end - limit)
            is_cut = is_cut or first > begin
            if first < end:
                parts.append(without_filler(self._journal.read(first, end - first)))
                limit -= end - first
        data = b"".join(reversed(parts))
        text, is_cut_too = plain(data), False
        if text is None:
            text, is_cut_too = await drawn(data)
        return text, is_cut or is_cut_too

    @property
    def is_behind(self) -> bool:
        """Whether there is output that `next_text` has not given yet."""
        return self._read_to > self._typed_at and self._read_to < self._journal.end

    def next_text(self) -> str:
        """What was printed since the last call and, in case it goes on with that, the end of what was before."""
        begin = self.begins_at
        if begin == self._typed_at:
            return ""
        behind = self._journal.end - TEXT_BEHIND_BYTES
        start = max(self._read_to, begin, behind, self._journal.start)
        data = self._journal.read(start, TEXT_STEP_BYTES)
        if not data:
            return ""
        self._read_to = start + len(data)
        text = self._tail + stripped(data)
        self._tail = _newest_lines(text)
        return text


def _newest_lines(text: str) -> str:
    """The end of a text, whole lines if it can be."""
    kept = text[-OVERLAP_CHARACTERS:]
    line, found, rest = kept.partition("\n")
    return rest if found and rest and len(line) < len(text) and len(kept) < len(text) else kept
