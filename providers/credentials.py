"""Finds the credential of a provider: a user's own, one stored for all, or one from the server's environment.

Nothing here shows a key to anybody: what is stored stays encrypted until the moment it is asked for.
"""

import logging
import secrets as random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from channels.db import database_sync_to_async
from django.conf import settings
from django.core.cache import cache

from core import vault
from core.vault import VaultError
from providers import catalog
from providers.catalog import Provider

if TYPE_CHECKING:
    from providers.models import StoredKey

log = logging.getLogger("agterm.providers")

Source = Literal["env", "file", "stored", "own"]
EDITION = "agterm:keys:edition"
REMEMBERED_S = 60  # a change makes another edition at once; this is for what changes the database behind our back


@dataclass(frozen=True, slots=True)
class Credential:
    """A provider's key and the address it is for; the key never shows in a `repr`.

    `source`: the server's environment (`env`), a file that it names (`file`), stored for all (`stored`) or by its user
    for himself (`own`). The key is empty for a provider that needs none.
    """

    provider_id: str
    api_key: str = field(repr=False)
    base_url: str
    source: Source = "env"

    @property
    def is_direct(self) -> bool:
        """Whether the address is the provider's own, not a gateway that somebody configured."""
        provider = catalog.get(self.provider_id)
        return provider is not None and self.base_url == provider.default_base_url

    @property
    def auth_header(self) -> tuple[bytes, bytes] | None:
        """The header that shows the key to the provider; None when there is no key to show."""
        provider = catalog.get(self.provider_id)
        if not self.api_key or provider is None:
            return None
        key = self.api_key.encode()
        if provider.auth == "bearer" or (provider.auth == "x-api-key" and not self.is_direct):
            return (b"authorization", b"Bearer " + key)  # gateways before Anthropic take a bearer's token
        return (provider.auth.encode(), key)


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A stored key as it lies in the database."""

    provider_id: str
    owner_id: int | None
    token: str = field(repr=False)
    base_url: str


def find(provider_id: str, *, user_id: int | None = None) -> Credential | None:
    """What that user's calls go out with: his own key, else one stored for all, else the environment's.

    None without any, or without such a provider. Nobody's own counts when `user_id` is None.
    """
    provider = catalog.get(provider_id)
    if provider is None:
        return None
    edition = _edition()
    rows = _remembered(edition, provider_id, user_id)
    if rows is None:
        rows = _look(edition, provider_id, user_id)
    return _best(provider, rows, settings.AGTERM.provider_environment)


async def afind(provider_id: str, *, user_id: int | None = None) -> Credential | None:
    """As `find`, for the event loop: what was asked for a moment ago costs no thread and no query."""
    provider = catalog.get(provider_id)
    if provider is None:
        return None
    edition = _edition()
    rows = _remembered(edition, provider_id, user_id)
    if rows is None:
        rows = await database_sync_to_async(_look)(edition, provider_id, user_id)
    return _best(provider, rows, settings.AGTERM.provider_environment)


def held_by(user_id: int | None) -> dict[str, Credential]:
    """All credentials that the user's calls can go out with, by provider; one query."""
    from providers.models import StoredKey  # here and below: `in_environment` is for commands without a database too

    sealed = [_sealed(row) for row in StoredKey.of(user_id)]
    environment = settings.AGTERM.provider_environment
    found = {
        provider.id: _best(provider, [row for row in sealed if row.provider_id == provider.id], environment)
        for provider in catalog.all()
    }
    return {provider_id: credential for provider_id, credential in found.items() if credential}


def in_environment(environment: Mapping[str, str]) -> dict[str, Credential]:
    """The credentials in `environment` (`Config.provider_environment`), by provider."""
    found = {provider.id: _given(provider, environment) for provider in catalog.all()}
    return {provider_id: credential for provider_id, credential in found.items() if credential}


def secrets() -> list[str]:
    """Every key this server has, whoever's: for hiding them where they must not stand, and nothing else."""
    from providers.models import StoredKey

    environment = settings.AGTERM.provider_environment
    given = [environment[name] for name in catalog.key_variables(catalog.all()) if name in environment]
    return [*given, *filter(None, (_opened(_sealed(row)) for row in StoredKey.objects.all()))]


def forget() -> None:
    """Look again at the next question, whoever's: a stored key has changed."""
    cache.set(EDITION, random.token_hex(8), None)


def missing_variables(provider: Provider, environment: Mapping[str, str]) -> list[str]:
    """Which variables would give the server a credential of that provider; none when it has one."""
    key, address = _key(provider, environment)[0], _address(provider, environment)
    if not provider.needs_key:  # to be told the address is to be told that it is there
        is_told = key or provider.is_own or environment.get(provider.base_url_variable, "").strip()
        return [] if is_told else [provider.base_url_variable]
    asked = {provider.key_variable: key, provider.base_url_variable: address}
    return [name for name, value in asked.items() if not value]


# --- the environment -------------------------------------------------------------------------------------------------


def _given(provider: Provider, environment: Mapping[str, str]) -> Credential | None:
    if missing_variables(provider, environment):
        return None
    key, source = _key(provider, environment)
    return Credential(provider.id, key, _address(provider, environment), source)


def _key(provider: Provider, environment: Mapping[str, str]) -> tuple[str, Source]:
    for name in provider.key_variables:
        if key := environment.get(name, "").strip():
            return key, "file" if f"{name}_FILE" in environment else "env"
    return "", "env"


def _address(provider: Provider, environment: Mapping[str, str], own: str = "") -> str:
    """Where that provider is: what is stored with a key, else what the operator says, else as usual."""
    base_url = own.strip() or environment.get(provider.base_url_variable, "").strip()
    return complete(provider, base_url) if base_url else provider.default_base_url


def complete(provider: Provider, base_url: str) -> str:
    """An address in the form that all else expects."""
    bare = base_url.strip().rstrip("/")
    return bare if bare.endswith(provider.address_ending) else bare + provider.address_ending


# --- what is stored --------------------------------------------------------------------------------------------------


def _best(provider: Provider, rows: Iterable[_Sealed], environment: Mapping[str, str]) -> Credential | None:
    for row in sorted(rows, key=lambda row: row.owner_id is None):  # the user's own first
        base_url, key = _address(provider, environment, row.base_url), _opened(row)
        if key and base_url:
            return Credential(provider.id, key, base_url, "stored" if row.owner_id is None else "own")
    return _given(provider, environment)


def purpose(provider_id: str, owner_id: int | None) -> str:
    """What a stored key is sealed for: nobody else's, and no other provider's."""
    return f"provider key:{provider_id}:{'all' if owner_id is None else owner_id}"


def _opened(row: _Sealed) -> str | None:
    try:
        return vault.open(row.token, purpose(row.provider_id, row.owner_id))
    except VaultError as error:
        log.error("the stored key for %s can't be used: %s", row.provider_id, error)
        return None


def _sealed(row: "StoredKey") -> _Sealed:
    return _Sealed(row.provider, row.owner_id, row.sealed, row.base_url)


def _look(edition: str, provider_id: str, user_id: int | None) -> list[_Sealed]:
    """Ask the database, and remember it as of that edition: a key changed meanwhile made another one."""
    from providers.models import StoredKey

    rows = [_sealed(row) for row in StoredKey.of(user_id).filter(provider=provider_id)]
    cache.set(f"{edition}:{provider_id}:{user_id}", rows, REMEMBERED_S)
    return rows


def _remembered(edition: str, provider_id: str, user_id: int | None) -> list[_Sealed] | None:
    rows: list[_Sealed] | None = cache.get(f"{edition}:{provider_id}:{user_id}")
    return rows


def _edition() -> str:
    return str(cache.get_or_set(EDITION, lambda: random.token_hex(8), None))
