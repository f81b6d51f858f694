"""What a request costs and how much a model can see, by the tables of genai-prices, offline.

This is the agent's own sight of it. In AGTerm the ledger at the door is what counts.
"""

from decimal import Decimal
from typing import Any

UNKNOWN_WINDOW = 128_000
NATIVE = {"anthropic": "anthropic", "openai-responses": "openai", "google": "google"}
OTHER_NAMES = {"xai": "x-ai"}


def cost_of(provider: str, dialect: str, model: str, usage: Any) -> Decimal | None:
    """Dollars of one request's usage (counted as genai-prices does: cached tokens are input too); None: no price."""
    from genai_prices import calc_price

    for identity in _identities(provider, dialect):
        try:
            return calc_price(usage, model, provider_id=identity).total_price
        except (LookupError, ValueError):
            continue
    return None


def window_of(provider: str, dialect: str, model: str) -> int | None:
    """How many tokens the model can see, where it is known."""
    from genai_prices.data_snapshot import get_snapshot

    for identity in _identities(provider, dialect):
        try:
            _, found = get_snapshot().find_provider_model(model, None, identity, None)
        except LookupError:
            continue
        return found.context_window
    return None


def _identities(provider: str, dialect: str) -> list[str]:
    """The names that the tables may have for a provider.

    Who is unknown but speaks a vendor's own dialect is taken for that vendor; a Chat Completions server may be
    anybody.
    """
    names = [OTHER_NAMES.get(provider, provider)]
    if dialect != "openai-chat":
        names.append(NATIVE[dialect])
    return names
