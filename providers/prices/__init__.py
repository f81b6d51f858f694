"""What models cost, and what is known of them. The one place that knows `genai_prices`; money is whole pico-dollars."""

import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from providers.prices import overlay, snapshot
from providers.prices.book import Book, Model
from providers.prices.errors import PricesError
from providers.prices.files import Watched
from providers.prices.money import picousd
from providers.prices.snapshot import refresh
from providers.usage import Terms, Usage

__all__ = [
    "Model",
    "Priced",
    "PricesError",
    "cost_of",
    "model",
    "models",
    "refresh",
    "use_overlay",
    "use_snapshot",
    "version",
    "worst_case",
]

STANDARD = Terms()

log = logging.getLogger("agterm.prices")


@dataclass(frozen=True, slots=True)
class Priced:
    """A call's cost. `is_reported`: the provider itself told it."""

    cost_picousd: int
    version: str
    is_reported: bool = False


def cost_of(provider_id: str, model: str, usage: Usage, at: datetime, terms: Terms = STANDARD) -> Priced | None:
    """What a call cost that began `at`; None when no price is known."""
    if usage.reported_usd is not None:
        return Priced(picousd(Decimal(usage.reported_usd)), f"reported by {provider_id}", is_reported=True)
    book = _state.book()
    tariff = book.tariff(provider_id, model, at, terms)
    return Priced(tariff.cost(usage), book.version) if tariff is not None else None


def worst_case(
    provider_id: str, model: str, *, input_tokens: int, output_tokens: int, at: datetime, terms: Terms = STANDARD
) -> int | None:
    """The most that a call of this size can cost, in pico-dollars; None when no price is known."""
    tariff = _state.book().tariff(provider_id, model, at, terms)
    return tariff.worst_case(input_tokens, output_tokens) if tariff is not None else None


def models(provider_id: str) -> list[Model]:
    """The provider's models as far as they are known, by id, with today's prices."""
    return _state.book().models(provider_id, datetime.now(UTC))


def model(provider_id: str, model_ref: str) -> Model | None:
    """The model that goes by this name at this provider."""
    return _state.book().model(provider_id, model_ref, datetime.now(UTC))


def version() -> str:
    """Which prices count now: what a ledger's entry notes down."""
    return _state.book().version


def use_overlay(path: Path | None) -> None:
    """Lay the operator's own prices over the list, now and whenever the file changes. Raises `PricesError`."""
    _state.watch_overlay(path)


def use_snapshot(path: Path | None) -> None:
    """Use the list that `refresh` keeps in `path`, now and whenever it is fetched anew; without it, the package's."""
    _state.watch_snapshot(path)


class _State:
    """The files in use, and the book made of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._overlay: Watched[overlay.Overlay] = Watched(None, overlay.read, overlay.NOTHING)
        self._snapshot: Watched[snapshot.PriceList | None] = Watched(None, snapshot.kept, None)
        self._book: Book | None = None

    def book(self) -> Book:
        if self._overlay.has_changed or self._snapshot.has_changed or self._book is None:
            with self._lock:
                self._book = self._made()
        return self._book

    def watch_overlay(self, path: Path | None) -> None:
        watched = Watched(path, overlay.read, overlay.NOTHING)
        watched.read()
        with self._lock:
            self._overlay, self._book = watched, None

    def watch_snapshot(self, path: Path | None) -> None:
        watched = Watched(path, snapshot.kept, None)
        try:
            watched.read()
        except PricesError as error:  # it can be fetched again, and the package's own prices do meanwhile
            log.warning("%s; the prices of the package are used", error)
        with self._lock:
            self._snapshot, self._book = watched, None

    def _made(self) -> Book:
        for watched in (self._overlay, self._snapshot):
            try:
                watched.read()
            except PricesError as error:  # whoever edits it meanwhile must not stop all calls
                log.error("%s; the prices from before stay in use", error)
        return Book(self._snapshot.value or snapshot.bundled(), self._overlay.value)


_state = _State()
