"""What a request carries once its caller is known: by which kind of credential they came."""

from dataclasses import dataclass
from typing import Literal

from rest_framework.request import Request

from accounts.models import Login
from core.errors import Unauthorized


@dataclass(frozen=True)
class Credential:
    """The value of `request.auth`: an API token or the browser's cookie, and the log-in behind it."""

    kind: Literal["api", "browser"]
    login: Login


def of(request: Request) -> Credential:
    """The credential of a caller who is logged in, else `Unauthorized`."""
    credential: object = request.auth
    if not isinstance(credential, Credential):
        raise Unauthorized
    return credential
