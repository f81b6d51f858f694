"""The bounded byte journal of one terminal: the newest output, addressed by absolute offset."""

from bisect import bisect_right
from collections import deque

BLOCK_BYTES = 64 * 1024


class Journal:
    """Keeps at least the last `capacity_bytes` (rounded to blocks) of everything ever appended.

    `end` is the offset behind the newest byte, `start` that of the oldest one still held. Both begin at `start`: 0, or
    where an earlier life of the session is known to have ended.
    """

    def __init__(self, capacity_bytes: int, start: int = 0) -> None:
        self.capacity_bytes = capacity_bytes
        self._blocks: deque[bytes] = deque()
        self._starts: deque[int] = deque()
        self._tail = bytearray()  # the newest bytes, not yet a block: an idle session costs what it printed
        self.start = self.end = start

    def append(self, data: bytes) -> None:
        self._tail += data
        self.end += len(data)
        if len(self._tail) >= BLOCK_BYTES:
            self._seal()

    def _seal(self) -> None:
        self._starts.append(self.end - len(self._tail))
        self._blocks.append(bytes(self._tail))
        self._tail.clear()
        while self.end - self.start - len(self._blocks[0]) >= self.capacity_bytes:
            self.start += len(self._blocks.popleft())
            self._starts.popleft()

    def holds(self, offset: int) -> bool:
        """Whether a reader that has everything before `offset` can be served without a gap."""
        return self.start <= offset <= self.end

    def read(self, offset: int, limit: int) -> bytes:
        """Up to `limit` bytes from `offset` on, never fewer than one while there are any.

        Raises `LookupError` when the journal no longer (or not yet) holds that offset.
        """
        if not self.holds(offset):
            raise LookupError(f"offset {offset} is outside {self.start}..{self.end}")
        parts: list[bytes] = []
        index = bisect_right(self._starts, offset) - 1
        while limit > 0 and offset < self.end:
            part = self._slice(index, offset, limit)
            parts.append(part)
            offset, limit, index = offset + len(part), limit - len(part), index + 1
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _slice(self, index: int, offset: int, limit: int) -> bytes:
        if 0 <= index < len(self._blocks) and offset < self._starts[index] + len(self._blocks[index]):
            at = offset - self._starts[index]
            block = self._blocks[index]
            return block if at == 0 and limit >= len(block) else block[at : at + limit]
        at = offset - (self.end - len(self._tail))
        return bytes(memoryview(self._tail)[at : at + limit])
