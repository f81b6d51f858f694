"""How a request for a stream says who is calling, as every REST request does or by `?token=`, and is refused."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts import services, throttling
from accounts.authentication import BearerAuthentication, BrowserAuthentication
from accounts.credentials import Credential
from accounts.models import Login
from accounts.permissions import must_change
from core import envelope
from core.errors import AgtermError, TooLarge, Unauthorized


@method_decorator(csrf_exempt, name="dispatch")  # `admit` looks at the token, where a cookie says who is calling
class StreamView(View):
    """Holds no thread while it sends. What goes wrong before the first byte is said in the envelope."""

    async def dispatch(self, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:  # type: ignore[override]
        try:
            handler: Callable[..., Awaitable[HttpResponseBase]] = super().dispatch  # type: ignore[assignment]
            return await handler(request, *arguments, **named)
        except AgtermError as error:
            return envelope.render(error)
        except RequestDataTooBig:
            return envelope.render(TooLarge())


def admit(request: HttpRequest, *, looking: bool = False) -> Login:
    """The log-in behind a stream, counted like any request. Sync, uses the ORM.

    `Unauthorized`, `RateLimited`; `Forbidden` for who may only look and sends what may change something, unless
    whatever they send only reads (`looking`).
    """
    credential = _by_token(request) or _as_rest(request)
    if credential is None:
        throttling.limit_caller(request, None, None)
        raise Unauthorized
    request.auth = credential  # type: ignore[attr-defined]  # where REST framework puts it too
    throttling.limit_caller(request, credential.login.user_id, credential)
    if request.method not in SAFE_METHODS and not looking:
        must_change(credential.login.user)
    return credential.login


def _by_token(request: HttpRequest) -> Credential | None:
    raw = request.GET.get("token")
    if not raw:
        return None
    try:
        return Credential("api", services.find_login(raw, {"socket", "access"}))
    except Unauthorized:
        throttling.limit_caller(request, None, None)  # guessing is not free
        raise


def _as_rest(request: HttpRequest) -> Credential | None:
    asked = Request(request)
    for way in (BearerAuthentication(), BrowserAuthentication()):
        if (found := way.authenticate(asked)) is not None:
            return found[1]
    return None
