"""Rows of a libghostty terminal as text with colours, styles and links: what a repaint is made of.

The library's own formatter is fast, but it lets colours bleed into never-written cells and drops links. It does the
rows without such cells; the others are walked here, cell by cell, through the library's render state.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from pyghostty import ffi, lib
from pyghostty._ffi import check
from pyghostty.core import init_sized

from runner.screens import ghostty_ffi

_CELL_BYTES = 8
_MAX_OVERSCAN = 65_535
_FORMATTED_ROWS = 250  # of one call of the formatter
_MAX_KNOWN_CELLS = 200_000
_MAX_CLUSTER_BYTES = 256  # of one grapheme; longer ones show their first character
_NEVER_WRITTEN = 0
_END_OF_LINK = "\x1b]8;;\x1b\\"


class Row(NamedTuple):
    """One row: its text with escape sequences, whether it goes on in the next row, whether it fills the width."""

    text: str
    wraps: bool
    full: bool


class _Cell(NamedTuple):
    text: str
    look: tuple[int, str]  # number of the style, SGR parameters of a cell that is only a background colour
    cluster: bool
    link: bool


# What a raw cell says does not depend on the terminal it is in, so one table serves all of them.
_sgrs: dict[bytes, str] = {}
_flag = ffi.new("bool*")
_tag = ffi.new("GhosttyCellContentTag*")
_wide = ffi.new("GhosttyCellWide*")
_codepoint = ffi.new("uint32_t*")
_style_id = ffi.new("GhosttyStyleId*")
_palette = ffi.new("GhosttyColorPaletteIndex*")
_rgb = ffi.new("GhosttyColorRgb*")
_cluster = ffi.new("uint8_t[]", _MAX_CLUSTER_BYTES)
_cluster_buffer = ffi.new("GhosttyBuffer*")

_SGR_FLAGS = (
    ("bold", "1"),
    ("faint", "2"),
    ("italic", "3"),
    ("blink", "5"),
    ("inverse", "7"),
    ("invisible", "8"),
    ("strikethrough", "9"),
    ("overline", "53"),
)


class _Cells(dict[int, _Cell]):
    """Decodes a cell when it is seen for the first time. All of a row at once: `map(_cells.__getitem__, row)`."""

    def __missing__(self, raw: int) -> _Cell:
        if len(self) >= _MAX_KNOWN_CELLS:
            self.clear()
        found = self[raw] = _decode_cell(raw)
        return found


def _decode_cell(raw: int) -> _Cell:
    lib.ghostty_cell_get(raw, lib.GHOSTTY_CELL_DATA_CONTENT_TAG, _tag)
    lib.ghostty_cell_get(raw, lib.GHOSTTY_CELL_DATA_WIDE, _wide)
    lib.ghostty_cell_get(raw, lib.GHOSTTY_CELL_DATA_STYLE_ID, _style_id)
    lib.ghostty_cell_get(raw, lib.GHOSTTY_CELL_DATA_HAS_HYPERLINK, _flag)
    fill = _cell_fill(raw, _tag[0])
    text = " " if fill else _cell_text(raw)
    cluster = _tag[0] == lib.GHOSTTY_CELL_CONTENT_CODEPOINT_GRAPHEME
    return _Cell(text, (_style_id[0], fill), cluster, bool(_flag[0]))


def _cell_fill(raw: int, tag: int) -> str:
    if tag == lib.GHOSTTY_CELL_CONTENT_BG_COLOR_PALETTE:
        lib.ghostty_cell_get(raw, lib.GHOSTTY_CELL_DATA_COLOR_PALETTE, _palette)
        return _palette_sgr(_palette[0], 48)
    if tag == lib.GHOSTTY_CELL_CONTENT_BG_COLOR_RGB:
        lib.ghostty_cell_get(raw, lib.GHOSTTY_CELL_DATA_COLOR_RGB, _rgb)
        return f"48;2;{_rgb.r};{_rgb.g};{_rgb.b}"
    return ""


def _cell_text(raw: int) -> str:
    if _wide[0] in (lib.GHOSTTY_CELL_WIDE_SPACER_TAIL, lib.GHOSTTY_CELL_WIDE_SPACER_HEAD):
        return ""
    lib.ghostty_cell_get(raw, lib.GHOSTTY_CELL_DATA_CODEPOINT, _codepoint)
    return chr(_codepoint[0]) if _codepoint[0] else " "


def _palette_sgr(index: int, base: int) -> str:
    """A palette colour as foreground (base 38), background (48) or underline (58): the short form where there is."""
    if base == 58 or index >= 16:
        return f"{base};5;{index}"
    return str(base - 8 + index) if index < 8 else str(base + 44 + index)


def _style_sgr(style: Any) -> str:
    key = bytes(ffi.buffer(style))
    known = _sgrs.get(key)
    if known is None:
        if len(_sgrs) >= _MAX_KNOWN_CELLS:
            _sgrs.clear()
        known = _sgrs[key] = ";".join(_sgr_parts(style))
    return known


def _sgr_parts(style: Any) -> Iterator[str]:
    yield from (number for name, number in _SGR_FLAGS if getattr(style, name))
    if style.underline:
        yield "4" if style.underline == 1 else f"4:{style.underline}"
    for colour, base in ((style.fg_color, 38), (style.bg_color, 48), (style.underline_color, 58)):
        if colour.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
            yield _palette_sgr(colour.value.palette, base)
        elif colour.tag == lib.GHOSTTY_STYLE_COLOR_RGB:
            rgb = colour.value.rgb
            yield f"{base};2;{rgb.r};{rgb.g};{rgb.b}"


_cells = _Cells()
_text_of, _look_of = itemgetter(0), itemgetter(1)


class _Walk:
    """One pass over the rows of the active screen, `history` rows of scrollback included."""

    def __init__(self, terminal: Any, history: int) -> None:
        self._terminal = terminal
        self._cols = ghostty_ffi.size(terminal)[0]
        self._rows = ghostty_ffi.total_rows(terminal)
        scrollback = ghostty_ffi.scrollback_rows(terminal)
        above = min(scrollback, history, _MAX_OVERSCAN)
        self._y = scrollback - above
        self._row = ffi.new("GhosttyRow*")
        self._view = ffi.new("GhosttyCellsView*")
        self._style = init_sized("GhosttyStyle")
        self._state = ffi.new("GhosttyRenderState*")
        self._iterator = ffi.new("GhosttyRenderStateRowIterator*")
        self._row_cells = ffi.new("GhosttyRenderStateRowCells*")
        self._begin(above)

    def _format(self, first: int) -> Iterator[str]:
        last = min(first + _FORMATTED_ROWS, self._rows) - 1
        start = self._terminal.ref(0, first, "screen")
        end = self._terminal.ref(self._cols - 1, last, "screen")
        return iter(ghostty_ffi.format_vt(self._terminal, start, end).decode(errors="replace").split("\r\n"))

    def _begin(self, above: int) -> None:
        check(lib.ghostty_render_state_new(ffi.NULL, self._state), "render_state")
        check(lib.ghostty_render_state_row_iterator_new(ffi.NULL, self._iterator), "row_iterator")
        check(lib.ghostty_render_state_row_cells_new(ffi.NULL, self._row_cells), "row_cells")
        overscan = ffi.new("GhosttyRenderStateOverscan*", {"above": above})
        state, key = self._state[0], lib.GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR
        check(lib.ghostty_render_state_set(state, lib.GHOSTTY_RENDER_STATE_OPTION_OVERSCAN, overscan), "overscan")
        check(lib.ghostty_render_state_update(state, self._terminal._t[0]), "render_state_update")
        check(lib.ghostty_render_state_get(state, key, self._iterator), "row_iterator")

    def close(self) -> None:
        lib.ghostty_render_state_row_iterator_free(self._iterator[0])
        lib.ghostty_render_state_row_cells_free(self._row_cells[0])
        lib.ghostty_render_state_free(self._state[0])

    def __iter__(self) -> Iterator[Row]:
        first, formatted = self._y, iter(list[str]())
        while lib.ghostty_render_state_row_iterator_next(self._iterator[0]):
            if (self._y - first) % _FORMATTED_ROWS == 0:
                formatted = self._format(self._y)
            yield self._read_row(next(formatted, ""))
            self._y += 1

    def _get(self, key: int, out: Any) -> None:
        lib.ghostty_render_state_row_get(self._iterator[0], key, out)

    def _row_flag(self, key: int) -> bool:
        lib.ghostty_row_get(self._row[0], key, _flag)
        return bool(_flag[0])

    def _read_row(self, formatted: str) -> Row:
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS_RAW, self._view)
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_DATA_RAW, self._row)
        raw = bytes(ffi.buffer(self._view.ptr, self._view.len * _CELL_BYTES)).rstrip(b"\0")
        written = -(-len(raw) // _CELL_BYTES)
        cells = memoryview(raw.ljust(written * _CELL_BYTES, b"\0")).cast("Q")
        full = written == self._cols
        wraps = full and self._row_flag(lib.GHOSTTY_ROW_DATA_WRAP)
        return Row(self._text(cells, formatted), wraps, full)

    def _text(self, cells: "memoryview[int]", formatted: str) -> str:
        gaps = _NEVER_WRITTEN in cells or (cells and not formatted)
        linked = self._row_flag(lib.GHOSTTY_ROW_DATA_HYPERLINK)
        return self._walk_cells(list(map(_cells.__getitem__, cells)), linked=linked) if gaps or linked else formatted

    def _walk_cells(self, cells: list[_Cell], *, linked: bool) -> str:
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS, self._row_cells)
        texts = list(map(_text_of, cells))
        if self._row_flag(lib.GHOSTTY_ROW_DATA_GRAPHEME):
            self._put_clusters(cells, texts)
        if linked:
            self._put_links(cells, texts)
        styles, x, parts = {0: ""}, 0, []
        for (style, fill), run in groupby(map(_look_of, cells)):
            start, x = x, x + len(list(run))
            if style not in styles:
                styles[style] = self._sgr_at(start)
            sgr, text = ";".join(filter(None, (styles[style], fill))), "".join(texts[start:x])
            parts.append(f"\x1b[0;{sgr}m{text}\x1b[0m" if sgr else text)
        return "".join(parts)

    def _select(self, x: int, key: int, out: Any) -> int:
        lib.ghostty_render_state_row_cells_select(self._row_cells[0], x)
        return int(lib.ghostty_render_state_row_cells_get(self._row_cells[0], key, out))

    def _sgr_at(self, x: int) -> str:
        self._select(x, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_STYLE, self._style)
        return _style_sgr(self._style)

    def _put_clusters(self, cells: list[_Cell], texts: list[str]) -> None:
        """All characters of a grapheme instead of its first."""
        for x, cell in enumerate(cells):
            if cell.cluster:
                texts[x] = self._cluster(x) or cell.text

    def _cluster(self, x: int) -> str:
        _cluster_buffer.ptr, _cluster_buffer.cap, _cluster_buffer.len = _cluster, _MAX_CLUSTER_BYTES, 0
        if self._select(x, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_UTF8, _cluster_buffer):
            return ""
        return bytes(ffi.buffer(_cluster, _cluster_buffer.len)).decode(errors="replace")

    def _put_links(self, cells: list[_Cell], texts: list[str]) -> None:
        """Open each link before its first cell, and close it after its last."""
        before, last = "", -1
        for x, uri in ghostty_ffi.links(self._terminal, self._y, [x for x, cell in enumerate(cells) if cell.link]):
            if uri == before and x == last + 1:
                last = x
                continue
            if before:
                texts[last] += _END_OF_LINK
            if uri:
                texts[x] = f"\x1b]8;;{uri}\x1b\\{texts[x]}"
            before, last = uri, x
        if before:
            texts[last] += _END_OF_LINK


def read(terminal: Any, history: int) -> Iterator[Row]:
    """The last `history` rows of scrollback, then the screen's rows, of whichever screen is active.

    One row at a time; the terminal must not change before the last was taken.
    """
    walk = _Walk(terminal, history)
    try:
        yield from walk
    finally:
        walk.close()
