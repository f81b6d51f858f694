"""What the transcripts of all CLIs have in common: lines of JSON, and what is told of a call and of a plan."""

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

import orjson

from providers.usage import Terms, Usage

MAX_LINE_BYTES = 1024 * 1024  # what tells of a call is short; a tool's whole output is not waited for
MOST_LINES, MOST_TOLD = 2000, 100  # of one feeding, so that nobody's file holds up the others
MAX_TOKENS = 10**9  # nobody's call has more; forged figures must not pass for money


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A call that a transcript tells of. `id`: its own, the same one whenever it is told again."""

    id: str
    at: datetime
    model: str
    usage: Usage
    terms: Terms = field(default_factory=Terms)
    request_id: str = ""
    response_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanUse:
    """How much of a subscription's allowance is used up, in percent, in a window of so many minutes."""

    window: str
    used_percent: float
    window_minutes: int | None
    resets_at: datetime | None
    seen_at: datetime


class Transcript(ABC):
    """One file of a CLI, read as it grows. `state` is JSON: with it another process goes on where this one stopped.

    `provider_id`: whose models it tells of; `patterns`: globs below HOME where its files lie.
    """

    provider_id: ClassVar[str]
    patterns: ClassVar[tuple[str, ...]]

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        self.state: dict[str, Any] = state or {}
        self.plan: dict[str, PlanUse] = {}  # the newest of each window, of what was fed

    def feed(self, data: bytes, start: int = 0) -> tuple[list[Told], int]:
        """What whole lines of `data`, from `start` on, tell of calls, and where the lines that were read end.

        Not all of them at once: whoever has more to feed goes on from there, until there is no way on.
        """
        told: list[Told] = []
        at = start
        for _ in range(MOST_LINES):
            end = data.find(b"\n", at)
            if end < 0 and len(data) - at <= MAX_LINE_BYTES:
                break
            if 0 <= end - at <= MAX_LINE_BYTES and (record := _parsed(data[at:end])) is not None:
                told += self._line(record)
            at = end + 1 if end >= 0 else len(data)
            if end < 0 or len(told) >= MOST_TOLD:
                break
        return told, at

    @abstractmethod
    def _line(self, record: dict[str, Any]) -> list[Told]:
        """What is certain with this line; what may still change is kept in `state`."""

    def rest(self) -> list[Told]:
        """What was kept, once nothing more will follow."""
        return []


class Pending(Transcript):
    """A transcript that tells of a call several times: the last time counts, and another call's line makes it final."""

    def rest(self) -> list[Told]:
        held, self.state = self.state, {}
        return [_unpacked(held)] if held else []

    def _line(self, record: dict[str, Any]) -> list[Told]:
        told = self._told(record)
        if told is None:
            return []
        before = self.rest() if self.state.get("id") != told.id else []
        self.state = _packed(told)
        return before

    @abstractmethod
    def _told(self, record: dict[str, Any]) -> Told | None:
        """The call that the line is about; None when it is about none, or makes no sense."""


def _packed(told: Told) -> dict[str, Any]:
    """As JSON: figures and short words only, whatever else stood in the line."""
    return asdict(told) | {"at": told.at.isoformat()}


def _unpacked(held: dict[str, Any]) -> Told:
    usage, terms = Usage(**held["usage"]), Terms(**held["terms"])
    return Told(**held | {"at": datetime.fromisoformat(held["at"]), "usage": usage, "terms": terms})


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None


def part(record: Any, *path: str) -> dict[str, Any]:
    """The object at that place, empty when there is none."""
    for name in path:
        record = record.get(name) if isinstance(record, dict) else None
    return record if isinstance(record, dict) else {}


def count(record: dict[str, Any], name: str) -> int:
    value = record.get(name)
    return min(value, MAX_TOKENS) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def word(record: dict[str, Any], name: str, most: int = 200) -> str:
    value = record.get(name)
    return value[:most] if isinstance(value, str) and value.isprintable() else ""


def moment(record: dict[str, Any], name: str = "timestamp") -> datetime | None:
    """An ISO moment with a time zone; None for anything else."""
    try:
        at = datetime.fromisoformat(word(record, name))
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
