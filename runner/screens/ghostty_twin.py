"""A second libghostty terminal in the same state, to look at what the first does not show; the scrollback is left out.

The library writes a snapshot's screens first and then the scrollback, the newest page first. The writing is broken off
as soon as there is what is wanted, so that a twin costs the same however long the scrollback has grown.
"""

import weakref
from typing import Any

from pyghostty import GhosttyError, Terminal, ffi, lib
from pyghostty._ffi import check

FIRST_BYTES = 256 * 1024  # what is written before the first try to read it; then four times as much
MORE = 4
CELL_BYTES = 8

_written = bytearray()
_limit = 0
_result = ffi.new("size_t*")


@ffi.callback("GhosttyWriterFn")  # type: ignore[untyped-decorator]
def _on_write(_userdata: Any, data: Any, length: int) -> bool:
    _written.extend(ffi.buffer(data, length))
    return len(_written) < _limit


_writer = ffi.new("GhosttyWriter*", {"write": _on_write})


def twin(terminal: Any, history: int) -> Any | None:
    """The twin with at least `history` rows of the primary screen's scrollback, where there are so many.

    None where the library cannot encode the terminal (rare: hostile input).
    """
    limit = FIRST_BYTES + history * CELL_BYTES * int(terminal.size[0])
    while True:
        snapshot, whole = _encode(terminal, limit)
        try:
            made = _decode(snapshot, history, whole=whole) if snapshot else None
        except GhosttyError:
            return None
        if made is not None or whole or not snapshot:
            return made
        limit *= MORE


def _encode(terminal: Any, limit: int) -> tuple[bytes, bool]:
    """The first `limit` bytes of a snapshot, up to the end of a record, and whether that is all of it."""
    global _limit  # the closure above is the library's only way to us
    _limit = limit
    result = lib.ghostty_snapshot_encode(terminal._t[0], _writer[0])
    snapshot = bytes(_written)
    _written.clear()
    broken_off = bool(result) and len(snapshot) >= limit
    return (snapshot if broken_off or not result else b""), not broken_off


def _decode(snapshot: bytes, history: int, *, whole: bool) -> Any | None:
    """None: more of the snapshot is needed. Raises `GhosttyError` for one that is damaged."""
    source, decoder = ffi.from_buffer(snapshot), ffi.new("GhosttySnapshotDecoder*")
    pointer = ffi.cast("const uint8_t*", source)
    check(lib.ghostty_snapshot_decoder_new_buf(ffi.NULL, decoder, pointer, len(snapshot)), "snapshot")
    try:
        handle = ffi.new("GhosttyTerminal*")
        result = lib.ghostty_snapshot_decoder_ready(decoder[0], handle)
        if result and not whole:
            return None
        check(result, "snapshot")
        made = _adopt(handle)
        if _read_history(decoder[0], history) or whole:
            return made
        made.close()
        return None
    finally:
        lib.ghostty_snapshot_decoder_free(decoder[0])


def _read_history(decoder: Any, history: int) -> bool:
    """Add pages of scrollback until there are `history` rows; False when the snapshot ends before."""
    wanted = min(history, _get(decoder, lib.GHOSTTY_SNAPSHOT_DECODER_DATA_HISTORY_ROWS_PRIMARY))
    taken = 0
    while taken < wanted:
        if lib.ghostty_snapshot_decoder_next(decoder):
            return False
        taken += _get(decoder, lib.GHOSTTY_SNAPSHOT_DECODER_DATA_PROGRESS_ROWS)
    return True


def _get(decoder: Any, key: int) -> int:
    _result[0] = 0
    lib.ghostty_snapshot_decoder_get(decoder, key, _result)
    return int(_result[0])


def _adopt(handle: Any) -> Any:
    """pyghostty's own class around a terminal that its constructor did not make."""
    terminal = Terminal.__new__(Terminal)
    terminal._t, terminal._cb_err = handle, None
    terminal._free = weakref.finalize(terminal, lib.ghostty_terminal_free, handle[0])
    return terminal
