"""Writes the escape sequences that give a fresh xterm.js the very state of a libghostty terminal.

Scrollback, both screens, saved cursor, tab stops, scroll region, title, cursor, pen, modes and an unfinished escape
sequence, in this order: modes come last because insert mode, origin mode or a missing auto-wrap would spoil the paint.
"""

import re
from collections.abc import Iterator
from typing import Any

from runner.screens import ghostty_ffi, ghostty_mouse, ghostty_rows, ghostty_twin, modes
from runner.screens.ghostty_rows import Row

RESET = "\x1bc"
PLAIN = "\x1b[0m\x1b]8;;\x1b\\\x1b(B\x0f"  # no style, no link, ASCII character set
ENTER_ALTERNATE = "\x1b[?1049h" + PLAIN + "\x1b[H"
CANCEL_AND_RESTORE_CURSOR = b"\x18\x1b8"
LEAVE_ALTERNATE = b"\x1b[?1049l"
ORIGIN_MODE = 6

# DEC private modes that are off in a fresh terminal and that a page has to know.
OFF_BY_DEFAULT = (1, 5, 45, 66, 1004, 1005, 1006, 1015, 1016, 2004, 2026, 2031)
ON_BY_DEFAULT = (7, 25)
ANSI_OFF_BY_DEFAULT = (4, 20)
BLINKING = 12
_SHAPES = {"block": 1, "underline": 3, "bar": 5}  # DECSCUSR, blinking; the next number is steady


def painting(terminal: Any, history: int) -> Iterator[str]:
    """What a fresh xterm.js of the same size has to be fed, with `history` lines of scrollback at most, row by row.

    The terminal must not change before the last part was taken.
    """
    # To look at the saved cursor and at the screen that is not shown.
    twin = ghostty_twin.twin(terminal, history if ghostty_ffi.is_alternate(terminal) else 0)
    try:
        saved = _saved_cursor(twin) if twin else ""
        yield RESET
        yield from _screens(terminal, twin, history)
    finally:
        if twin:
            twin.close()
    layout = _layout(terminal)
    yield from ("\x1b[0m", layout, saved, _title(terminal), _position(terminal), _pen(terminal))
    yield from (*_modes(terminal), _origin(terminal, layout), _shape(terminal))


def _screens(terminal: Any, twin: Any | None, history: int) -> Iterator[str]:
    if not ghostty_ffi.is_alternate(terminal):
        yield from _content(terminal, history)
        return
    if twin:
        twin.feed(LEAVE_ALTERNATE)
        yield from _content(twin, history)
        yield _position(twin) + _pen(twin)
    yield ENTER_ALTERNATE
    yield from _content(terminal, 0)


def _content(terminal: Any, history: int) -> Iterator[str]:
    """Rows joined as they were written: a soft-wrapped row runs into the next, so that a later resize reflows it."""
    joined = False
    for row, following in _with_following(ghostty_rows.read(terminal, history)):
        yield row.text
        if joined and not row.full:
            yield "\x1b[0m\x1b[K"  # the wrap itself scrolled with this row's background
        joined = row.wraps and following is not None and bool(following.text)
        if following is not None and not joined:
            yield "\r\n"


def _with_following(rows: Iterator[Row]) -> Iterator[tuple[Row, Row | None]]:
    """Each row with the one below it, None below the last."""
    above = next(rows, None)
    for row in rows:
        if above is not None:
            yield above, row
        above = row
    if above is not None:
        yield above, None


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
    tracking = ghostty_mouse.mouse(terminal)[0]
    if tracking in modes.MOUSE:
        yield f"\x1b[?{modes.MOUSE[tracking]}h"
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
