"""What a conversation has used, and when a turn has used enough: requests, time, tokens and dollars."""

import time
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from agterm_agent.settings import Limits


@dataclass(frozen=True)
class Totals:
    """What requests have used. No token is in two classes: `input_tokens` are those no cache has to do with.

    `cost_usd`: None once a request was among them whose price nobody knows.
    """

    requests: int = 0
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal | None = Decimal(0)

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.cache_read_tokens + self.cache_write_tokens + self.output_tokens

    def __add__(self, other: "Totals") -> "Totals":
        unknown = self.cost_usd is None or other.cost_usd is None
        cost = None if unknown else (self.cost_usd or Decimal(0)) + (other.cost_usd or Decimal(0))
        counts = {name: getattr(self, name) + getattr(other, name) for name in COUNTS}
        return Totals(**counts, cost_usd=cost)

    def figures(self) -> dict[str, Any]:
        """For an event: plain numbers, and the dollars as text."""
        return {**asdict(self), "cost_usd": dollars(self.cost_usd)}

    @classmethod
    def of(cls, figures: dict[str, Any]) -> "Totals":
        """The totals that `figures` gave; of others only what can be read."""
        counts = {name: value for name in COUNTS if isinstance(value := figures.get(name), int)}
        try:
            return cls(**counts, cost_usd=Decimal(figures["cost_usd"]))
        except (KeyError, TypeError, ValueError, ArithmeticError):
            return cls(**counts, cost_usd=None)


now = time.monotonic
COUNTS = [field.name for field in fields(Totals) if field.name != "cost_usd"]


def dollars(amount: Decimal | None) -> str | None:
    """Without an exponent and without zeros at the end."""
    return None if amount is None else format(amount.normalize(), "f")


class Kind(StrEnum):
    ITERATIONS = "iterations"
    TIME = "time"
    TOKENS = "tokens"
    COST = "cost"


@dataclass(frozen=True)
class Reached:
    """A limit that is reached, in words for people."""

    kind: Kind
    words: str

    @property
    def leaves_room(self) -> bool:
        """Whether one short request more is no harm: what is limited is not what it uses."""
        return self.kind in (Kind.ITERATIONS, Kind.TIME)


class Meter:
    """Watches one turn."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._started = now()
        self.iterations = 0
        self.used = Totals()

    def count(self, used: Totals) -> None:
        self.used += used

    @property
    def seconds_left(self) -> float | None:
        """None: as long as it takes."""
        limit = self._limits.time_s
        return None if limit is None else self._started + limit - now()

    @property
    def is_out_of_time(self) -> bool:
        left = self.seconds_left
        return left is not None and left <= 0

    def out_of_time(self) -> Reached:
        return Reached(Kind.TIME, f"the limit of {self._limits.time_s:g} seconds is reached")

    def reached(self) -> Reached | None:
        """The first limit that leaves no room for another request."""
        limits, used = self._limits, self.used
        if limits.cost_usd is not None and (used.cost_usd or 0) >= limits.cost_usd:
            return Reached(Kind.COST, f"the limit of ${dollars(limits.cost_usd)} is reached")
        if limits.tokens is not None and used.tokens >= limits.tokens:
            return Reached(Kind.TOKENS, f"the limit of {limits.tokens} tokens is reached")
        if self.is_out_of_time:
            return self.out_of_time()
        if self.iterations >= limits.iterations:
            return Reached(Kind.ITERATIONS, f"the limit of {limits.iterations} model requests is reached")
        return None

    def cannot_hold_cost(self) -> bool:
        """Whether dollars are limited while nobody knows what the model costs."""
        return self._limits.cost_usd is not None and self.used.cost_usd is None
