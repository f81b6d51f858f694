"""Text that is safe to show: control characters gone, folded or cut to a width, coloured where colours are wanted."""

import os
import re
import unicodedata

from prompt_toolkit.utils import get_cwidth

# Whole escape sequences go first, so that no rests of them stay behind; what is left of controls goes after.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\|\x9c)"  # OSC, DCS and their like
    r"|\x1b[ -/]*[0-~]"
)
# Also what turns the direction of writing around, what nobody sees but a model reads, and the selector that makes some
# terminals draw a sign wider than others.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_ENDS = re.compile("\r\n|[\u2028\u2029\x85\x0b\x0c]")
_STYLED = re.compile(r"\x1b\[[0-9;]*m")

_CODES = {"bold": "1", "dim": "2", "italic": "3", "reverse": "7"}
_COLOURS = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36"}

TAB = 4


def has_colours() -> bool:
    """Whether colours are wanted (NO_COLOR, a dumb terminal)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def clean(text: str) -> str:
    """The text without anything that a terminal would obey; lines end in `\\n`, tabs are spaces."""
    text = _SURROGATES.sub("\ufffd", _ENDS.sub("\n", _SEQUENCES.sub("", text)))
    if "\r" in text:
        text = "\n".join(map(_last_state, text.split("\n")))
    return _CONTROLS.sub("", text).expandtabs(TAB)


def _last_state(line: str) -> str:
    """Of a line that was written over again and again, as progress bars are, what stood there at the end."""
    return line.rstrip("\r").rpartition("\r")[2]


def clean_line(text: str) -> str:
    """The same on one line."""
    return " ".join(clean(text).split())


def paint(text: str, *styles: str) -> str:
    """Text in these styles; colours are left out where they are not wanted."""
    codes = [_CODES[name] for name in styles if name in _CODES]
    codes += [_COLOURS[name] for name in styles if name in _COLOURS and has_colours()]
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes and text else text


def plain(line: str) -> str:
    """The line without its colours."""
    return _STYLED.sub("", line)


def width_of(text: str) -> int:
    """How many columns the text takes, colours not counted."""
    return get_cwidth(plain(text))


def cut(text: str, width: int) -> str:
    """One line of plain text, at most this wide; what is left out shows as an ellipsis."""
    if get_cwidth(text) <= width:
        return text
    taken, used = [], 0
    for character in text:
        used += get_cwidth(character)
        if used > width - 1:
            break
        taken.append(character)
    return "".join(taken) + "…" if width > 0 else ""


def fold(text: str, width: int) -> list[str]:
    """Plain text as lines of at most this width, broken between words where that is possible."""
    width = max(width, 1)
    return [line for paragraph in text.split("\n") for line in _folded(paragraph, width)]


def _folded(paragraph: str, width: int) -> list[str]:
    if get_cwidth(paragraph) <= width:
        return [paragraph.rstrip()]
    lines, line, used = [], "", 0
    for word in re.findall(r"\s+|\S+", paragraph):
        room = get_cwidth(word)
        if used + room > width and line and not word.isspace():
            lines.append(line.rstrip())
            line, used = "", 0
        for character in word if used + room > width else [word]:
            taken = get_cwidth(character)
            if used + taken > width:
                lines.append(line.rstrip())
                line, used = "", 0
            if line or not character.isspace():
                line, used = line + character, used + taken
    return [*lines, line.rstrip()] if line.strip() else lines or [""]


def block(first: str, rest: str, lines: list[str]) -> list[str]:
    """The lines with `first` before the first one and `rest` before the others."""
    return [(rest if number else first) + line for number, line in enumerate(lines)]


def trimmed(lines: list[str], head: int, tail: int = 0) -> list[str]:
    """At most `head` first and `tail` last lines, and between them how many are left out."""
    left_out = len(lines) - head - tail
    if left_out <= 1:  # the notice would take the same room
        return lines
    notice = f"… +{left_out} lines"
    return [*lines[:head], notice, *(lines[-tail:] if tail else [])]


def short_number(number: int) -> str:
    """`950`, `1.2k`, `34k`, `1.5M`."""
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            value = number / size
            return f"{value:.1f}{unit}" if value < 10 else f"{value:.0f}{unit}"
    return str(number)


def is_printable(character: str) -> bool:
    """Whether a key puts a character on the screen."""
    return len(character) == 1 and unicodedata.category(character)[0] != "C"
