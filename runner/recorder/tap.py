"""Where a terminal tells the recorder what it prints and what is typed into it, and asks whether it may go on."""

from typing import TYPE_CHECKING

from runner import pty
from runner.marks import Mark
from runner.plain import plain
from runner.recorder.lines import Lines

if TYPE_CHECKING:
    from runner.recorder.link import Recorder
    from runner.terminal import Terminal

ECHO_BYTES = 4096


class Tap:
    """Of one terminal; `recorder` None: nobody wants to know."""

    def __init__(self, terminal: "Terminal", recorder: "Recorder | None") -> None:
        self._terminal, self._recorder = terminal, recorder
        self._lines = Lines()
        self._line = ""  # the last one that was sent to a shell
        self._prompt: Mark | None = None

    def output(self, data: bytes) -> None:
        """The program printed `data`, the end of the journal."""
        if self._recorder is not None:
            self._recorder.output(self._terminal.id, self._terminal.journal.end - len(data), data)

    def holds(self) -> bool:
        return self._recorder is not None and self._recorder.holds(self._terminal.id)

    def is_hidden(self, master: int) -> bool:
        """Whether the terminal would not echo what is typed now, as it doesn't a password."""
        return self._recorder is not None and self._recorder.wants(self._terminal.id) and pty.reads_secrets(master)

    def typed(self, data: bytes, *, hidden: bool) -> None:
        """Somebody has typed. What is `hidden` is nobody's business."""
        if self._recorder is None or not self._recorder.wants(self._terminal.id):
            return
        self._recorder.typed(self._terminal.id, data, hidden)
        if hidden:
            self._lines.take()
            return
        marks = self._terminal.marks
        for line in self._lines.feed(data):
            if marks is None:
                self._recorder.sent(self._terminal.id, "prompt", line)
            elif not marks.is_at_prompt:
                continue  # read by a command, perhaps on another machine
            elif marks.reads_lines:
                self._recorder.sent(self._terminal.id, "command", line)
            else:
                self._line = line

    def heard(self, mark: Mark) -> None:
        """A shell's next mark. Where a command begins, it was echoed behind the prompt, as it was edited."""
        if mark.kind == "B" and mark.note != "more":
            self._prompt, self._line = mark, ""
        elif mark.kind == "C" and self._recorder is not None and self._prompt is not None:
            journal, begin = self._terminal.journal, self._prompt.end
            is_there = journal.holds(begin) and mark.start - begin <= ECHO_BYTES
            echo = plain(journal.read(begin, mark.start - begin)) if is_there and mark.start > begin else None
            line = self._line if echo is None or "\n" in echo else echo.strip() or self._line
            self._prompt = None
            if line:
                self._recorder.sent(self._terminal.id, "command", line)
