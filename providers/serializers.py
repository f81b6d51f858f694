"""Providers, models and stored keys as the API shows them: camelCase; of a key never more than its last characters."""

from decimal import Decimal
from typing import Any

from core.moments import timestamp
from providers import services
from providers.models import StoredKey
from providers.prices import Model
from providers.services import Standing


def provider(standing: Standing, *, is_staff: bool) -> dict[str, Any]:
    """A provider, and what the caller's calls to it go out with."""
    provider, credential = standing.provider, standing.credential
    shown = {
        "id": provider.id,
        "name": provider.name,
        "configured": standing.is_configured,
        "keySource": credential.source if credential else None,
        "keyVariables": list(provider.key_variables),
        "needsKey": provider.needs_key,
        "keyPage": provider.key_page or None,
        "dialects": list(provider.dialects),
        "missingEnvVars": standing.missing,
    }
    if is_staff:
        shown["baseUrl"] = credential.base_url if credential else provider.default_base_url or None
        shown["baseUrlVariable"] = provider.base_url_variable
    return shown


def model(model: Model) -> dict[str, Any]:
    return {
        "id": model.id,
        "name": model.name or model.id,
        "description": " ".join(model.description.split()) or _facts(model),
        "contextWindow": model.context_window,
        "maxOutputTokens": model.max_output_tokens,
        "prices": dict(model.prices) or None,
        "deprecated": model.is_deprecated,
    }


def _facts(model: Model) -> str:
    """What is known of a model that nobody describes."""
    told = []
    if model.context_window:
        told.append(f"Context of {model.context_window:,} tokens")
    costs = [f"${_short(model.prices[kind])} {word}" for kind, word in (("input", "in"), ("output", "out"))
             if model.prices.get(kind)]  # fmt: skip
    if costs:
        told.append(f"{', '.join(costs)} per million tokens")
    return "; ".join(told) or "No price is known"


def _short(price: str) -> str:
    """`0.50` as `0.5`, `3.00` as `3`."""
    return f"{Decimal(price).normalize():f}"


def key(row: StoredKey, *, is_staff: bool) -> dict[str, Any]:
    is_shown = row.owner_id is not None or is_staff
    return {
        "provider": row.provider,
        "scope": "own" if row.owner_id else "all",
        "ending": (row.ending or None) if is_shown else None,
        "baseUrl": (row.base_url or None) if is_shown else None,
        "storedAt": timestamp(row.stored_at),
        "storedBy": row.stored_by.username if row.stored_by and is_shown else None,
        "usable": services.is_usable(row),
    }
