"""What one call to a model used up, in classes that don't overlap, so that nothing is counted twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Token counts of one call; every token is in exactly one of input, cache read, cache write and output.

    `cache_write_1h_tokens` and `reasoning_tokens` say how many of the writes, and of the output, are of that kind.
    `extra` holds what has a price of its own besides (audio tokens, web searches), by the names of `genai_prices`.
    `reported_usd`: the cost as the provider itself told it, decimal dollars; few do.
    """

    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    extra: Mapping[str, int] = field(default_factory=dict)
    reported_usd: str | None = None

    @property
    def total_tokens(self) -> int:
        return self.input_tokens + self.cache_read_tokens + self.cache_write_tokens + self.output_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What else decides a call's price: `service_tier` (flex, priority, batch …; empty: standard), `speed` (fast …)."""

    service_tier: str = ""
    speed: str = ""
