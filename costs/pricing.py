"""What a call cost, or may cost at most, in pico-dollars: the ledger's and the budgets' view of the price lists."""

import logging
from dataclasses import dataclass
from datetime import datetime

from costs.models import Source
from providers import prices
from providers.usage import Terms, Usage

log = logging.getLogger("agterm.costs")

BYTES_A_TOKEN = 4  # of English and of code, about; what is estimated is marked so
MOST_OUTPUT_TOKENS = 131_072  # of models that don't tell; more than any writes in one answer
LEAST_OUTPUT_TOKENS = 4096  # room for an answer that is worth beginning
MOST_INPUT_TOKENS = 1_000_000  # of a request that points to more than it says, to a model whose window nobody knows
MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    source: Source
    cost_picousd: int = 0
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request says of its own price."""

    provider: str
    model: str
    terms: Terms
    at: datetime
    input_bytes: int
    max_output_tokens: int | None
    answers: int = 1  # that are asked for; `max_output_tokens` covers them all
    says_all: bool = True  # else it points to content elsewhere, and its size says little of the input


def price(provider: str, models: tuple[str, ...], usage: Usage, at: datetime, terms: Terms) -> Price:
    """The price by the first of these names that the lists know; nothing used costs nothing, whatever the model."""
    if not usage.total_tokens and not usage.extra and usage.reported_usd is None:
        return Price(Source.COMPUTED)
    for model in dict.fromkeys(models):
        if (found := _price(provider, model, usage, at, terms)) is not None:
            return found
    return Price(Source.UNPRICED)


def _price(provider: str, model: str, usage: Usage, at: datetime, terms: Terms) -> Price | None:
    try:
        priced = prices.cost_of(provider, model, usage, at, terms)
    except Exception:  # a call that was made is written down, whatever is wrong with the price lists
        log.exception("pricing %s %s failed; `agterm reprice` can price it later", provider, model)
        return None
    if priced is None:
        return None
    return Price(Source.REPORTED if priced.is_reported else Source.COMPUTED, priced.cost_picousd, priced.version)


def at_worst(asked: Asked) -> int | None:
    """The most that the call can cost; None: no price known. Every byte may be a token, and the dearest kind of it."""
    window, model_output = _bounds_of(asked.provider, asked.model)
    longest = model_output or min(window or MOST_OUTPUT_TOKENS, MOST_OUTPUT_TOKENS)
    if asked.says_all:
        most_input = min(asked.input_bytes, window or asked.input_bytes)
    else:
        most_input = window or max(asked.input_bytes, MOST_INPUT_TOKENS)
    most_output = asked.max_output_tokens or longest * asked.answers
    return _worst(asked, input_tokens=most_input, output_tokens=most_output)


def at_least(asked: Asked) -> int | None:
    """What must be left so that beginning the call makes sense; None: no price known."""
    return _likely(asked, min(LEAST_OUTPUT_TOKENS, asked.max_output_tokens or LEAST_OUTPUT_TOKENS))


def tokens_for(asked: Asked, picousd: int) -> int | None:
    """How long an answer that much pays for, by the measure of `at_least`; None: of any length."""
    without, with_many = _likely(asked, 0), _likely(asked, MANY)
    if without is None or with_many is None or with_many <= without:
        return None
    return max(0, picousd - without) * MANY // (with_many - without)


def _likely(asked: Asked, output_tokens: int) -> int | None:
    """What the call costs if each two bytes of the request are a token: rather too much, but no worst case."""
    window, _ = _bounds_of(asked.provider, asked.model)
    tokens = asked.input_bytes // 2
    usage = Usage(input_tokens=min(tokens, window or tokens), output_tokens=output_tokens)
    found = _price(asked.provider, asked.model, usage, asked.at, asked.terms)
    return found.cost_picousd if found else None


def reckoned(asked: Asked, output_bytes: int) -> Usage:
    """What a call used up, as far as sizes tell."""
    window, _ = _bounds_of(asked.provider, asked.model)
    tokens = -(-asked.input_bytes // BYTES_A_TOKEN)
    return Usage(input_tokens=min(tokens, window or tokens), output_tokens=-(-output_bytes // BYTES_A_TOKEN))


def _worst(asked: Asked, *, input_tokens: int, output_tokens: int) -> int | None:
    try:
        return prices.worst_case(
            asked.provider,
            asked.model,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            at=asked.at,
            terms=asked.terms,
        )
    except Exception:
        log.exception("pricing %s %s failed", asked.provider, asked.model)
        return None


def _bounds_of(provider: str, model: str) -> tuple[int | None, int | None]:
    """Context window and most output, as far as known."""
    found = prices.model(provider, model)
    return (found.context_window, found.max_output_tokens) if found else (None, None)
