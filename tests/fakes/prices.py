"""The fake provider's own price list, written by hand: what a call costs, in whole pico-dollars.

It knows nothing of the tables and the arithmetic of AGTerm, so that each can prove the other wrong.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from fakes.dialects import Used

PICODOLLARS_OF_A_TOKEN = 1_000_000  # at one dollar a million tokens


@dataclass(frozen=True)
class Price:
    """Dollars for a million tokens of each class; `above`: from which size of the prompt on the `longer` ones count."""

    input: str
    cache_read: str
    cache_write: str
    cache_write_1h: str
    output: str
    above: int = 0
    longer: "Price | None" = None


CLAUDE_SONNET_LONG = Price("6", "0.60", "7.50", "12", "22.50")
GEMINI_PRO_LONG = Price("4", "0.40", "4", "4", "18")
GEMINI_2_LONG = Price("2.50", "0.25", "2.50", "2.50", "15")
PRICES = {
    "claude-opus-5-5": Price("4", "0.20", "5", "8", "20"),
    "claude-sonnet-4-5": Price("3", "0.30", "3.75", "6", "15", 200_000, CLAUDE_SONNET_LONG),
    "claude-haiku-4-5": Price("1", "0.10", "1.25", "2", "5"),
    "gpt-6.1-sol": Price("2", "0.10", "2.50", "2.50", "10", 272_000, Price("4", "0.20", "5", "5", "15")),
    "gpt-5.5": Price("5", "0.50", "5", "5", "30", 272_000, Price("10", "1", "10", "10", "45")),
    "gpt-5.4-nano": Price("0.20", "0.02", "0.20", "0.20", "1.25"),
    "gemini-3.8-flash": Price("0.75", "0.075", "0.75", "0.75", "3.75"),
    "gemini-3.5-flash-lite": Price("0.30", "0.03", "0.30", "0.30", "2.50"),
    "gemini-3.1-pro-preview": Price("2", "0.20", "2", "2", "12", 200_000, GEMINI_PRO_LONG),
    "gemini-2.5-pro": Price("1.25", "0.125", "1.25", "1.25", "10", 200_000, GEMINI_2_LONG),
    "gemini-2.5-flash": Price("0.30", "0.03", "0.30", "0.30", "2.50"),
    "llama-3.3-70b-versatile": Price("0.59", "0.59", "0.59", "0.59", "0.79"),
    "text-embedding-3-small": Price("0.02", "0.02", "0.02", "0.02", "0"),
}
CHANGES = {"gemini-3.8-flash": (date(2027, 1, 1), Price("1.50", "0.15", "1.50", "1.50", "7.50"))}


def cost(model: str, used: Used) -> int | None:
    """Pico-dollars; None for a model that is not on the list.

    `claude-haiku-4-5-20251001` is `claude-haiku-4-5`, and so is `anthropic/claude-haiku-4-5`.
    """
    model = model.rpartition("/")[2]
    name = next((name for name in PRICES if model == name or model.startswith(f"{name}-20")), None)
    if name is None:
        return None
    begins, later = CHANGES.get(name, (None, None))
    price = later if begins and later and datetime.now(UTC).date() >= begins else PRICES[name]
    if price.longer and used.prompt > price.above:
        price = price.longer
    classes = (
        (used.input, price.input),
        (used.cache_read, price.cache_read),
        (used.cache_write - used.cache_write_1h, price.cache_write),
        (used.cache_write_1h, price.cache_write_1h),
        (used.output, price.output),
    )
    return int(sum(count * Decimal(each) * PICODOLLARS_OF_A_TOKEN for count, each in classes))
