"""A screen for a moment: what some output alone looks like."""

from collections.abc import Sequence
from itertools import count

from runner.screens.pool import ScreenPool
from runner.screens.rebuild import Step

_numbers = count(1)


class _Owner:
    """Takes no part; gives the bytes once more when the worker dies of them."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def on_reply(self, data: bytes) -> None:
        pass

    def on_title(self, title: str) -> None:
        pass

    def on_lag(self) -> None:
        pass

    def replay(self) -> Sequence[Step]:
        return [("data", self._data)]


async def drawn(screens: ScreenPool, data: bytes, cols: int, rows: int) -> tuple[str, bool]:
    """`data` on an empty screen of that size, as text, with what scrolled off its top; raises as `text` does.

    Lines are as long as they were printed: rows that ran over are joined. True: there was more above.
    """
    name = f"scratch {next(_numbers)}"
    screens.open(name, cols, rows, _Owner(data))
    try:
        screens.feed(name, data)
        text = await screens.joined(name)
        total, _ = await screens.lines(name, 1, 0)
    finally:
        screens.close(name)
    lines = "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
    return lines, total >= screens.scrollback
