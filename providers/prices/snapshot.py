"""The price list: the one that came with the package, or a newer one fetched by `agterm prices refresh`."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import httpx
from genai_prices.data_snapshot import DataSnapshot
from genai_prices.types import _providers_from_raw

from providers.prices.errors import PricesError

PACKAGE = "genai-prices"
MOST_BYTES = 64 * 1024 * 1024
MUST_HAVE = {"anthropic", "openai", "google"}
LEAST_SHARE = 0.5  # of the models that the package's own list has


@dataclass(frozen=True, slots=True)
class PriceList:
    snapshot: DataSnapshot
    version: str

    @property
    def model_count(self) -> int:
        return sum(len(provider.models) for provider in self.snapshot.providers)


def bundled() -> PriceList:
    from genai_prices.data import providers

    return PriceList(DataSnapshot(providers=providers, from_auto_update=False), f"{PACKAGE} {version_of(PACKAGE)}")


def kept(path: Path) -> PriceList | None:
    """The list that was fetched; None when there is none, or when the package is newer. Raises `PricesError`."""
    try:
        file = json.loads(path.read_bytes())
        if file["over"] != version_of(PACKAGE):
            return None
        return _checked(file["providers"], file["version"])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PricesError(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise PricesError(f"{path}: is no list that was fetched by agterm ({type(error).__name__})") from None


def refresh(url: str, path: Path, timeout_s: float = 30.0) -> PriceList:
    """Fetch the newest list and keep it in `path`, if it is a good one. Raises `PricesError`."""
    raw = _fetched(url, timeout_s)
    try:
        providers = json.loads(raw)
    except ValueError:
        raise PricesError(f"{url}: what came is no JSON") from None
    version = f"{PACKAGE} {datetime.now(UTC):%Y-%m-%d} {sha256(raw).hexdigest()[:6]}"
    found = _checked(providers, version)
    text = json.dumps({"over": version_of(PACKAGE), "version": version, "providers": providers})
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise PricesError(f"{path}: {error.strerror}") from None
    return found


def _fetched(url: str, timeout_s: float) -> bytes:
    raw = bytearray()
    try:
        with httpx.stream("GET", url, timeout=timeout_s, follow_redirects=True) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                raw += chunk
                if len(raw) > MOST_BYTES:
                    raise PricesError(f"{url}: is over {MOST_BYTES // 1024 // 1024} MiB")
    except httpx.HTTPStatusError as error:
        raise PricesError(f"{url}: the server answered {error.response.status_code}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PricesError(f"{url}: {error or type(error).__name__}") from None
    return bytes(raw)


def _checked(raw: Any, version: str) -> PriceList:
    """Raises `PricesError` for a list that is not to be trusted with money."""
    try:
        providers = _providers_from_raw(raw)
        now = datetime.now(UTC)
        for provider in providers:
            for model in provider.models:
                model.get_prices(now)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise PricesError(
            f"the price list has not the form that {PACKAGE} {version_of(PACKAGE)} reads: {error}"[:500]
        ) from None
    found = PriceList(DataSnapshot(providers=providers, from_auto_update=False), version)
    missing = MUST_HAVE - {provider.id for provider in providers}
    if missing:
        raise PricesError(f"the price list lacks {', '.join(sorted(missing))}")
    if found.model_count < LEAST_SHARE * bundled().model_count:
        raise PricesError("the price list has less than half of the models that are known here")
    return found
