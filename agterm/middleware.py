"""Headers that every answer carries."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'self'; connect-src 'self' ws://{host} wss://{host}; img-src 'self' data: blob:; "
    "style-src 'self' 'unsafe-inline'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'; frame-src 'self'"
)


def frames(preview_host: str) -> str:
    """The origins of previews, which our page shows in frames."""
    hosts = ["localhost", *([preview_host] if preview_host else [])]
    return "".join(f" http://*.{host}:* https://*.{host}:*" for host in hosts)


def policy(request: HttpRequest) -> str:
    """`POLICY` with this server's own sockets, which some browsers don't take for `'self'`."""
    try:
        return POLICY.format(host=request.get_host())
    except DisallowedHost:
        return POLICY.replace(" ws://{host} wss://{host}", "")


class ContentSecurityPolicy:
    """Scripts from this server only. Inline styles stay allowed: the terminal and the editor place text with them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._frames = frames(settings.AGTERM.preview_host)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if "Content-Security-Policy" not in response.headers:
            response.headers["Content-Security-Policy"] = policy(request) + self._frames
        return response
