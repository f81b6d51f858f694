"""One screen inside the worker: its emulator and what is still to be done to it, a small piece each turn."""

import codecs
import time
import traceback
from collections import deque
from collections.abc import Generator, Iterator

from runner import wire
from runner.screens import checkpoints, messages
from runner.screens.avt import AvtEmulator
from runner.screens.ghostty import GhosttyEmulator
from runner.screens.messages import Kind

SLICE_BYTES = 64 * 1024  # one turn: 7 ms for the slowest text seen (9 MB/s), so that screens take turns quickly
# A frame may have 64 MiB; ten thousand lines of a thousand cells, each of another colour, would have six times that.
MAX_DRAWN_BYTES, DRAWN_SPARE_BYTES = 32 * 1024 * 1024, 16 * 1024 * 1024
LESS_HISTORY = 4
DRAWING_TURN_S = 0.005  # of a repaint; one of 10,000 lines takes 100 ms and more

Emulator = GhosttyEmulator | AvtEmulator


class Drawing:
    """A repaint, or the snapshot that has one in it, in the making."""

    def __init__(self, kind: int, number: int, history: int, parts: Iterator[bytes]) -> None:
        self.kind, self.number, self.history = kind, number, history
        self.painted = bytearray()
        self._parts = parts

    def advance(self) -> bool:
        """Go on for a turn; whether it is finished."""
        until = time.perf_counter() + DRAWING_TURN_S
        for part in self._parts:
            self.painted += part
            if time.perf_counter() > until:
                return False
        return True

    def close(self) -> None:
        """Give back what the emulator has lent for it."""
        if isinstance(self._parts, Generator):
            self._parts.close()


class Screen:
    """One emulator, what is still to be done to it in order, and how far it is."""

    def __init__(self, number: int, emulator: Emulator, cols: int, rows: int) -> None:
        self.number = number
        self.emulator = emulator
        self._size = (cols, rows)
        self.todo: deque[wire.Frame] = deque()
        self.fed = 0
        self._title = ""
        self._drawing: Drawing | None = None  # until it is finished, nothing else is done here

    @property
    def is_busy(self) -> bool:
        return self._drawing is not None or bool(self.todo)

    def turn(self) -> list[bytes]:
        """Do the next thing, or a slice of it; returns the messages about it."""
        if self._drawing is not None:
            return self._draw(self._drawing)
        kind, body = self.todo.popleft()
        if kind in (Kind.FEED, Kind.REPLAY):
            return self._feed(kind, body[4:])
        if kind == Kind.PAINT:
            self.emulator.feed(checkpoints.unpack(body[4:]))  # nothing in it is answered, and it counts as nothing
            return [self._confirmation()]
        if kind == Kind.RESIZE:
            self._size = messages.parse_resize(body)
            self.emulator.resize(*self._size)
            return [self._confirmation()]
        return self._serve(kind, *messages.parse_request(body))

    def _feed(self, kind: int, data: bytes) -> list[bytes]:
        data = self._slice(kind, data)
        replies = self.emulator.feed(data)
        self.fed += len(data)
        out = []
        if kind == Kind.FEED:
            if replies:
                out.append(messages.numbered(Kind.REPLY, self.number, replies))
            if (title := self.emulator.title) != self._title:
                self._title = title
                out.append(messages.numbered(Kind.TITLE, self.number, title.encode(errors="replace")))
        out.append(self._confirmation())
        return out

    def _confirmation(self) -> bytes:
        return messages.fed(self.number, self.fed)

    def _slice(self, kind: int, data: bytes) -> bytes:
        """One turn's bytes: small messages joined, a large one cut."""
        parts, size = [data], len(data)
        while size < SLICE_BYTES and self.todo and self.todo[0].kind == kind:
            part = self.todo.popleft().body[4:]
            parts.append(part)
            size += len(part)
        joined = b"".join(parts)
        if size > SLICE_BYTES:
            self.todo.appendleft(wire.Frame(kind, bytes(4) + joined[SLICE_BYTES:]))
        return joined[:SLICE_BYTES]

    def _serve(self, kind: int, number: int, history: int, skip: int) -> list[bytes]:
        if kind in (Kind.REPAINT, Kind.SNAPSHOT):
            return self._draw(Drawing(kind, number, history, self.emulator.painting(history)))
        try:
            return [_result(number, self._read(kind, history, skip))]
        except Exception:
            return [_failed(number)]

    def _read(self, kind: int, history: int, skip: int) -> bytes:
        if kind == Kind.TEXT:
            return self.emulator.text(history).encode(errors="replace")
        if kind == Kind.JOINED:
            return self.emulator.joined().encode(errors="replace")
        total, lines = self.emulator.lines(history, skip)
        return messages.json_result({"total": total, "lines": lines})

    def _draw(self, drawing: Drawing) -> list[bytes]:
        """A turn of it; then the other screens have theirs."""
        self._drawing = None
        try:
            if drawing.advance():
                return [_result(drawing.number, self._drawn(drawing))]
        except Exception:
            return [_failed(drawing.number)]
        self._drawing = self._smaller(drawing) if len(drawing.painted) > MAX_DRAWN_BYTES else drawing
        return [self._confirmation()]

    def _smaller(self, drawing: Drawing) -> Drawing:
        """Begin anew with less history, which alone can be so much; without any, `_result` refuses it."""
        if drawing.history == 0:
            return drawing
        drawing.close()
        history = drawing.history // LESS_HISTORY
        return Drawing(drawing.kind, drawing.number, history, self.emulator.painting(history))

    def _drawn(self, drawing: Drawing) -> bytes:
        if drawing.kind == Kind.REPAINT:
            return bytes(drawing.painted)
        decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        data = decoder.decode(drawing.painted)
        begun = len(decoder.getstate()[0])  # bytes of a character that is not whole yet and so no text
        return messages.json_result(
            self.emulator.facts() | {"text": self.emulator.text(), "data": data, "begun": begun}
        )

    def checkpoint(self) -> list[bytes]:
        """The message with what brings a new emulator here; without it where that fails or would be too large."""
        for history in checkpoints.HISTORY_LINES:
            try:
                packed = checkpoints.pack(self.emulator.repaint(history))
            except BaseException:  # avt's panics are no `Exception`; who wants to see the screen will be told
                break
            if packed:
                return [messages.checkpoint(self.number, self.fed, *self._size, packed)]
        return [self._confirmation()]

    def close(self) -> None:
        if self._drawing is not None:
            self._drawing.close()
        self.emulator.close()


def _result(number: int, result: bytes) -> bytes:
    if len(result) > MAX_DRAWN_BYTES + DRAWN_SPARE_BYTES:
        raise ValueError(f"{len(result)} bytes are more than a screen may have")
    return messages.numbered(Kind.RESULT, number, result)


def _failed(number: int) -> bytes:
    """Of the exception that is being handled."""
    return messages.numbered(Kind.FAILED, number, traceback.format_exc(limit=-3).encode(errors="replace"))
