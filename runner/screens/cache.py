"""What was drawn last of each screen, kept while it is still true: several pages that come at once cost one drawing."""

from collections import OrderedDict
from typing import NamedTuple

MAX_BYTES = 16 * 1024 * 1024  # of all screens together; what was not asked for longest goes first


class Key(NamedTuple):
    screen: int
    kind: int
    history: int


class Cache:
    """Answers by what was asked, each with the state of the screen it belongs to."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Key, tuple[int, bytes]] = OrderedDict()
        self.size_bytes = 0

    def get(self, key: Key, changes: int) -> bytes | None:
        """The answer, if the screen has not changed since: `changes` counts all that was fed and resized."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept[0] != changes:
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return kept[1]

    def put(self, key: Key, changes: int, answer: bytes) -> None:
        self._drop(key)
        if len(answer) > self._max_bytes:
            return
        self._kept[key] = (changes, answer)
        self.size_bytes += len(answer)
        while self.size_bytes > self._max_bytes:
            self._drop(next(iter(self._kept)))

    def forget(self, screen: int) -> None:
        """The screen is closed."""
        for key in [key for key in self._kept if key.screen == screen]:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self.size_bytes -= len(dropped[1])
