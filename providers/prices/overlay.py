"""The operator's own models and prices, laid over the list: a JSON file, `{provider: {model: {…}}}`.

{"openai": {"gpt-5": {"prices": [{"from": "2027-01-01", "input": "1.10", "cacheRead": "0.11", "output": "9"}]}},
 "hub": {"*": {"pricedAs": "openai"}},
 "cellar": {"our-model": {"contextWindow": 32000, "prices": [{"input": 0, "output": 0}]}}}
"""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from genai_prices.types import ModelPrice, Tier, TieredPrices
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from providers.prices.errors import PricesError
from providers.usage import Terms

ANY_MODEL = "*"
Dollars = Annotated[Decimal, Field(ge=0, le=1000, max_digits=18, decimal_places=12)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)


class Rates(_Strict):
    """Dollars per million tokens; web searches per thousand."""

    input: Dollars | None = None
    cache_read: Dollars | None = None
    cache_write: Dollars | None = None
    cache_write_1h: Dollars | None = Field(default=None, alias="cacheWrite1h")
    output: Dollars | None = None
    web_searches: Dollars | None = None


class Above(Rates):
    """Rates of a call with more input than this."""

    input_tokens: int = Field(gt=0)


class Price(Rates):
    """Rates from a day on (UTC), of one service tier or speed when they are given."""

    input: Dollars
    output: Dollars
    since: date | None = Field(default=None, alias="from")
    service_tier: str = ""
    speed: str = ""
    above: tuple[Above, ...] = ()

    def fits(self, at: datetime, terms: Terms) -> bool:
        is_begun = self.since is None or at.astimezone(UTC).date() >= self.since
        return is_begun and self.service_tier in ("", terms.service_tier) and self.speed in ("", terms.speed)

    @property
    def rank(self) -> tuple[bool, bool, date]:
        return bool(self.service_tier), bool(self.speed), self.since or date.min

    def listed(self) -> ModelPrice:
        names = {
            "input_mtok": "input",
            "cache_read_mtok": "cache_read",
            "cache_write_mtok": "cache_write",
            "cache_write_1h_mtok": "cache_write_1h",
            "output_mtok": "output",
            "web_searches_kcount": "web_searches",
        }
        return ModelPrice(**{listed: self._rate(own) for listed, own in names.items()})

    def _rate(self, name: str) -> Decimal | TieredPrices | None:
        base: Decimal | None = getattr(self, name)
        tiers = [
            Tier(start=above.input_tokens, price=price)
            for above in self.above
            if (price := getattr(above, name)) is not None
        ]
        return TieredPrices(base=base, tiers=tiers) if tiers and base is not None else base


class Entry(_Strict):
    """One model of one provider, or (`*`) all that have no entry of their own.

    What is not given stays as the list has it. `priced_as`: `provider` or `provider/model` whose prices count.
    """

    name: str | None = None
    description: str | None = None
    context_window: int | None = Field(default=None, gt=0)
    max_output_tokens: int | None = Field(default=None, gt=0)
    deprecated: bool | None = None
    aliases: tuple[str, ...] = ()
    priced_as: str | None = Field(default=None, pattern=r"^[^/\s]+(/\S+)?$")
    prices: tuple[Price, ...] = ()

    def price(self, at: datetime, terms: Terms) -> Price | None:
        return max((price for price in self.prices if price.fits(at, terms)), key=lambda it: it.rank, default=None)


_FILE = TypeAdapter(dict[str, dict[str, Entry]])


class Overlay:
    """What such a file says."""

    def __init__(self, entries: dict[str, dict[str, Entry]], version: str) -> None:
        self._entries = entries
        self.version = version
        self._by_name = {
            (provider_id, name.lower()): entry
            for provider_id, models in entries.items()
            for model_id, entry in models.items()
            for name in (*entry.aliases, model_id)
        }

    def entry(self, provider_id: str, names: Iterable[str]) -> Entry | None:
        found = (self._by_name.get((provider_id, name.lower())) for name in (*names, ANY_MODEL))
        return next((entry for entry in found if entry is not None), None)

    def models(self, provider_id: str) -> dict[str, Entry]:
        return {name: entry for name, entry in self._entries.get(provider_id, {}).items() if name != ANY_MODEL}


NOTHING = Overlay({}, "")


def read(path: Path) -> Overlay:
    """Raises `PricesError`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise PricesError(f"{path}: {error.strerror}") from None
    try:
        entries = _FILE.validate_python(json.loads(raw, parse_float=Decimal))
    except json.JSONDecodeError as error:
        raise PricesError(f"{path}, line {error.lineno}, column {error.colno}: {error.msg}") from None
    except UnicodeDecodeError:
        raise PricesError(f"{path}: is no UTF-8 text") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise PricesError(f"{path}: {_place(first['loc'])}: {first['msg']}") from None
    return Overlay(entries, sha256(raw).hexdigest()[:6])


def _place(steps: tuple[int | str, ...]) -> str:
    """`openai["gpt-5"].prices[0].from`"""
    first, *rest = steps or ("the file",)
    shown = str(first)
    for depth, step in enumerate(rest):
        shown += f"[{step}]" if isinstance(step, int) else f'["{step}"]' if depth == 0 else f".{step}"
    return shown
