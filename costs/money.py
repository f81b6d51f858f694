"""Money: whole pico-dollars inside, exact decimal dollars outside. Never a float."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction

PICO = 10**12
MAX_USD = 9_000_000  # what 64 bits hold of pico-dollars, rounded down
NO_AMOUNT = "must be an amount in dollars, such as 2.50"
TOO_FINE = "must have at most 12 decimals"


def usd(picousd: int) -> str:
    """Exact decimal dollars: two decimals, or as many more as it takes: "12.50", "0.012345", "-0.000000000001"."""
    whole, rest = divmod(abs(picousd), PICO)
    decimals = f"{rest:012d}".rstrip("0").ljust(2, "0")
    return f"{'-' if picousd < 0 else ''}{whole}.{decimals}"


def picousd(dollars: str | int | float | Decimal) -> int:
    """Pico-dollars of decimal dollars; raises `ValueError` for what is no amount or is finer than a pico-dollar.

    Of a float its shortest decimal form counts, as it stood in the JSON.
    """
    text = str(dollars).strip()
    try:
        if isinstance(dollars, bool) or not text.isascii() or "_" in text or len(text) > 40:
            raise InvalidOperation
        exact = Decimal(text)
    except InvalidOperation:
        raise ValueError(NO_AMOUNT) from None
    if not exact.is_finite():
        raise ValueError(NO_AMOUNT)
    if abs(exact) > MAX_USD:
        raise ValueError(f"must be at most {MAX_USD}")
    if exact and exact.adjusted() < -12:  # far too small to be written out
        raise ValueError(TOO_FINE)
    scaled = Fraction(exact) * PICO
    if scaled.denominator != 1:
        raise ValueError(TOO_FINE)
    return int(scaled)
