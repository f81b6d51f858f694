"""`agterm prices`: what a model costs here, and a newer price list."""

from pathlib import Path

import click

from agterm import config as configuration
from agterm.config import Config
from providers import catalog
from providers import prices as lists
from providers.prices import Model, PricesError

SNAPSHOT = "prices.json"
WORDS = {
    "input": "input",
    "cacheRead": "cache read",
    "cacheWrite": "cache write",
    "cacheWrite1h": "cache write for 1 h",
    "output": "output",
}


def snapshot_path(config: Config) -> Path:
    return config.home / SNAPSHOT


@click.group()
def prices() -> None:
    """Show prices and fetch newer ones."""


@prices.command()
@click.argument("model")
@click.option("--provider", default=None, help="Only as this provider has it; all that know it by default.")
def show(model: str, provider: str | None) -> None:
    """Say what MODEL costs today, own prices included. MODEL may begin with its provider: openai/gpt-5."""
    config = configuration.load()
    catalog.use(config.own_providers)
    try:
        lists.use_snapshot(snapshot_path(config))
        lists.use_overlay(config.prices_file)
    except PricesError as error:
        raise SystemExit(f"agterm prices show: {error}") from None
    found = _found(model, provider)
    if not found:
        raise SystemExit(f"agterm prices show: no provider here has a model {model!r} with known prices")
    for provider_id, known in found:
        click.echo(_told(provider_id, known))
    click.echo(f"Prices: {lists.version()}")


def _found(model: str, provider: str | None) -> list[tuple[str, Model]]:
    owner, _, rest = model.partition("/")
    ids = [each.id for each in catalog.all()]
    if provider is None and rest and owner in ids and (known := lists.model(owner, rest)):
        return [(owner, known)]
    asked = [provider] if provider else ids
    return [(each, known) for each in asked if (known := lists.model(each, model))]


def _told(provider_id: str, model: Model) -> str:
    amounts = ", ".join(f"{word} ${model.prices[name]}" for name, word in WORDS.items() if name in model.prices)
    lines = [
        f"{provider_id}: {model.id}" + (f" ({model.name})" if model.name != model.id else ""),
        f"  per million tokens: {amounts or 'unknown'}",
    ]
    if model.context_window:
        lines.append(f"  context window: {model.context_window} tokens")
    if model.max_output_tokens:
        lines.append(f"  longest answer: {model.max_output_tokens} tokens")
    return "\n".join(lines)


@prices.command()
@click.option("--url", default=None, help="Where from; AGTERM_PRICES_URL by default.")
def refresh(url: str | None) -> None:
    """Fetch the newest price list into the home folder; a running server takes it up by itself."""
    config = configuration.load()
    try:
        newest = lists.refresh(url or config.prices_url, snapshot_path(config))
    except PricesError as error:
        raise SystemExit(f"agterm prices refresh: {error}") from None
    click.echo(f"{newest.version}: {newest.model_count} models of {len(newest.snapshot.providers)} providers")
