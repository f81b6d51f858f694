"""Finds the credential of a provider among the server's provider variables."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from providers import catalog


@dataclass(frozen=True, slots=True)
class Credential:
    """A provider's key and the address it is for; the key never shows in a `repr`."""

    provider_id: str
    api_key: str = field(repr=False)
    base_url: str
    source: str = "env"

    @property
    def is_direct(self) -> bool:
        """Whether the address is the provider's own, not a gateway that somebody configured."""
        provider = catalog.get(self.provider_id)
        return provider is not None and self.base_url == provider.default_base_url


def find(provider_id: str, environment: Mapping[str, str]) -> Credential | None:
    """The credential in `environment` (`Config.provider_environment`); None without a key or such a provider."""
    provider = catalog.get(provider_id)
    key = environment.get(provider.key_variable, "").strip() if provider else ""
    if provider is None or not key:
        return None
    base_url = environment.get(provider.base_url_variable, "").strip().rstrip("/")
    return Credential(provider.id, key, base_url or provider.default_base_url)
