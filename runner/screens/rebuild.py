"""What a new worker is told so that a screen is again what it was when the old worker died."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from runner.screens import messages
from runner.screens.messages import Engine, Kind

FEED_BYTES = 256 * 1024  # of one message
# Bytes are missing between the checkpoint and the journal: what the checkpoint left unfinished will not be finished.
CANCEL = zlib.compress(b"\x18")

Step = tuple[Literal["size"], int, int] | tuple[Literal["data"], bytes]
"""One thing that happened to a terminal: it was resized, or its program printed something."""
Wish = Literal[Kind.REPAINT, Kind.TEXT, Kind.SNAPSHOT, Kind.LINES, Kind.JOINED]


@dataclass(frozen=True)
class Checkpoint:
    """A screen as it was after `offset` bytes at that size. `packed` is for the next worker to read, not for us."""

    offset: int
    cols: int
    rows: int
    packed: bytes


@dataclass
class Question:
    """A repaint, text… that is wanted of a screen, as it was after `offset` bytes at that size."""

    number: int
    kind: Wish
    history: int
    offset: int
    cols: int
    rows: int
    skip: int = 0

    def message(self, screen: int) -> bytes:
        return messages.request(self.kind, screen, self.number, self.history, self.skip)


@dataclass
class Rebuild:
    """Goes through what a terminal has seen, and gives the messages that bring a new emulator to its end.

    `offset` is where the steps begin. Queries before `answered` have been answered by a dead worker and are not again.
    A `checkpoint` stands for what was before the steps; when it is older, what came between is lost.
    Each question is put where it was asked: its answer has to fit the byte stream that goes on from there.
    """

    screen: int
    cols: int
    rows: int
    offset: int
    answered: int
    questions: list[Question] = field(default_factory=list)
    checkpoint: Checkpoint | None = None

    def messages(self, steps: Sequence[Step], scrollback: int, engine: Engine) -> Iterator[bytes]:
        """From the opening on. `cols` and `rows` are the size that the screen ends with."""
        wanted = (self.cols, self.rows)
        if self.checkpoint:
            self.cols, self.rows = self.checkpoint.cols, self.checkpoint.rows
        elif steps and steps[0][0] == "size":
            _, self.cols, self.rows = steps[0]
        yield messages.open_screen(self.screen, self.cols, self.rows, scrollback, engine)
        yield from self._paint()
        for step in steps:
            yield from self._due_questions()
            if step[0] == "size":
                yield from self._resize(step[1], step[2])
            else:
                yield from self._feed(step[1])
        yield from self._due_questions()
        yield from self._resize(*wanted)

    def _paint(self) -> Iterator[bytes]:
        if self.checkpoint:
            yield messages.numbered(Kind.PAINT, self.screen, self.checkpoint.packed)
            if self.checkpoint.offset < self.offset:
                yield messages.numbered(Kind.PAINT, self.screen, CANCEL)

    def _resize(self, cols: int, rows: int) -> Iterator[bytes]:
        if (cols, rows) != (self.cols, self.rows):
            self.cols, self.rows = cols, rows
            yield messages.resize(self.screen, cols, rows)

    def _feed(self, data: bytes) -> Iterator[bytes]:
        end = self.offset + len(data)
        stops = sorted({*(q.offset for q in self.questions), self.answered, end})
        for stop in stops:
            if not self.offset < stop <= end:
                continue
            piece, data = data[: stop - self.offset], data[stop - self.offset :]
            yield from feed_messages(self.screen, piece, quiet=self.offset < self.answered)
            self.offset = stop
            yield from self._due_questions()

    def _due_questions(self) -> Iterator[bytes]:
        while self.questions and self.questions[0].offset <= self.offset:
            question = self.questions.pop(0)
            # The journal may have dropped a size that was soon replaced; the question was asked at that size.
            yield from self._resize(question.cols, question.rows)
            yield question.message(self.screen)


def feed_messages(screen: int, data: bytes, *, quiet: bool = False) -> Iterator[bytes]:
    """One message for usual output, several for a lot; `quiet`: nothing in it is answered."""
    kind = Kind.REPLAY if quiet else Kind.FEED
    for start in range(0, len(data), FEED_BYTES):
        yield messages.numbered(kind, screen, data[start : start + FEED_BYTES])


def size_bytes(steps: Iterable[Step]) -> int:
    return sum(len(step[1]) for step in steps if step[0] == "data")
