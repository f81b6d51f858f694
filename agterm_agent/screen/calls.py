"""A tool call on the screen: its name with what matters of its arguments, and in a few lines what came of it."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agterm_agent.screen import diffs
from agterm_agent.screen.text import block, clean, clean_line, cut, fold, paint, trimmed
from agterm_agent.tools.text import counted

MAIN_ARGUMENTS = ("command", "path", "pattern", "url", "query", "text")  # of these the value alone says it
LONG_ARGUMENTS = ("content", "old_text", "new_text", "old_string", "new_string", "items", "steps", "plan")
QUIET = ("read_file",)  # what they found is for the model; a person wants to know that, not what
WHOLE = ("update_plan",)
HEAD_LINES, TAIL_LINES = 3, 5
DIFF_LINES = 400
TITLE_LINES = 3
LIVE_LINES = 6
KEPT_CHARACTERS = 16_384
ARROW, INDENT = "  └ ", "    "


def described(name: str, arguments: Mapping[str, Any]) -> str:
    """`run_command(make test)`: on one line, not yet cut to a width."""
    main = next((key for key in MAIN_ARGUMENTS if isinstance(arguments.get(key), str)), None)
    parts = [clean_line(str(arguments[main]))] if main else []
    for key, value in arguments.items():
        if key == main or key in LONG_ARGUMENTS:
            continue
        words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        parts.append(f"{clean_line(str(key))}={cut(clean_line(words), 60)}")
    return f"{clean_line(name)}({', '.join(parts)})" if parts else clean_line(name)


def title(name: str, arguments: Mapping[str, Any], width: int, colour: str = "green") -> list[str]:
    """The lines that a call begins with."""
    lines = fold(described(name, arguments), width - 2)
    if len(lines) > TITLE_LINES:
        lines = [*lines[: TITLE_LINES - 1], cut(lines[TITLE_LINES - 1] + "…", width - 2)]
    return [
        (paint("●", colour) + " " if not number else "  ") + paint(line, "bold") for number, line in enumerate(lines)
    ]


def says_all(name: str, arguments: Mapping[str, Any], preview: str, width: int) -> bool:
    """Whether the title has the whole of this preview in it, so that it need not be shown as well."""
    words = preview.removeprefix("$ ")
    is_whole = len(fold(described(name, arguments), width - 2)) <= TITLE_LINES
    return is_whole and "\n" not in words and words in described(name, arguments)


@dataclass
class RunningCall:
    """A call between its beginning and its result."""

    name: str
    arguments: dict[str, Any]
    is_titled: bool = False  # its beginning and its diff are settled already: the question whether it may run did it
    is_refused: bool = False  # the person said no, and knows what comes of that
    _printed: deque[str] = field(default_factory=deque)
    _size: int = 0

    def take(self, text: str) -> None:
        """A piece of its output."""
        self._printed.append(text)
        self._size += len(text)
        while self._size > KEPT_CHARACTERS and len(self._printed) > 1:
            self._size -= len(self._printed.popleft())

    def head(self, width: int) -> list[str]:
        """How it begins while nobody knows how it ends."""
        return title(self.name, self.arguments, width, "yellow")

    def live(self, width: int) -> list[str]:
        """How it looks while it runs: with the last lines of its output."""
        head = [] if self.is_titled else self.head(width)
        printed = clean("".join(self._printed)[-KEPT_CHARACTERS:]).rstrip().split("\n")
        return head + _hanging([paint(cut(line, width - 4), "dim") for line in printed[-LIVE_LINES:] if line])

    def ended(self, result: Any, ok: bool, diff: str | None, width: int) -> list[str]:
        """How it stays on the screen."""
        if self.is_refused:
            return []
        head = [] if self.is_titled else title(self.name, self.arguments, width, "green" if ok else "red")
        lines = self._summary(result, ok, diff, width - 4)
        if diff and not self.is_titled:
            lines += shown_diff(diff, width - 4)
        return head + _hanging(lines)

    def _summary(self, result: Any, ok: bool, diff: str | None, width: int) -> list[str]:
        text = clean(result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, default=str))
        text = text.strip("\n")
        if ok and diff:
            added, removed = diffs.counts(diff)
            counts = f" (+{added} −{removed})"
            return [cut(_first_line(text) or "Changed", width - len(counts)) + counts]
        if ok and self.name in QUIET:
            return [paint(cut(counted(len(text.splitlines()), "line"), width), "dim")]
        lines = [cut(line, width) for line in text.split("\n")] if text else ["(no output)"]
        lines = lines if self.name in WHOLE else trimmed(lines, HEAD_LINES, TAIL_LINES)
        return [paint(line, "red") if not ok else paint(line, "dim") for line in lines]


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0].rstrip(" .")


def shown_diff(diff: str, width: int) -> list[str]:
    """The lines of a diff, all but those of a very long one."""
    return trimmed(diffs.shown(diff, width), DIFF_LINES)


def _hanging(lines: list[str]) -> list[str]:
    return block(paint(ARROW, "dim"), INDENT, lines)
