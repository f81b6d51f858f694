"""What happens to any terminal here, told to whoever subscribed; one that does not read costs a fixed amount."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from runner import protocol

Item = TypeVar("Item")

MAX_WAITING = 1000
END = "removed"  # after it nothing that waits about the same terminal is worth telling


class Latest(Generic[Item]):
    """What waits for a slow listener: of each subject and kind only the newest, in the order of the newest.

    Beyond `MAX_WAITING` of them everything is dropped and `missed` says so: the listener had better look for itself.
    """

    def __init__(self, end: str = END) -> None:
        self.missed = False
        self._end = end
        self._waiting: dict[tuple[str, str], Item] = {}

    def __bool__(self) -> bool:
        return self.missed or bool(self._waiting)

    def put(self, subject: str, kind: str, item: Item) -> None:
        self._waiting.pop((subject, kind), None)
        if kind == self._end:
            self._waiting = {key: other for key, other in self._waiting.items() if key[0] != subject}
        self._waiting[subject, kind] = item
        if len(self._waiting) > MAX_WAITING:
            self._waiting.clear()
            self.missed = True

    def pop(self) -> Item | None:
        """The oldest of what waits, None when there is none."""
        if not self._waiting:
            return None
        return self._waiting.pop(next(iter(self._waiting)))


class Subscriber:
    """One connection that wants every event."""

    def __init__(self, send: Callable[[bytes], None], writable: Callable[[], bool]) -> None:
        self._send, self._writable = send, writable
        self._late: Latest[bytes] = Latest()

    def tell(self, terminal_id: str, event: str, body: bytes) -> None:
        self._late.put(terminal_id, event, body)
        self.pump()

    def pump(self) -> None:
        """Send what waits, as far as the connection takes it."""
        while self._writable():
            if self._late.missed:
                self._late.missed = False
                self._send(protocol.dumps({"event": "missed"}))
            elif (body := self._late.pop()) is not None:
                self._send(body)
            else:
                return


class Feed:
    """Everybody who wants to know what happens here."""

    def __init__(self) -> None:
        self.subscribers: set[Subscriber] = set()

    def tell(self, terminal_id: str, event: str, fields: Mapping[str, Any], *, of: str = "") -> None:
        """One event, `{"event", "id", …fields}`, to all; `of`: what it is about, where one terminal has several."""
        if self.subscribers:
            body = protocol.dumps({**fields, "event": event, "id": terminal_id})
            for subscriber in tuple(self.subscribers):
                subscriber.tell(terminal_id, event + of, body)
