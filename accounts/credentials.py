"""What a request carries once its caller is known: by which kind of credential they came."""

from dataclasses import dataclass
from typing import Literal

from rest_framework.request import Request

from accounts.models import Login
from core.errors import Forbidden, Unauthorized


@dataclass(frozen=True)
class Credential:
    """The value of `request.auth`: an API token or the browser's cookie, and the log-in behind it."""

    kind: Literal["api", "browser"]
    login: Login

    @property
    def via(self) -> str:
        """In the words of the audit log: browser, api or token."""
        return Login.Kind.TOKEN.value if self.login.kind == Login.Kind.TOKEN else self.kind


def of(request: Request) -> Credential:
    """The credential of a caller who is logged in, else `Unauthorized`."""
    credential: object = request.auth
    if not isinstance(credential, Credential):
        raise Unauthorized
    return credential


def of_person(request: Request) -> Credential:
    """The same, for what no API token may do: `Forbidden` for one."""
    credential = of(request)
    if credential.login.kind == Login.Kind.TOKEN:
        raise Forbidden("An API token may not do this; log in")
    return credential
