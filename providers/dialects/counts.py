"""Takes single values out of what a provider sent, which may be anything."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

MOST_TOKENS = 10**9  # of one class in one call; more is nonsense, and would not fit the ledger
MOST_USD = 10**6
XAI_TICKS = 10**10  # to a dollar
MOST_CHARACTERS = 200

_UNPRINTABLE = re.compile(r"[^\x21-\x7e]")


def count(value: object) -> int:
    """A number of tokens or of calls; 0 for all that is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:  # also NaN
        return 0
    return int(min(value, MOST_TOKENS))


def first_count(*values: object) -> int:
    return next((found for value in values if (found := count(value))), 0)


def within(value: object) -> Mapping[str, Any]:
    """An object; an empty one for all that is none."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def word(value: object) -> str:
    """An id or a name, fit for a database; empty for all that is none."""
    return _UNPRINTABLE.sub("", value[: 4 * MOST_CHARACTERS])[:MOST_CHARACTERS] if isinstance(value, str) else ""


def term(value: object) -> str:
    """A service tier or a speed."""
    return word(value).lower()[:32]


def limit(value: object) -> int | None:
    """A bound that a request sets; None when it sets none that counts."""
    return count(value) or None


def reported_usd(provider_id: str, usage: Mapping[str, Any]) -> str | None:
    """What the provider itself says that the call cost; of the few whose word on it is in dollars."""
    if provider_id == "openrouter":
        told = _usd(usage.get("cost"))
        if told is not None and usage.get("is_byok") is True:  # then `cost` is OpenRouter's fee alone
            upstream = _usd(within(usage.get("cost_details")).get("upstream_inference_cost"))
            return None if upstream is None else _plain(told + upstream)
    elif provider_id == "xai":
        ticks = usage.get("cost_in_usd_ticks")
        told = Decimal(ticks) / XAI_TICKS if type(ticks) is int and 0 <= ticks <= MOST_USD * XAI_TICKS else None
    elif provider_id == "perplexity":
        told = _usd(within(usage.get("cost")).get("total_cost"))
    else:
        return None
    return None if told is None else _plain(told)


def _usd(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_USD:
        return None
    return Decimal(repr(value))


def _plain(amount: Decimal) -> str:
    return format(amount, "f")
