"""Text that goes to a model or a screen: free of control characters, of bounded size, with a notice where it is cut."""

import re

MAX_CHARACTERS = 32_000
# What may move a cursor, colour a screen or hide a word: escape sequences, controls, and marks that turn the direction.
_SEQUENCES = re.compile(
    r"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\|\x9c)"  # OSC, DCS and their like
    r"|\x1b[ -/]{0,8}[0-Z\\^-~]"
)
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def visible(text: str) -> str:
    """Text of a file or a model: every control character but tab and new line is shown as an escape."""
    return _CONTROLS.sub(lambda found: _escape(found[0]), text.replace("\r\n", "\n"))


def on_one_line(text: str) -> str:
    """The same of a name, which has no lines."""
    return visible(text).replace("\n", "\\x0a").replace("\t", "\\x09")


def printed(text: str) -> str:
    """What a program printed, as a terminal would leave it: no colours, and of a progress line the last state."""
    lines = _SEQUENCES.sub("", text).replace("\r\n", "\n").split("\n")
    return visible("\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines))


def flowing(text: str) -> str:
    """A piece of what a program prints, while more is to come."""
    return visible(_SEQUENCES.sub("", text).replace("\r\n", "\n").replace("\r", "\n"))


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def trimmed(text: str, limit: int = MAX_CHARACTERS) -> str:
    """The text, or its beginning and end with a notice between them."""
    if len(text) <= limit:
        return text
    head = text[: limit * 2 // 3]
    tail = text[-(limit // 3) :]
    return f"{head}\n{cut_notice(len(text) - len(head) - len(tail))}\n{tail}"


def shown(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Both visible and trimmed, however long it is."""
    return trimmed(visible(trimmed(text, limit)), limit)


def cut_notice(characters: int) -> str:
    return f"[… {characters} characters left out here …]"


def counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
