"""The raw calls into libghostty-vt that pyghostty does not wrap, one accessor each.

A wrong C type in one of these calls corrupts the heap without a word, so `ffi` and `lib` are touched in the
modules named `ghostty_…` and nowhere else.
"""

from collections.abc import Iterator
from typing import Any

from pyghostty import ffi, lib
from pyghostty._ffi import check, union_fn
from pyghostty.core import init_sized

# The formatter's switches that sit in its `screen` struct; the others sit one level up.
_SCREEN_EXTRAS = {"cursor", "style", "hyperlink", "protection", "kitty_keyboard", "charsets"}
_URI_MAX_BYTES = 4096
_VISUAL_CURSORS = {
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_BAR: "bar",
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_UNDERLINE: "underline",
}

_replies = bytearray()
_flag = ffi.new("bool*")
_length = ffi.new("size_t*")
_uri = ffi.new("uint8_t[]", _URI_MAX_BYTES)
# For `links`: pyghostty's own `ref` is ten times slower than what it calls.
_point = ffi.new("GhosttyPointS*", {"tag": lib.GHOSTTY_POINT_TAG_SCREEN})
_cell = init_sized("GhosttyGridRef")
_grid_ref = union_fn("ghostty_terminal_grid_ref", "GhosttyResult(*)(GhosttyTerminal, GhosttyPointS, GhosttyGridRef*)")
_name = ffi.from_buffer(b"AGTerm")
_version = ffi.new("GhosttyString*", {"ptr": ffi.cast("const uint8_t*", _name), "len": len(_name)})


@ffi.callback("GhosttyTerminalWritePtyFn")  # type: ignore[untyped-decorator]
def _on_write(_terminal: Any, _userdata: Any, data: Any, length: int) -> None:
    """One closure for all terminals: replies of the feed that runs now (this process has one thread)."""
    _replies.extend(ffi.buffer(data, length))


@ffi.callback("GhosttyTerminalXtversionFn")  # type: ignore[untyped-decorator]
def _on_version(_terminal: Any, _userdata: Any) -> Any:
    """Not "libghostty": programs would take us for Ghostty and draw what the page cannot show."""
    return _version[0]


def take_replies() -> bytes:
    """What any terminal has answered since the last call."""
    taken = bytes(_replies)
    _replies.clear()
    return taken


def listen(terminal: Any) -> None:
    """Send this terminal's answers to `take_replies`."""
    _set(terminal, lib.GHOSTTY_TERMINAL_OPT_WRITE_PTY, _on_write)
    _set(terminal, lib.GHOSTTY_TERMINAL_OPT_XTVERSION, _on_version)


def set_scrollback_bytes(terminal: Any, size_bytes: int) -> None:
    _set(terminal, lib.GHOSTTY_TERMINAL_OPT_SCROLLBACK_MAX_BYTES, ffi.new("size_t*", size_bytes))


def set_continuation_bytes(terminal: Any, size_bytes: int) -> None:
    _set(terminal, lib.GHOSTTY_TERMINAL_OPT_CONTINUATION_MAX_BYTES, ffi.new("size_t*", size_bytes))


def set_image_bytes(terminal: Any, size_bytes: int) -> None:
    _set(terminal, lib.GHOSTTY_TERMINAL_OPT_KITTY_IMAGE_STORAGE_LIMIT, ffi.new("uint64_t*", size_bytes))


def set_default_mode(terminal: Any, number: int) -> None:
    """Set a DEC private mode now and after every reset."""
    config = ffi.new("GhosttyTerminalModeConfig*", {"mode": number, "value": True})
    _set(terminal, lib.GHOSTTY_TERMINAL_OPT_MODE_DEFAULT, config)
    _set(terminal, lib.GHOSTTY_TERMINAL_OPT_MODE, config)


def _set(terminal: Any, option: int, value: Any) -> None:
    check(lib.ghostty_terminal_set(terminal._t[0], option, value), "terminal_set")


def size(terminal: Any) -> tuple[int, int]:
    """(cols, rows)"""
    cols, rows = terminal.size
    return cols, rows


def is_alternate(terminal: Any) -> bool:
    active = terminal.get("active_screen", "GhosttyTerminalScreen")
    return bool(active == lib.GHOSTTY_TERMINAL_SCREEN_ALTERNATE)


def pending_wrap(terminal: Any) -> bool:
    """Whether the next character goes to the next row, though the cursor still stands in the last column."""
    return bool(terminal.get("cursor_pending_wrap", "bool"))


def scrollback_rows(terminal: Any) -> int:
    return int(terminal.get("scrollback_rows", "size_t"))


def total_rows(terminal: Any) -> int:
    return int(terminal.get("total_rows", "size_t"))


def kitty_keyboard(terminal: Any) -> int:
    """The flags of the kitty keyboard protocol that a program has set."""
    return int(terminal.get("kitty_keyboard_flags", "uint8_t"))


def title(terminal: Any) -> str:
    text = ffi.new("GhosttyString*")
    result = lib.ghostty_terminal_get(terminal._t[0], lib.GHOSTTY_TERMINAL_DATA_TITLE, text)
    return bytes(ffi.buffer(text.ptr, text.len)).decode(errors="replace") if result == 0 and text.len else ""


def continuation(terminal: Any) -> bytes:
    """The unfinished escape sequence at the end of the input, empty outside one."""
    data, length = ffi.new("uint8_t**"), ffi.new("size_t*")
    result = lib.ghostty_terminal_continuation_alloc(terminal._t[0], ffi.NULL, data, length)
    return b"" if result or not length[0] else _take(data, length)


def format_vt(terminal: Any, start: Any, end: Any, **extra: bool) -> bytes:
    """The cells from one grid ref to another as escape sequences, by the library's own formatter."""
    return _format(terminal, lib.GHOSTTY_FORMATTER_FORMAT_VT, start, end, extra)


def format_plain(terminal: Any, start: Any, end: Any, *, joined: bool = False) -> str:
    """The cells from one grid ref to another as text, one line a row; `joined`: a row that ran over with the next."""
    emit = lib.GHOSTTY_FORMATTER_FORMAT_PLAIN
    return _format(terminal, emit, start, end, {}, unwrap=joined).decode(errors="replace")


def _format(terminal: Any, emit: int, start: Any, end: Any, extra: dict[str, bool], *, unwrap: bool = False) -> bytes:
    selection = init_sized("GhosttySelection")
    selection.start, selection.end = start[0], end[0]
    options = init_sized("GhosttyFormatterTerminalOptions")
    options.emit, options.selection, options.unwrap = emit, selection, unwrap
    for name, value in extra.items():
        setattr(options.extra.screen if name in _SCREEN_EXTRAS else options.extra, name, value)
    formatter = ffi.new("GhosttyFormatter*")
    check(lib.ghostty_formatter_terminal_new(ffi.NULL, formatter, terminal._t[0], options[0]), "formatter")
    try:
        data, length = ffi.new("uint8_t**"), ffi.new("size_t*")
        check(lib.ghostty_formatter_format_alloc(formatter[0], ffi.NULL, data, length), "format")
        return _take(data, length)
    finally:
        lib.ghostty_formatter_free(formatter[0])


def _take(data: Any, length: Any) -> bytes:
    """Copy what the library has allocated, and give it back."""
    try:
        return bytes(ffi.buffer(data[0], length[0]))
    finally:
        lib.ghostty_free(ffi.NULL, data[0], length[0])


def is_wide_tail(terminal: Any, x: int, y: int) -> bool:
    """Whether this cell of the active area is the right half of a wide character."""
    cell, wide = ffi.new("GhosttyCell*"), ffi.new("GhosttyCellWide*")
    lib.ghostty_grid_ref_cell(terminal.ref(x, y), cell)
    lib.ghostty_cell_get(cell[0], lib.GHOSTTY_CELL_DATA_WIDE, wide)
    return bool(wide[0] == lib.GHOSTTY_CELL_WIDE_SPACER_TAIL)


def links(terminal: Any, y: int, cells: list[int]) -> Iterator[tuple[int, str]]:
    """The OSC 8 targets of these cells of a row, rows counted from the top of the scrollback; (x, target)."""
    _point.value.y = y
    check(_grid_ref(terminal._t[0], _point[0], _cell), "grid_ref")
    for x in cells:
        yield x, _link(_cell, x)


def _link(cell: Any, x: int) -> str:
    cell.x, _length[0] = x, 0
    if lib.ghostty_grid_ref_hyperlink_uri(cell, _uri, _URI_MAX_BYTES, _length):
        return ""
    return bytes(ffi.buffer(_uri, _length[0])).decode(errors="replace")


def cursor_shape(terminal: Any) -> str:
    """'bar', 'underline' or 'block'."""
    state, shape = ffi.new("GhosttyRenderState*"), ffi.new("GhosttyRenderStateCursorVisualStyle*")
    check(lib.ghostty_render_state_new(ffi.NULL, state), "render_state")
    try:
        check(lib.ghostty_render_state_update(state[0], terminal._t[0]), "render_state")
        key = lib.GHOSTTY_RENDER_STATE_DATA_CURSOR_VISUAL_STYLE
        check(lib.ghostty_render_state_get(state[0], key, shape), "cursor_shape")
    finally:
        lib.ghostty_render_state_free(state[0])
    return _VISUAL_CURSORS.get(shape[0], "block")


def compress(terminal: Any) -> None:
    """Pack the scrollback of a terminal that has come to rest (10,000 lines: 9.5 MB to 0.6 MB in 4 ms)."""
    result = ffi.new("GhosttyTerminalCompressionResult*")
    lib.ghostty_terminal_compress(terminal._t[0], lib.GHOSTTY_TERMINAL_COMPRESSION_MODE_FULL, result)
