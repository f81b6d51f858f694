"""From a list price to what a call costs: whole numbers all the way, so that nothing is lost to rounding."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

from genai_prices import Usage as ListedUsage
from genai_prices.types import ModelPrice, TieredPrices

from providers.usage import Usage

PICO = 10**12
ATTO_IN_PICO = 10**6
ATTO_PER_TOKEN = 10**12  # of a price of one dollar per million tokens
ATTO_PER_CALL = 10**15  # of a price of one dollar per thousand calls

TOKENS = ("input_mtok", "cache_read_mtok", "cache_write_mtok", "cache_write_1h_mtok", "output_mtok")
CALLS = {"web_searches_kcount": "web_searches", "storage_searches_kcount": "storage_searches"}
KINDS = ("audio", "image", "video")
OTHER_TOKENS = frozenset(
    {f"{way}_{kind}_tokens" for way in ("input", "output") for kind in KINDS}
    | {f"cache_{kind}_read_tokens" for kind in KINDS}
)
IRRELEVANT = {  # these price what our `Usage` has in `extra` only, or never has
    "audio_hours", "input_audio_hours", "input_document_kpages", "input_annotated_document_kpages", "input_mchars",
    "input_text_messages_kcount",
    *(f"{way}_{kind}_mtok" for way in ("input", "output") for kind in KINDS),
    *(f"cache_{kind}_read_mtok" for kind in KINDS),
}  # fmt: skip

Rate = tuple[int, tuple[tuple[int, int], ...]]  # atto-dollars a piece; above so many input tokens, so many


class Tariff:
    """What one model costs under given terms at a given time."""

    def __init__(self, prices: ModelPrice) -> None:
        self._prices = prices
        self._rates = _rates(prices)

    def cost(self, usage: Usage) -> int:
        """Pico-dollars."""
        if self._rates is None or not usage.extra.keys() <= set(CALLS.values()):
            return self._listed_cost(usage)
        return _rounded(self._atto(self._rates, usage))

    def worst_case(self, input_tokens: int, output_tokens: int) -> int:
        """The most that so many tokens can cost, whichever class the input turns out to be of."""
        most, out = input_tokens, output_tokens
        return max(
            self.cost(Usage(input_tokens=most, output_tokens=out)),
            self.cost(Usage(cache_read_tokens=most, output_tokens=out)),
            self.cost(Usage(cache_write_tokens=most, output_tokens=out)),
            self.cost(Usage(cache_write_tokens=most, cache_write_1h_tokens=most, output_tokens=out)),
            self.cost(Usage(input_tokens=most, output_tokens=out, reasoning_tokens=out)),
            *(
                self.cost(Usage(input_tokens=most, output_tokens=out, extra={f"output_{kind}_tokens": out}))
                for kind in KINDS
                if getattr(self._prices, f"output_{kind}_mtok", None) is not None
            ),
        )

    def _atto(self, rates: dict[str, Rate], usage: Usage) -> int:
        """A class without a price of its own costs as much as the one that it is a part of."""
        whole = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        plain, total = whole, 0
        if "cache_read_mtok" in rates:
            plain -= usage.cache_read_tokens
            total += _of(rates["cache_read_mtok"], usage.cache_read_tokens, whole)
        written = usage.cache_write_tokens
        if "cache_write_1h_mtok" in rates:
            total += _of(rates["cache_write_1h_mtok"], usage.cache_write_1h_tokens, whole)
            plain, written = plain - usage.cache_write_1h_tokens, written - usage.cache_write_1h_tokens
        if "cache_write_mtok" in rates:
            total += _of(rates["cache_write_mtok"], written, whole)
            plain -= written
        spoken = usage.output_tokens
        if "output_reasoning_mtok" in rates:
            total += _of(rates["output_reasoning_mtok"], usage.reasoning_tokens, whole)
            spoken -= usage.reasoning_tokens
        for name, count in (("input_mtok", plain), ("output_mtok", spoken), ("requests_kcount", 1)):
            if name in rates:
                total += _of(rates[name], count, whole)
        return total + sum(
            _of(rates[name], usage.extra.get(counted, 0), whole) for name, counted in CALLS.items() if name in rates
        )

    def _listed_cost(self, usage: Usage) -> int:
        """As `genai_prices` reckons it, for what is rare: sound and pictures."""
        extra = {name: count for name, count in usage.extra.items() if name in OTHER_TOKENS or name in CALLS.values()}
        try:
            total = self._listed(usage, extra)
        except ValueError:  # more tokens of sound than tokens at all, and the like
            total = self._listed(usage, {name: count for name, count in extra.items() if name not in OTHER_TOKENS})
        return picousd(total)

    def _listed(self, usage: Usage, extra: dict[str, int]) -> Decimal:
        listed = ListedUsage(
            input_tokens=usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
            cache_read_tokens=usage.cache_read_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            cache_write_1h_tokens=usage.cache_write_1h_tokens,
            output_tokens=usage.output_tokens,
            output_reasoning_tokens=usage.reasoning_tokens,
            **extra,
        )
        with localcontext(prec=60):
            return self._prices.calc_price(listed)["total_price"]


def picousd(dollars: Decimal) -> int:
    with localcontext(prec=60):
        return int((dollars * PICO).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def per_million(price: Decimal | TieredPrices) -> Decimal:
    """Without the surcharge for long inputs."""
    return price.base if isinstance(price, TieredPrices) else price


def _rates(prices: ModelPrice) -> dict[str, Rate] | None:
    """None when there is a price among them that can't be reckoned here."""
    rates: dict[str, Rate] = {}
    for name, price in vars(prices).items():
        if price is None or name in IRRELEVANT:
            continue
        scale = ATTO_PER_CALL if name in CALLS or name == "requests_kcount" else ATTO_PER_TOKEN
        rate = _rate(price, scale)
        if rate is None or name not in (*TOKENS, "output_reasoning_mtok", "requests_kcount", *CALLS):
            return None
        rates[name] = rate
    return rates


def _rate(price: Decimal | TieredPrices, scale: int) -> Rate | None:
    base = per_million(price) * scale
    tiers = [(tier.start, tier.price * scale) for tier in price.tiers] if isinstance(price, TieredPrices) else []
    if any(amount != int(amount) for amount in (base, *(amount for _, amount in tiers))):
        return None
    return int(base), tuple((start, int(amount)) for start, amount in reversed(tiers))


def _of(rate: Rate, count: int, whole_input: int) -> int:
    base, tiers = rate
    return count * next((amount for start, amount in tiers if whole_input > start), base)


def _rounded(atto: int) -> int:
    return (atto + ATTO_IN_PICO // 2) // ATTO_IN_PICO
