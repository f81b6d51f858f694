"""How a WebSocket handshake says who is calling: `?token=`, or the log-in cookie together with our own origin."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qs
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host

from accounts import clients, cookies, origins, services
from accounts.credentials import Credential
from accounts.permissions import must_change
from core.errors import Forbidden, Unauthorized


class SocketCaller(NamedTuple):
    """Who opened a socket, with which kind of credential, and the log-in it hangs on (see `services.live_user`)."""

    user: User
    kind: Literal["api", "browser"]
    login_id: UUID
    via: str


def authenticate_scope(scope: Mapping[str, Any], *, looking: bool = False) -> SocketCaller:
    """The caller of an ASGI WebSocket scope. Sync, uses the ORM.

    `Forbidden` for a page of a foreign origin, whatever it carries, for a cookie without an origin, and for who may
    only look unless the socket sees to that itself (`looking`); `Unauthorized` for a token or cookie that is bad,
    expired, revoked or missing.
    """
    found = _caller(scope)
    if not looking:
        must_change(found.user)
    return found


def cookie_of_own_page(scope: Mapping[str, Any], name: str) -> str | None:
    """A cookie of the handshake, which must come from a page of ours: `Forbidden` for any other, and for no page."""
    headers = _headers(scope)
    _check_origin(scope, headers, headers.get("origin"))
    if headers.get("origin") is None:
        raise Forbidden("This cookie counts only together with an Origin header")
    return parse_cookie(headers.get("cookie", "")).get(name)


def address_of(scope: Mapping[str, Any]) -> str:
    """Where a socket comes from, as `clients.client_address` says of a request."""
    peer = (scope.get("client") or ("",))[0]
    return clients.address_behind(peer, _headers(scope).get("x-forwarded-for", ""), settings.AGTERM.trusted_proxies)


def _caller(scope: Mapping[str, Any]) -> SocketCaller:
    headers = _headers(scope)
    origin = headers.get("origin")
    _check_origin(scope, headers, origin)
    if raw := parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token"):
        login = services.find_login(raw[0], {"socket", "access"})
        return SocketCaller(login.user, "api", login.pk, Credential("api", login).via)
    cookie = parse_cookie(headers.get("cookie", "")).get(cookies.NAME)
    if not cookie:
        raise Unauthorized
    if origin is None:
        raise Forbidden("A log-in cookie counts only together with an Origin header")
    login = services.find_login(cookie, {"browser"})
    return SocketCaller(login.user, "browser", login.pk, "browser")


def _check_origin(scope: Mapping[str, Any], headers: Mapping[str, str], origin: str | None) -> None:
    host = headers.get("host", "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        raise Forbidden("This server does not answer to that host name (AGTERM_ALLOWED_HOSTS)")
    if not origins.is_allowed(origin, host, _scheme(scope, headers), settings.AGTERM):
        raise Forbidden(origins.REFUSAL)


def _scheme(scope: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    peer = (scope.get("client") or ("",))[0]
    forwarded = headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    if forwarded and clients.is_trusted(peer, settings.AGTERM.trusted_proxies):
        return "https" if forwarded in ("https", "wss") else "http"
    return "https" if scope.get("scheme") in ("wss", "https") else "http"


def _headers(scope: Mapping[str, Any]) -> dict[str, str]:
    """One value per name; several Cookie headers are one (HTTP/2), several of another kind: the last."""
    found: dict[str, str] = {}
    for name, value in scope.get("headers", ()):
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}; {text}" if key == "cookie" and key in found else text
    return found
