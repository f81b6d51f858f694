"""Sums of calls as reports hold them: dollars, what a subscription would have cost, and what has no price."""

from collections.abc import Iterable
from dataclasses import dataclass, field

COUNTS = (
    "cost_picousd", "requests", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens",
    "reasoning_tokens",
)  # fmt: skip


@dataclass(slots=True)
class Counts:
    """What was used up, and its cost; the token classes don't overlap (`providers.usage.Usage`)."""

    cost_picousd: int = 0
    requests: int = 0
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.cache_read_tokens + self.cache_write_tokens + self.output_tokens

    def add(self, other: "Counts", sign: int = 1) -> None:
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + sign * getattr(other, name))


@dataclass(slots=True)
class Figures:
    """`billed` are dollars, `equivalent` is what calls of a subscription would have cost; never summed."""

    billed: Counts = field(default_factory=Counts)
    equivalent: Counts = field(default_factory=Counts)
    unpriced_requests: int = 0
    unpriced_tokens: int = 0
    unpriced_models: set[str] = field(default_factory=set)

    def add(self, other: "Figures", sign: int = 1) -> None:
        self.billed.add(other.billed, sign)
        self.equivalent.add(other.equivalent, sign)
        self.unpriced_requests += sign * other.unpriced_requests
        self.unpriced_tokens += sign * other.unpriced_tokens
        self.unpriced_models |= other.unpriced_models


def summed(parts: Iterable[Figures]) -> Figures:
    total = Figures()
    for part in parts:
        total.add(part)
    return total


def shares(costs: list[int]) -> list[int]:
    """Each cost's share in hundredths of a percent; they add up to 10,000 exactly, or are all 0 without any cost."""
    total = sum(costs)
    if total <= 0:
        return [0] * len(costs)
    floors = [cost * 10_000 // total for cost in costs]
    missing = 10_000 - sum(floors)
    by_rest = sorted(range(len(costs)), key=lambda place: costs[place] * 10_000 % total, reverse=True)
    for place in by_rest[:missing]:
        floors[place] += 1
    return floors
