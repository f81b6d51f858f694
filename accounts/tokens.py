"""Signed tokens (JWT, HS256): what they say, how they are made and strictly read. Knows no database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

import jwt

from core.errors import Unauthorized

Kind = Literal["access", "refresh", "socket", "browser"]

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "agterm"
MAX_CHARS = 2048
_REQUIRED = ["typ", "sub", "login", "jti", "iat", "exp", "aud", "iss"]


@dataclass(frozen=True)
class Claims:
    """What a token says, once it has been believed."""

    kind: Kind
    user_id: int
    login_id: UUID
    token_id: str


def issue(kind: Kind, *, key: str, user_id: int, login_id: UUID, life_s: float, token_id: str | None = None) -> str:
    """A signed token of `kind` that lives `life_s` seconds from now."""
    now = datetime.now(UTC)
    payload = {
        "typ": kind,
        "sub": str(user_id),
        "login": str(login_id),
        "jti": token_id or uuid4().hex,
        "iat": now,
        "exp": now + timedelta(seconds=life_s),
        "aud": AUDIENCE,
        "iss": ISSUER,
    }
    return jwt.encode(payload, key, algorithm=ALGORITHM)


def read(raw: str, *, key: str, kinds: Collection[Kind]) -> Claims:
    """What `raw` says, if we signed it, it has not expired and is of one of `kinds`; else `Unauthorized`."""
    if len(raw) > MAX_CHARS:
        raise Unauthorized("The token is not valid")
    try:
        payload = jwt.decode(
            raw, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, leeway=0,
            options={"require": _REQUIRED},
        )  # fmt: skip
        if payload["typ"] not in kinds:
            raise Unauthorized("This kind of token is not accepted here")
        return Claims(payload["typ"], int(payload["sub"]), UUID(payload["login"]), payload["jti"])
    except jwt.ExpiredSignatureError:
        raise Unauthorized("The token has expired") from None
    except (jwt.PyJWTError, ValueError):
        raise Unauthorized("The token is not valid") from None
