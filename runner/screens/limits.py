"""The sizes every emulator keeps to."""

MIN_CELLS = 2  # libghostty has crashed with a single row, avt with a single column
MAX_CELLS = 2000  # a screen of 65,535 x 65,535 cells would not fit in memory


def clamp(cols: int, rows: int) -> tuple[int, int]:
    """A size that no emulator stumbles over."""
    return min(max(cols, MIN_CELLS), MAX_CELLS), min(max(rows, MIN_CELLS), MAX_CELLS)
