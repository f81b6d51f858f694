"""A unified diff as coloured lines, with the numbers of the lines where there is room for them."""

import re
from collections.abc import Iterator

from agterm_agent.screen.text import clean, cut, paint

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
ROOM_FOR_NUMBERS = 60


def is_diff(text: str) -> bool:
    return _HUNK.search(text) is not None


def counts(diff: str) -> tuple[int, int]:
    """How many lines are added, how many removed."""
    marks = [mark for mark, _, _ in _lines(diff)]
    return marks.count("+"), marks.count("-")


def shown(diff: str, width: int) -> list[str]:
    """The diff for a screen of this width; a line that is too long is cut."""
    room = 5 if width >= ROOM_FOR_NUMBERS else 0
    colours = {"+": "green", "-": "red"}
    lines = []
    for mark, number, text in _lines(clean(diff)):
        if mark == "@":
            lines.append(paint(cut(text, width), "dim" if text == "⋮" else "bold"))
            continue
        head = f"{number:>{room - 1}} " if room else ""
        body = cut(f"{mark} {text}", width - room)
        lines.append(paint(head, "dim") + (paint(body, colours[mark]) if mark in colours else body))
    return lines


def _lines(diff: str) -> Iterator[tuple[str, int, str]]:
    """Each line: its mark (`+`, `-`, blank, or `@` for a heading), its number and its text."""
    old = new = old_left = new_left = 0
    is_first = True
    for line in diff.splitlines():
        if old_left > 0 or new_left > 0:
            mark, text = line[:1] or " ", line[1:]
            if mark == "+":
                yield mark, new, text
            elif mark in "- ":
                yield mark, old if mark == "-" else new, text
            old, old_left = (old, old_left) if mark in "+\\" else (old + 1, old_left - 1)
            new, new_left = (new, new_left) if mark in "-\\" else (new + 1, new_left - 1)
        elif found := _HUNK.match(line):
            if not is_first:
                yield "@", 0, "⋮"
            is_first = False
            old, new = int(found[1]), int(found[3])
            old_left, new_left = (int(count) if count is not None else 1 for count in (found[2], found[4]))
        elif line.startswith("+++ "):
            is_first = True
            yield "@", 0, line[4:].removeprefix("b/")
        elif line and not line.startswith(("--- ", "diff ", "index ", "\\")):
            yield "@", 0, line
