"""Writes the escape sequences that give a fresh xterm.js the very state of a libghostty terminal.

Scrollback, both screens, saved cursor, tab stops, scroll region, title, cursor, pen, modes and an unfinished escape
sequence, in this order: modes come last because insert mode, origin mode or a missing auto-wrap would spoil the paint.
"""

import re
from collections.abc import Iterator
from typing import Any

from runner.screens import ghostty_ffi, ghostty_rows

RESET = "\x1bc"
PLAIN = "\x1b[0m\x1b]8;;\x1b\\\x1b(B\x0f"  # no style, no link, ASCII character set
ENTER_ALTERNATE = "\x1b[?1049h" + PLAIN + "\x1b[H"
CANCEL_AND_RESTORE_CURSOR = b"\x18\x1b8"
LEAVE_ALTERNATE = b"\x1b[?1049l"
ORIGIN_MODE = 6

# DEC private modes that are off in a fresh terminal and that a page has to know.
OFF_BY_DEFAULT = (1, 5, 9, 45, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004, 2026, 2031)
ON_BY_DEFAULT = (7, 25)
ANSI_OFF_BY_DEFAULT = (4, 20)
BLINKING = 12
_SHAPES = {"block": 1, "underline": 3, "bar": 5}  # DECSCUSR, blinking; the next number is steady


def repaint(terminal: Any, history: int) -> bytes:
    """What a fresh xterm.js of the same size has to be fed; `history` lines of scrollback at most."""
    twin = ghostty_ffi.clone(terminal)  # to look at the saved cursor and at the screen that is not shown
    try:
        saved = _saved_cursor(twin) if twin else ""
        parts = [RESET, *_screens(terminal, twin, history)]
    finally:
        if twin:
            twin.close()
    layout = _layout(terminal)
    parts += ["\x1b[0m", layout, saved, _title(terminal), _position(terminal), _pen(terminal)]
    parts += [*_modes(terminal), _origin(terminal, layout), _shape(terminal)]
    return "".join(parts).encode(errors="surrogatepass") + ghostty_ffi.continuation(terminal)


def _screens(terminal: Any, twin: Any | None, history: int) -> Iterator[str]:
    if not ghostty_ffi.is_alternate(terminal):
        yield _content(terminal, history)
        return
    if twin:
        twin.feed(LEAVE_ALTERNATE)
        yield from (_content(twin, history), _position(twin), _pen(twin))
    yield ENTER_ALTERNATE
    yield _content(terminal, 0)


def _content(terminal: Any, history: int) -> str:
    """Rows joined as they were written: a soft-wrapped row runs into the next, so that a later resize reflows it."""
    rows, parts, joined = ghostty_rows.read(terminal, history), [], False
    for index, row in enumerate(rows):
        parts.append(row.text)
        if joined and not row.full:
            parts.append("\x1b[0m\x1b[K")  # the wrap itself scrolled with this row's background
        last = index == len(rows) - 1
        joined = row.wraps and not last and bool(rows[index + 1].text)
        if not last and not joined:
            parts.append("\r\n")
    return "".join(parts)


def _saved_cursor(twin: Any) -> str:
    twin.feed(CANCEL_AND_RESTORE_CURSOR)
    return _position(twin) + _pen(twin) + "\x1b7" + PLAIN


def _format(terminal: Any, start: tuple[int, int], end: tuple[int, int], **extra: bool) -> str:
    first, last = terminal.ref(*start), terminal.ref(*end)
    return ghostty_ffi.format_vt(terminal, first, last, **extra).decode(errors="replace")


def _position(terminal: Any) -> str:
    x, y = terminal.cursor
    if not ghostty_ffi.pending_wrap(terminal):
        return f"\x1b[{y + 1};{x + 1}H"
    # Printing the last cell again leaves xterm.js about to wrap, too.
    start = x - 1 if x and ghostty_ffi.is_wide_tail(terminal, x, y) else x
    return f"\x1b[{y + 1};{start + 1}H" + (_format(terminal, (start, y), (x, y)) or " ")


def _pen(terminal: Any) -> str:
    """Style, link, protection and character set of what is printed next."""
    corner = (0, 0)
    bare = _format(terminal, corner, corner)
    dressed = _format(terminal, corner, corner, style=True, hyperlink=True, protection=True, charsets=True)
    return dressed[len(bare) :] if dressed.startswith(bare) else "\x1b[0m"


def _layout(terminal: Any) -> str:
    """Scroll region and tab stops."""
    corner = (0, 0)
    bare = _format(terminal, corner, corner)
    dressed = _format(terminal, corner, corner, scrolling_region=True, tabstops=True)
    return dressed.replace(bare, "", 1) if bare else dressed


def _title(terminal: Any) -> str:
    title = ghostty_ffi.title(terminal)
    return f"\x1b]2;{title}\x07" if title else ""


def _modes(terminal: Any) -> Iterator[str]:
    yield from (f"\x1b[?{mode}h" for mode in OFF_BY_DEFAULT if terminal.mode(mode))
    yield from (f"\x1b[?{mode}l" for mode in ON_BY_DEFAULT if not terminal.mode(mode))
    yield from (f"\x1b[{mode}h" for mode in ANSI_OFF_BY_DEFAULT if terminal.mode(mode, ansi=True))


def _origin(terminal: Any, layout: str) -> str:
    """Origin mode moves the cursor home, so its place is given once more, counted from the scroll region's top."""
    if not terminal.mode(ORIGIN_MODE):
        return ""
    x, y = terminal.cursor
    region = re.search(r"\x1b\[(\d+);\d+r", layout)
    top = int(region[1]) - 1 if region else 0
    return f"\x1b[?6h\x1b[{y + 1 - top};{x + 1}H"


def _shape(terminal: Any) -> str:
    """The cursor's shape, where a program has chosen one."""
    shape, blinking = ghostty_ffi.cursor_shape(terminal), terminal.mode(BLINKING)
    if shape == "block" and not blinking:
        return ""
    return f"\x1b[{_SHAPES[shape] + (not blinking)} q"
