"""The admin site knows the browser's own log-in: one cookie, one rate limit, one place to revoke."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts import cookies, services
from core.errors import Unauthorized


class BrowserLoginMiddleware:
    """On /admin, `request.user` is whoever the log-in cookie says; Django's own session log-in is not used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/admin"):
            nobody = request.user
            request.user = SimpleLazyObject(lambda: _user_of(request) or nobody)  # type: ignore[assignment]
        return self._get_response(request)


def _user_of(request: HttpRequest) -> User | None:
    raw = request.COOKIES.get(cookies.NAME)
    try:
        return services.find_login(raw, {"browser"}).user if raw else None
    except Unauthorized:
        return None
