"""Which web pages may talk to us: the host's own and those in AGTERM_ALLOWED_ORIGINS."""

from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts import clients
from core import envelope
from core.errors import Forbidden
from core.middleware import Middleware

REFUSAL = "Pages of this origin may not do this (AGTERM_ALLOWED_ORIGINS)"
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
_PORTS = {"http": 80, "https": 443}


class Origins(Protocol):
    """The part of the configuration that says which origins are ours."""

    @property
    def allowed_origins(self) -> tuple[str, ...]: ...

    @property
    def public_url(self) -> str: ...


def is_allowed(origin: str | None, host: str, scheme: str, config: Origins) -> bool:
    """Whether a page of `origin` may write, or open a socket, at `host` (as in the Host header).

    No origin: not a browser, or a page of our own, so yes. Same host and port: yes, unless the page came
    in the clear and we are asked over TLS. The other way round is a TLS proxy nobody told us about.
    """
    if origin is None:
        return True
    page = _origin(origin)
    if page is None:
        return False
    own = _origin(f"{page[0]}://{host}")
    if page == own and (page[0] == "https" or scheme == "http"):
        return True
    return page in {_origin(known) for known in (*config.allowed_origins, config.public_url)}


def _origin(text: str) -> tuple[str, str, int] | None:
    """(scheme, host, port), the port always said; None for `null` and whatever is no web origin."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port


class OriginMiddleware(Middleware):
    """Refuses writes under /api from foreign pages, and drops forwarding headers that no trusted proxy wrote."""

    def before(self, request: HttpRequest) -> HttpResponseBase | None:
        if not clients.is_trusted(request.META.get("REMOTE_ADDR", ""), settings.AGTERM.trusted_proxies):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)  # settings.SECURE_PROXY_SSL_HEADER believes it
            request.META.pop("HTTP_X_FORWARDED_FOR", None)
        if request.method in _SAFE or not envelope.is_api(request):
            return None
        origin = request.META.get("HTTP_ORIGIN")
        scheme = request.scheme or "http"
        if is_allowed(origin, request.get_host(), scheme, settings.AGTERM):
            return None
        return envelope.render(Forbidden(REFUSAL))
