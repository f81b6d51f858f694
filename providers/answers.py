"""What callers of the provider endpoints get, for the OpenAPI document; models and prices, too."""

from typing import Literal

from core.described import MAY_BE_MISSING, Answer, Timestamp

KeySource = Literal["own", "stored", "file", "env"]


class Provider(Answer):
    """A provider, and what the caller's calls to it go out with; the addresses are told to staff alone."""

    id: str
    name: str
    configured: bool
    keySource: KeySource | None
    keyVariables: list[str]
    needsKey: bool
    keyPage: str | None
    dialects: list[str]
    missingEnvVars: list[str]
    baseUrl: str | None = MAY_BE_MISSING
    baseUrlVariable: str | None = MAY_BE_MISSING


class Prices(Answer):
    """Dollars per million tokens, as decimal numbers."""

    input: str = MAY_BE_MISSING
    cacheRead: str = MAY_BE_MISSING
    cacheWrite: str = MAY_BE_MISSING
    cacheWrite1h: str = MAY_BE_MISSING
    output: str = MAY_BE_MISSING


class Model(Answer):
    """`prices` is null when nobody knows them."""

    id: str
    name: str
    description: str
    contextWindow: int | None
    maxOutputTokens: int | None
    prices: Prices | None
    deprecated: bool


class ProvidersAnswer(Answer):
    providers: list[Provider]
    configuredProviders: list[str]


class StoredKey(Answer):
    """Never the key itself, at most its `ending`; who sees only that there is one gets nulls."""

    provider: str
    scope: Literal["own", "all"]
    ending: str | None
    baseUrl: str | None
    storedAt: Timestamp
    storedBy: str | None
    usable: bool


class KeysAnswer(Answer):
    keys: list[StoredKey]


class KeyAnswer(Answer):
    key: StoredKey


class KeyDeletedAnswer(Answer):
    provider: str
    scope: Literal["own", "all"]
    deleted: Literal[True]


class KeyTrialAnswer(Answer):
    """What the provider said to the key: its HTTP `status`, null when it was not reached."""

    provider: str
    outcome: Literal["ok", "refused", "unreachable", "unclear"]
    status: int | None
