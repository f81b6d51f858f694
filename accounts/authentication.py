"""How a REST request says who is calling: a Bearer token (API), or the log-in cookie with a CSRF token (browser)."""

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request

from accounts import cookies, services, throttling
from accounts.credentials import Credential
from core.errors import Forbidden, Unauthorized


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`. No CSRF check: no other site can make a browser send it."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        scheme, _, raw = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            login = services.find_login(raw.strip(), {"access"})
        except Unauthorized:
            throttling.limit_caller(request._request, None, None)  # guessing is not free
            raise
        return login.user, Credential("api", login)

    def authenticate_header(self, _request: Request) -> str:
        return "Bearer"


class BrowserAuthentication(BaseAuthentication):
    """The cookie `agterm_login`. A cookie that no longer counts is no cookie: the caller is a stranger."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        raw = request.COOKIES.get(cookies.NAME)
        if not raw:
            return None
        try:
            login = services.find_login(raw, {"browser"})
        except Unauthorized:
            return None
        _check_csrf(request._request)
        return login.user, Credential("browser", login)

    def authenticate_header(self, _request: Request) -> str:
        return "Bearer"


def _check_csrf(request: HttpRequest) -> None:
    """Django's own check, which passes safe methods; the views themselves are exempt from its middleware."""
    check = CSRFCheck(lambda _request: HttpResponse())
    check.process_request(request)
    if reason := check.process_view(request, lambda _request: HttpResponse(), (), {}):
        raise Forbidden(f"CSRF check failed: {reason}")
