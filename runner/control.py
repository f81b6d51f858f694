"""Who is attached to one terminal, which of them drives it, and the sizes they wish for."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from core.errors import Conflict, Forbidden, NoSession
from runner import protocol
from runner.pacing import Seldom

MAX_READERS = 200
SHOWN_VIEWERS = 100
TELL_INTERVAL_S = 0.1  # at once after a pause; a crowd that comes or goes is told of together

Size = tuple[int, int]


class Reader(Protocol):
    """What a terminal knows of those who are attached, and tells them."""

    control: bool  # may type; else it only watches
    paces: bool  # may hold the program back
    acknowledged: int
    who: dict[str, str]  # the web's own words for who it is

    def pump(self) -> None:
        """There may be output to send: take from the journal what fits."""

    def notify(self, event: str, **fields: Any) -> None:
        """Something happened at this place of the output."""

    def present(self, body: bytes) -> None:
        """How things are now, an event ready to send; only the newest has to arrive, wherever the output is."""


class Driven(Protocol):
    """The terminal."""

    cols: int
    rows: int

    def resize(self, cols: int, rows: int) -> None: ...

    def on_driver(self) -> None:
        """Somebody else drives, or nobody."""

    def on_viewers(self, viewers: dict[str, Any]) -> None:
        """Somebody came, left or drives: `viewers` and `viewer_count` of `Control.viewers`."""


@dataclass
class Seat:
    """One attached reader: since when (Unix seconds), and the size it would like."""

    id: int
    since: float
    size: Size | None


class Control:
    """One drives and owns the size, all with `control` may type. Where nobody drives, the next to act gets it."""

    def __init__(self, terminal: Driven) -> None:
        self.driver: Reader | None = None
        self._terminal = terminal
        self._seats: dict[Reader, Seat] = {}
        self._ids = count(1)
        self._news = Seldom(self._tell, TELL_INTERVAL_S)

    @property
    def readers(self) -> Iterable[Reader]:
        return tuple(self._seats)

    def check_room(self, leaving: Reader | None = None) -> None:
        """Raises `Conflict` when as many are attached as may be, `leaving` not counted."""
        if len(self._seats) - (leaving in self._seats) >= MAX_READERS:
            raise Conflict(f"{MAX_READERS} are attached to this session already, more than that cannot be")

    def join(self, reader: Reader, size: Size | None) -> None:
        """Attach. Who comes to control a terminal that nobody drives, drives it. Raises as `check_room`."""
        self.check_room()
        seat = Seat(next(self._ids), time.time(), size if reader.control else None)
        if self.driver is None and reader.control:
            self._give(reader, seat)  # before it is seated: the new size comes with the answer, not as an event
        self._seats[reader] = seat
        self._news.changed()

    def leave(self, reader: Reader) -> None:
        if self._seats.pop(reader, None) is None:
            return
        if self.driver is reader:
            self.driver = None
            self._terminal.on_driver()
        self._news.changed()

    def typed(self, reader: Reader) -> None:
        if self.driver is None:
            self._give(reader, self._seat(reader))

    def take(self, reader: Reader, size: Size | None) -> None:
        """Drive from now on, at the size given or remembered. Raises `Forbidden` for those who only watch."""
        seat = self._seat(reader)
        seat.size = size or seat.size
        self._give(reader, seat)

    def fit(self, reader: Reader, size: Size) -> None:
        """The reader's own size: the terminal's when it drives or nobody does, else for later. Raises as `take`."""
        seat = self._seat(reader)
        seat.size = size
        if self.driver in (None, reader):
            self._give(reader, seat)
        else:
            reader.notify("resized", cols=self._terminal.cols, rows=self._terminal.rows)

    def _seat(self, reader: Reader) -> Seat:
        if not reader.control:
            raise Forbidden("This attachment only watches")
        if reader not in self._seats:
            raise NoSession
        return self._seats[reader]

    def _give(self, reader: Reader, seat: Seat) -> None:
        before, self.driver = self.driver, reader
        if seat.size is not None:
            self._terminal.resize(*seat.size)
        if before is not reader:
            self._terminal.on_driver()
            self._news.changed()

    # --- who is here ---------------------------------------------------------------------------------------------

    def viewers(self) -> dict[str, Any]:
        """`viewers`: who drives, then the others as they came, 100 at most; `viewer_count`: all of them."""
        ordered = sorted(self._seats, key=lambda reader: reader is not self.driver)
        return {"viewers": [self._facts(reader) for reader in ordered[:SHOWN_VIEWERS]], "viewer_count": len(ordered)}

    def _facts(self, reader: Reader) -> dict[str, Any]:
        seat, drives = self._seats[reader], reader is self.driver
        return {"id": seat.id, "who": reader.who, "control": reader.control, "drives": drives, "since": seat.since}

    def picture(self, reader: Reader) -> bytes:
        """The event `control` as this reader would be told now."""
        return _event(self.viewers(), you=reader is self.driver)

    def _tell(self) -> None:
        viewers = self.viewers()
        to_driver, to_others = _event(viewers, you=True), _event(viewers, you=False)
        for reader in self.readers:
            reader.present(to_driver if reader is self.driver else to_others)
        self._terminal.on_viewers(viewers)

    def close(self) -> None:
        """Nobody is attached any more, and nobody is told."""
        self._seats.clear()
        self.driver = None
        self._news.close()


def _event(viewers: dict[str, Any], *, you: bool) -> bytes:
    return protocol.dumps({"event": "control", "you": you, **viewers})
