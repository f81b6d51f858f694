"""All prices at one moment: the list, and the operator's overlay on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from genai_prices.types import ModelInfo, ModelPrice, Provider

from providers.prices import names
from providers.prices.limits import max_output_tokens
from providers.prices.money import Tariff, per_million
from providers.prices.overlay import Entry, Overlay
from providers.prices.snapshot import PriceList
from providers.usage import Terms

MOST_REMEMBERED = 4096
PRICED_BY = ("input_mtok", "output_mtok")
FOR_NOTHING = ModelPrice()
STANDARD = Terms()
Listed = tuple[Provider, ModelInfo]
SHOWN = {
    "input": "input_mtok",
    "cacheRead": "cache_read_mtok",
    "cacheWrite": "cache_write_mtok",
    "cacheWrite1h": "cache_write_1h_mtok",
    "output": "output_mtok",
}


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of a model. `prices`: dollars per million tokens today, as decimal strings; none when unknown."""

    id: str
    name: str
    description: str = ""
    context_window: int | None = None
    max_output_tokens: int | None = None
    prices: Mapping[str, str] = field(default_factory=dict)
    is_deprecated: bool = False


class Book:
    """Answers what a model costs; never changes, so what was once looked up stays true."""

    def __init__(self, listed: PriceList, overlay: Overlay) -> None:
        self._overlay = overlay
        self._snapshot = listed.snapshot
        self._providers = {provider.id: provider for provider in listed.snapshot.providers}
        self._remembered: dict[tuple[str, str, Terms, int], Tariff | None] = {}
        self._remembered_models: dict[tuple[str, str, int], Model | None] = {}
        self.version = listed.version + (f" + overlay {overlay.version}" if overlay.version else "")

    def tariff(self, provider_id: str, model: str, at: datetime, terms: Terms) -> Tariff | None:
        """None when no price is known. Prices change with the day, and some with the minute of the day."""
        key = (provider_id, model, terms, int(at.timestamp()) // 60)
        try:
            return self._remembered[key]
        except KeyError:
            pass
        prices = self._prices(provider_id, model, at, terms)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        tariff = self._remembered[key] = Tariff(prices) if prices is not None else None
        return tariff

    def models(self, provider_id: str, at: datetime) -> list[Model]:
        found = {}
        for name, provider, info in self._listed_models(provider_id):
            if _is_for_text(info, at):
                found[name.lower()] = self._described(provider_id, name, (provider, info), at)
        for name in self._overlay.models(provider_id):
            if self._listed(provider_id, name) is None:
                found[name.lower()] = self._described(provider_id, name, None, at)
        return sorted(found.values(), key=lambda model: model.id)

    def model(self, provider_id: str, model: str, at: datetime) -> Model | None:
        key = (provider_id, model, int(at.timestamp()) // 60)
        try:
            return self._remembered_models[key]
        except KeyError:
            pass
        if len(self._remembered_models) >= MOST_REMEMBERED:
            self._remembered_models.clear()
        found = self._remembered_models[key] = self._model(provider_id, model, at)
        return found

    def _model(self, provider_id: str, model: str, at: datetime) -> Model | None:
        listed = self._listed(provider_id, model)
        if listed is not None:
            name = model if provider_id == names.HUGGINGFACE else names.asked_by(listed[1]) or model
            return self._described(provider_id, name, listed, at, asked=model)
        return self._described(provider_id, model, None, at) if self._entry(provider_id, model) else None

    # --- prices ----------------------------------------------------------------------------------------------------

    def _prices(
        self, provider_id: str, model: str, at: datetime, terms: Terms, listed: Listed | None = None
    ) -> ModelPrice | None:
        """`listed`: where the model is in the list, if that is known."""
        entry = self._entry(provider_id, model)
        if entry is not None:
            if price := entry.price(at, terms):
                return price.listed()
            if entry.priced_as:
                owner, _, its_model = entry.priced_as.partition("/")
                return self._listed_prices(owner, self._listed(owner, its_model or model), at, terms)
        return self._listed_prices(provider_id, listed or self._listed(provider_id, model), at, terms)

    def _listed_prices(self, provider_id: str, listed: Listed | None, at: datetime, terms: Terms) -> ModelPrice | None:
        if listed is None:
            return FOR_NOTHING if provider_id in names.FREE_OF_CHARGE else None
        provider, info = listed
        is_its_own = any(info is own for own in provider.models)  # variants of a model lent by another do not count
        prices = info.get_prices(at if at.tzinfo else at.replace(tzinfo=UTC), _context(terms) if is_its_own else None)
        if any(getattr(prices, name) is not None for name in PRICED_BY):
            return prices
        return FOR_NOTHING if info.id.endswith(":free") else None

    def _listed(self, provider_id: str, model: str) -> Listed | None:
        for name in names.of_model(provider_id, model):
            listed_id, listed_name = names.in_list(provider_id, name)
            provider = self._providers.get(listed_id)
            info = provider.find_model(listed_name, all_providers=self._snapshot.providers) if provider else None
            if provider is not None and info is not None:
                return provider, info
        return None

    def _entry(self, provider_id: str, model: str) -> Entry | None:
        return self._overlay.entry(provider_id, names.of_model(provider_id, model))

    # --- models ----------------------------------------------------------------------------------------------------

    def _listed_models(self, provider_id: str) -> Iterator[tuple[str, Provider, ModelInfo]]:
        if provider_id == names.HUGGINGFACE:
            for listed_id, provider in self._providers.items():
                _, _, served_by = listed_id.partition(f"{names.HUGGINGFACE}_")
                if served_by:
                    yield from ((f"{name}:{served_by}", provider, info) for name, info in _asked_by(provider))
        elif owner := self._providers.get(names.LISTED.get(provider_id, provider_id)):
            yield from ((name, owner, info) for name, info in _asked_by(owner))

    def _described(
        self, provider_id: str, name: str, listed: Listed | None, at: datetime, asked: str | None = None
    ) -> Model:
        entry = self._entry(provider_id, asked or name) or Entry()
        prices = self._prices(provider_id, asked or name, at, STANDARD, listed)
        known = Model(id=name, name=name, prices=_shown(prices))
        if listed is not None:
            _, info = listed
            known = replace(
                known,
                name=info.name or name,
                description=info.description or "",
                context_window=info.context_window,
                max_output_tokens=max_output_tokens(info.id.rpartition("/")[2]),
                is_deprecated=bool(info.deprecated),
            )
        return replace(
            known,
            name=entry.name or known.name,
            description=entry.description or known.description,
            context_window=entry.context_window or known.context_window,
            max_output_tokens=entry.max_output_tokens or known.max_output_tokens,
            is_deprecated=known.is_deprecated if entry.deprecated is None else entry.deprecated,
        )


def _asked_by(provider: Provider) -> Iterator[tuple[str, ModelInfo]]:
    return ((name, info) for info in provider.models if (name := names.asked_by(info)))


def _context(terms: Terms) -> dict[str, str] | None:
    context = {}
    if terms.service_tier == "batch":
        context["processing"] = "batch"
    elif terms.service_tier:
        context["service_tier"] = terms.service_tier
    if terms.speed:
        context["speed"] = terms.speed
    return context or None


def _shown(prices: ModelPrice | None) -> dict[str, str]:
    if prices is None:
        return {}
    if prices is FOR_NOTHING:
        return {"input": "0", "output": "0"}
    found = {shown: getattr(prices, listed) for shown, listed in SHOWN.items()}
    return {shown: format(per_million(price), "f") for shown, price in found.items() if price is not None}


def _is_for_text(info: ModelInfo, at: datetime) -> bool:
    prices = info.get_prices(at)
    return info.id.endswith(":free") or prices.output_mtok is not None or prices.input_mtok is not None
