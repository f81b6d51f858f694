"""One screen's way to the worker: at once as a rule; a flood waits until it is over, lest drawing it slow it down."""

import asyncio
from collections.abc import Callable

from runner.screens import rebuild

FLOOD_BYTES, FLOOD_WINDOW_S = 512 * 1024, 0.05  # more than this in this time is a flood…
CALM_BYTES, LOOK_S = 64 * 1024, 0.03  # …which is over when less than this came in that time
CHUNK_BYTES = rebuild.FEED_BYTES


class Feeder:
    """Passes on or holds what a program printed; in both cases nothing is lost, doubled or put out of order.

    Drawing coloured text takes more processor time than carrying it. On a machine with few processors the flood that
    somebody waits for is over sooner when it is drawn afterwards. `may_hold` says whether there is room for
    more; where there is none, or as soon as somebody wants to see the screen (`release`), everything goes on.
    """

    def __init__(self, number: int, send: Callable[[bytes], None], may_hold: Callable[[], bool]) -> None:
        self._number, self._send, self._may_hold = number, send, may_hold
        self._loop = asyncio.get_running_loop()
        self._held: list[bytes] = []  # messages
        self._pieces: list[bytes] = []  # the next message's
        self._pieces_bytes = 0
        self._window_began = 0.0
        self._window_bytes = self._looked_bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    def feed(self, data: bytes) -> None:
        if not self._is_flood(len(data)):
            self._pass_on(data)
            return
        self._pieces.append(data)
        self._pieces_bytes += len(data)
        self._looked_bytes += len(data)
        if self._timer is None:
            self._timer = self._loop.call_later(LOOK_S, self._look)
        if self._pieces_bytes >= CHUNK_BYTES:
            self._pack()
            if not self._may_hold():
                self._let_go()

    def _is_flood(self, size_bytes: int) -> bool:
        now = self._loop.time()
        if now - self._window_began > FLOOD_WINDOW_S:
            self._window_began, self._window_bytes = now, 0
        self._window_bytes += size_bytes
        return self._timer is not None or self._window_bytes > FLOOD_BYTES

    def _look(self) -> None:
        if self._looked_bytes < CALM_BYTES:
            self.release()
            return
        self._looked_bytes = 0
        self._timer = self._loop.call_later(LOOK_S, self._look)

    def release(self) -> None:
        """Everything held goes to the worker now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._window_bytes = self._looked_bytes = 0
            self._let_go()

    def _let_go(self) -> None:
        self._pack()
        held, self._held = self._held, []
        for message in held:
            self._send(message)

    def forget(self) -> None:
        """What is held reaches the worker otherwise, or never has to."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._held, self._pieces, self._pieces_bytes = [], [], 0

    def _pack(self) -> None:
        if self._pieces:
            self._held.extend(rebuild.feed_messages(self._number, b"".join(self._pieces)))
            self._pieces, self._pieces_bytes = [], 0

    def _pass_on(self, data: bytes) -> None:
        for message in rebuild.feed_messages(self._number, data):
            self._send(message)
