"""What callers send to the endpoints of provider keys, checked; a key in it never shows in a `repr`."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, SecretStr

from core.payloads import Payload

KEY = re.compile(r"[!-~]{8,4096}")  # what can stand in a header


def checked_key(key: SecretStr) -> SecretStr:
    bare = key.get_secret_value().strip()
    if not KEY.fullmatch(bare):
        raise ValueError("must be 8 to 4096 characters of ASCII, without spaces")
    return SecretStr(bare)


def checked_address(text: str) -> str:
    """An address as a provider's tools take it: http or https, a host, perhaps a path, and nothing else."""
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or parts.query or parts.fragment or "@" in parts.netloc or not re.fullmatch(r"[!-~]{1,500}", text):
        raise ValueError("must be an address such as https://host/v1, without a user, a query or spaces")
    return text.rstrip("/")


Scope = Literal["own", "all"]
ProviderId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
Key = Annotated[SecretStr, AfterValidator(checked_key)]
Address = Annotated[str, AfterValidator(checked_address)]


class PutKey(Payload):
    """A key to store; `scope: all`, for everybody, and `baseUrl` are for staff."""

    model_config = ConfigDict(strict=True, extra="forbid")

    provider: ProviderId
    key: Key
    scope: Scope = "own"
    baseUrl: Address | None = None


class WhichKey(Payload):
    """Which stored key a caller means, as query parameters."""

    provider: ProviderId
    scope: Scope = "own"
