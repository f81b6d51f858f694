"""The browser's log-in cookie: set, read, clear."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts import services
from accounts.models import Login

NAME = "agterm_login"


def set_login_cookie(response: HttpResponseBase, login: Login, request: HttpRequest) -> None:
    """Give the browser its log-in: unreadable to scripts, not sent along by other sites' forms."""
    response.set_cookie(
        NAME,
        services.issue_browser_token(login),
        max_age=int((login.expires_at - timezone.now()).total_seconds()),
        secure=request.is_secure() or settings.AGTERM.public_url.startswith("https:"),
        httponly=True,
        samesite="Lax",
    )


def clear_login_cookie(response: HttpResponseBase) -> None:
    response.delete_cookie(NAME, samesite="Lax")
