"""Output as plain text, without an emulator where none is needed, and what is new between two screens. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

_HARMLESS = re.compile(  # what neither moves the cursor nor writes: colours, modes, titles, links, "erase to the right"
    rb"\x1b\[[0-9;:]*m|\x1b\[0?K|\x1b\[\?[0-9;]*[hl]|\x1b\[[<=>][0-9;]*[a-z]|\x1b[=>]|\x1b[()][0-9A-B]"
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00\x07\x0e\x0f]"
)
_ANY = re.compile(  # every sequence there is, and what is left of a cut one
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?"
    rb"|[\x00-\x08\x0b-\x0c\x0e-\x1a\x7f]"
)
_ALTERNATE = re.compile(rb"\x1b\[\?(?:47|1047|1049)[hl]")
_NEEDS_SCREEN = re.compile(rb"[\x08\x0b\x0c\x1b]|\r(?!\r*\n)")
_FILLER = re.compile(
    rb"\x1b\[1m\x1b\[7m[%#]\x1b\[27m\x1b\[1m\x1b\[0m +\r \r"
    rb"(?:\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[a-zA-Z])*\Z"
)
_NEWLINE = re.compile(r"\r*\n")


def plain(data: bytes) -> str | None:
    """What output that only ever adds to its last line looks like; None: that takes a screen to say."""
    if _ALTERNATE.search(data):
        return None
    rest = _HARMLESS.sub(b"", data)
    if _NEEDS_SCREEN.search(rest.rstrip(b"\r")):
        return None
    return _NEWLINE.sub("\n", rest.decode(errors="replace")).rstrip("\r\n")


def without_filler(data: bytes) -> bytes:
    """A command's output without what zsh prints after each, so that the prompt begins on a line of its own."""
    return _FILLER.sub(b"", data)


def stripped(data: bytes) -> str:
    """The text in any output, roughly: every control sequence is left out, a carriage return is a new line."""
    text = _ANY.sub(b"", data).decode(errors="replace")
    return _NEWLINE.sub("\n", text).replace("\r", "\n")


def new_lines(before: str, after: str) -> str:
    """The lines of `after` that are not in `before`, in their order; a line that is there twice more comes twice.

    Blank lines count as part of what they follow.
    """
    known = Counter(map(str.rstrip, before.split("\n")))
    found: list[str] = []
    follows = False
    for line in map(str.rstrip, after.split("\n")):
        if line:
            follows = known[line] == 0
            known[line] -= not follows
        if follows:
            found.append(line)
    return "\n".join(found).strip("\n")


def newest(text: str, *, characters: int, lines: int) -> tuple[str, bool]:
    """The end of `text` within both limits, whole lines if it can be, and whether anything was left out."""
    kept: Sequence[str] = text[-characters:].split("\n")
    if len(text) > characters and len(kept) > 1:
        kept = kept[1:]
    return "\n".join(kept[-lines:]), len(text) > characters or len(kept) > lines
