"""Ends a stream that a budget can't pay to its end, between two of its events."""

import asyncio
import time
from collections.abc import AsyncIterator

BYTES_A_TOKEN = 3  # fewer than in life, so that the estimate is rather too high
THOUGHT_A_SECOND = 100  # tokens that a model writes and does not show, while it is silent
SILENCE_S = 2.0  # a shorter one is no thinking
EVENT_ENDS = (b"\n\n", b"\r\n\r\n", b"\r\r")
OVERLAP = 3  # bytes of an end that may lie in the chunk before


class Fuse:
    """How much of an answer may be written: about `most_tokens`, those that show and those that time tells of."""

    def __init__(self, most_tokens: int) -> None:
        self._most_tokens = most_tokens
        self._visible_bytes = 0
        self._silent_s = 0.0  # since something showed
        self._thinking_s = 0.0  # before that
        self._before = b""
        self.is_blown = False

    @property
    def unseen_bytes(self) -> int:
        """What the model seems to have thought, in bytes of text."""
        silent_s = self._silent_s if self._silent_s > SILENCE_S else 0
        return round((self._thinking_s + silent_s) * THOUGHT_A_SECOND) * BYTES_A_TOKEN

    @property
    def is_between_events(self) -> bool:
        return self._before.endswith(EVENT_ENDS)

    async def while_paid(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The same chunks, but when nothing comes for longer than is paid for, it is blown and this ends."""
        while True:
            began = time.monotonic()
            try:
                async with asyncio.timeout(self._patience_s()) as patience:
                    chunk = await anext(chunks, None)
            except TimeoutError:
                if not patience.expired():
                    raise
                self.is_blown = True
                chunk = None
            self._silent_s += time.monotonic() - began
            if chunk is None:
                return
            yield chunk

    def ends_at(self, chunk: bytes, visible_bytes: int) -> int | None:
        """Where in `chunk` the stream is to end: behind the first event that ends when too much has been written."""
        before, self._before = self._before, (self._before + chunk)[-len(EVENT_ENDS[1]) :]
        if visible_bytes > self._visible_bytes:
            self._thinking_s += self._silent_s if self._silent_s > SILENCE_S else 0
            self._silent_s, self._visible_bytes = 0.0, visible_bytes
        if visible_bytes + self.unseen_bytes <= self._most_tokens * BYTES_A_TOKEN:
            return None
        before = before[-OVERLAP:]
        seen = before + chunk
        ends = [seen.find(end) + len(end) for end in EVENT_ENDS if end in seen]
        if not ends:
            return None
        self.is_blown, self._before = True, seen[: min(ends)]
        return max(0, min(ends) - len(before))

    def _patience_s(self) -> float:
        paid_s = (self._most_tokens - self._visible_bytes // BYTES_A_TOKEN) / THOUGHT_A_SECOND
        return max(paid_s - self._thinking_s, SILENCE_S) - self._silent_s
