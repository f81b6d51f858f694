"""What can be done with providers: list them and their models, store and remove keys, try one out."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import httpx
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from core import vault
from core.errors import Conflict, Forbidden, InvalidRequest, NotFound
from providers import catalog, credentials, prices
from providers.catalog import Provider
from providers.credentials import Credential
from providers.models import StoredKey
from providers.payloads import PutKey, WhichKey
from providers.prices import Model

TEST_TIMEOUT_S = 10.0
VERSION = re.compile(r"[a-z]*?(\d{1,2})(?:[.p](\d{1,2}))?o?", re.IGNORECASE)  # k2.7, 5p3, 4o; not 70b, 8x7b, 0709
MONTH = re.compile(r"2\d(?:0[1-9]|1[0-2])")  # 2512, as Mistral dates its models


@dataclass(frozen=True, slots=True)
class Standing:
    """A provider as it stands for a caller: with the credential that his calls go out with, or None."""

    provider: Provider
    credential: Credential | None

    @property
    def is_configured(self) -> bool:
        return self.credential is not None

    @property
    def missing(self) -> list[str]:
        """The variables that would give the server a credential."""
        if self.credential is not None:
            return []
        return credentials.missing_variables(self.provider, settings.AGTERM.provider_environment)


def standing(user: User) -> list[Standing]:
    """Every provider, as it stands for that user."""
    held = credentials.held_by(user.pk)
    return [Standing(provider, held.get(provider.id)) for provider in catalog.all()]


def find(provider_id: str) -> Provider:
    """Raises `NotFound`."""
    provider = catalog.get(provider_id)
    if provider is None:
        raise NotFound(f"There is no provider {provider_id!r}; there are: {', '.join(p.id for p in catalog.all())}")
    return provider


# --- models ----------------------------------------------------------------------------------------------------------


def models(provider: Provider) -> list[Model]:
    """The models of a provider: those that the catalog names, then the newest, what is deprecated last."""
    return list(_models(provider, prices.version(), datetime.now(UTC).date()))


@functools.lru_cache(maxsize=64)
def _models(provider: Provider, _version: str, _day: date) -> tuple[Model, ...]:
    """Sorted once for each edition of the prices, which change with the day too."""
    known = {model.id: model for model in prices.models(provider.id) if not _is_plainly_anothers(model, provider)}
    first = [known[name] if name in known else model(provider, name) for name in provider.models]
    return (*first, *sorted((each for each in known.values() if each not in first), key=_place))


def _is_plainly_anothers(model: Model, provider: Provider) -> bool:
    owner = catalog.owner_of(model.id)
    return bool(provider.model_prefixes) and owner not in (None, provider)


def model(provider: Provider, name: str) -> Model:
    """The model of that name; one that nobody has a price for as well."""
    return prices.model(provider.id, name) or Model(id=name, name=name)


def _place(model: Model) -> tuple[bool, bool, int, int, int, str]:
    """By the version in the name, since nobody says when a model came out; what writes no text comes later."""
    words = re.split(r"[-_: ]", model.id.rpartition("/")[2])
    numbers = [int(n or 0) for word in words if (found := VERSION.fullmatch(word)) for n in found.groups() if n]
    major, minor = (*numbers, 0, 0)[:2]
    month = max((int(word) for word in words if MONTH.fullmatch(word)), default=0)
    return model.is_deprecated, not model.prices.get("output"), -major, -minor, -month, model.id


# --- stored keys -----------------------------------------------------------------------------------------------------


def stored_keys(user: User) -> list[StoredKey]:
    """The user's own and those for everybody, of providers that there are."""
    rows = StoredKey.of(user.pk).select_related("stored_by")
    return [row for row in rows if catalog.get(row.provider)]


def put_key(user: User, wanted: PutKey) -> StoredKey:
    """Store a key in place of the one that was there.

    Raises `Forbidden` where it takes staff: a key for everybody, and an address, which the server then asks.
    """
    provider = find(wanted.provider)
    if not user.is_staff and wanted.scope == "all":
        raise _for_staff("scope", "a key for everybody")
    if not user.is_staff and wanted.baseUrl is not None:
        raise _for_staff("baseUrl", "an address of its own")
    row = _row(user, wanted.provider, wanted.scope) or StoredKey(
        provider=provider.id, owner=None if wanted.scope == "all" else user
    )
    row.base_url = credentials.complete(provider, wanted.baseUrl) if wanted.baseUrl else ""
    row.stored_by = user
    row.put(wanted.key.get_secret_value())
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody stored the first one in the same moment
        raise Conflict("This key was just being stored by somebody else; try again") from None
    return row


def delete_key(user: User, wanted: WhichKey) -> None:
    """Calls that are under way go on; the next one does without it. Raises `NotFound`."""
    if not user.is_staff and wanted.scope == "all":
        raise _for_staff("scope", "a key for everybody")
    row = _row(user, wanted.provider, wanted.scope)
    if row is None:
        raise NotFound("There is no such key")
    row.delete()


def _row(user: User, provider_id: str, scope: str) -> StoredKey | None:
    return StoredKey.objects.filter(provider=provider_id, owner=None if scope == "all" else user).first()


def _for_staff(field: str, what: str) -> Forbidden:
    details = {"fields": [{"field": field, "message": "is for administrators"}]}
    return Forbidden(f"{field}: only administrators may store {what}", details=details)


def reseal() -> int:
    """Seal anew what an older encryption key sealed, so that it may go; returns how many there were."""
    count = 0
    for row in StoredKey.objects.all():
        if fresh := vault.sealed_anew(row.sealed, credentials.purpose(row.provider, row.owner_id)):
            count += StoredKey.objects.filter(pk=row.pk, sealed=row.sealed).update(sealed=fresh)
    return count


def is_usable(row: StoredKey) -> bool:
    """Whether the encryption key that sealed it is still there."""
    return vault.opens(row.sealed, credentials.purpose(row.provider, row.owner_id))


# --- trying a key out ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trial:
    """What a provider said to the key: `ok`, `refused`, `unreachable`, or `unclear` with its `status`."""

    outcome: str
    status: int | None = None


def try_out(user: User, provider_id: str) -> Trial:
    """Ask the provider for its models, which costs nothing, with the credential that the user's calls go out with."""
    provider = find(provider_id)
    credential = credentials.find(provider.id, user_id=user.pk)
    if credential is None:
        raise InvalidRequest(f"There is no key for {provider.name} to try out; store one first")
    try:
        with httpx.stream("GET", _models_address(provider, credential), headers=_headers(provider, credential),
                          timeout=TEST_TIMEOUT_S, follow_redirects=False) as answer:  # fmt: skip
            return Trial(_outcome(answer.status_code), answer.status_code)
    except (httpx.HTTPError, httpx.InvalidURL):
        return Trial("unreachable")


def _outcome(status: int) -> str:
    if status < 300:
        return "ok"
    return "refused" if status in (401, 403) or status == 400 else "unclear"


def _models_address(provider: Provider, credential: Credential) -> str:
    below = {"anthropic": "v1/models", "google": "v1beta/models"}.get(provider.dialects[0])
    return f"{credential.base_url}/{below}" if below else f"{provider.openai_address(credential.base_url)}/models"


def _headers(provider: Provider, credential: Credential) -> Mapping[bytes, bytes]:
    shown = [credential.auth_header] if credential.auth_header else []
    version = [(b"anthropic-version", b"2023-06-01")] if provider.dialects[0] == "anthropic" else []
    return dict([*shown, *version])
