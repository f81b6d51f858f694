"""What callers send to /api/notifications."""

import base64
import binascii
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from core.payloads import Payload

Kind = Literal["needs_input", "finished", "over_budget", "failed", "rate_limited"]
KINDS: tuple[Kind, ...] = ("needs_input", "finished", "over_budget", "failed", "rate_limited")
POINT_BYTES, SECRET_BYTES = 65, 16


def _bytes_of(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _point(text: str) -> str:
    if len(found := _bytes_of(text)) != POINT_BYTES or found[0] != 4:
        raise ValueError("p256dh is no public key of a browser")
    return text


def _secret(text: str) -> str:
    if len(_bytes_of(text)) != SECRET_BYTES:
        raise ValueError("auth is no secret of a browser")
    return text


class Keys(Payload):
    p256dh: Annotated[str, AfterValidator(_point), Field(max_length=128)]
    auth: Annotated[str, AfterValidator(_secret), Field(max_length=64)]


class Subscribe(Payload):
    """What `PushSubscription.toJSON()` says in a browser, and what it wants to be told of; else of everything."""

    endpoint: str = Field(min_length=1, max_length=2048)
    keys: Keys
    kinds: list[Kind] = Field(default_factory=lambda: list(KINDS), max_length=len(KINDS))


class Presence(Payload):
    """`page`: a name of the page's own, the same each time; `visible`: whether somebody can see it now."""

    page: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+$")
    visible: bool
