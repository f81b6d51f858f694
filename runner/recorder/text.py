"""Output as plain text to be read, incrementally and line by line: what a line printer would have made of it. Pure.

Full-screen programs come out as the pieces that they wrote, one below the other.
"""

import re

MAX_LINE_CHARACTERS = 64 * 1024  # a longer one is cut
MAX_COLUMN = 1000
_SKIP = (  # colours, modes, titles, queries: whatever does not move the cursor along its line
    r"\x1b\[[0-?]*[ -/]*[@ABEFHIJL-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-Z\\`-~]"
    r"|[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]"
)
_ELSEWHERE = re.compile(r"\x1b\[[0-9;]*[ABEFHdf]|\x1b[DEM]")  # the cursor goes to another line
_SKIPPED = re.compile(_SKIP)
_STEP = re.compile(r"(\r)|(\x08)|\x1b\[(\d*)([KCDG])|([^\r\x08\x1b]+)|\x1b.?", re.DOTALL)
_MOVES = re.compile(r"[\r\x08\x1b]")


class Plain:
    """Of one recording. Not more than one empty line follows another."""

    def __init__(self) -> None:
        self._line = ""
        self._empty = 1

    def feed(self, text: str) -> str:
        """The lines that `text` completes."""
        whole = self._line + text
        end = whole.rfind("\n") + 1
        if len(whole) - end > MAX_LINE_CHARACTERS:
            escape = whole.rfind("\x1b", len(whole) - 64)
            end = escape if escape > end else len(whole)
        self._line = whole[end:]
        return self._plain(whole[:end]) if end else ""

    def rest(self) -> str:
        line, self._line = self._line, ""
        return self._plain(line) if line else ""

    def _plain(self, text: str) -> str:
        text = _SKIPPED.sub("", _ELSEWHERE.sub("\n", text)).removesuffix("\n")
        kept = []
        for line in (each.rstrip("\r") for each in text.split("\n")):
            shown = (_drawn(line) if _MOVES.search(line) else line).rstrip()
            self._empty = 0 if shown else self._empty + 1
            if self._empty <= 1:
                kept.append(shown + "\n")
        return "".join(kept)


def _drawn(line: str) -> str:
    """A line with its returns, backspaces and short moves applied."""
    cells: list[str] = []
    column = 0
    for step in _STEP.finditer(line):
        back, left, number, move, text = step.groups()
        count = min(int(number or "1"), MAX_COLUMN) if number is not None and number.isascii() else 1
        if back:
            column = 0
        elif left:
            column = max(0, column - 1)
        elif text:
            cells += [" "] * (column - len(cells))
            cells[column : column + len(text)] = text
            column += len(text)
        elif move == "K" and number in ("", "0"):
            del cells[column:]
        elif move == "C":
            column += count
        elif move == "D":
            column = max(0, column - count)
        elif move == "G":
            column = max(0, count - 1)
    return "".join(cells)
