"""The doors that belong to no app: health, the page, the one-time log-in link, and everything else under /api."""

import time
from datetime import UTC, datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import cookies
from accounts import services as accounts
from accounts.models import Login
from agterm import page
from agterm.version import VERSION
from core.described import Answer, Raw, Timestamp, described
from core.errors import NotFound, Unauthorized
from sessions.serializers import timestamp

STARTED = time.monotonic()
LINK_IS_OVER = "/?login=expired"


class HealthAnswer(Answer):
    """`uptime`: seconds since the server was started."""

    status: Literal["ok"]
    version: str
    uptime: int
    timestamp: Timestamp


class Health(APIView):
    """Bare and open to all: what a load balancer asks."""

    authentication_classes: Any = ()
    permission_classes: Any = ()
    throttle_classes: Any = ()
    renderer_classes: Any = (JSONRenderer,)

    @described("getHealth", "Whether the server lives; without the envelope", Raw("application/json", HealthAnswer))
    def get(self, request: Request) -> Response:
        return Response(
            {
                "status": "ok",
                "version": VERSION,
                "uptime": int(time.monotonic() - STARTED),
                "timestamp": timestamp(datetime.now(UTC)),
            }
        )


class UnknownEndpoint(APIView):
    """Any verb on any URL under /api that nothing else answers."""

    permission_classes: Any = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound("There is no such endpoint")


@method_decorator([never_cache, ensure_csrf_cookie], name="dispatch")
class Page(View):
    """The browser's page; it asks the API who is calling."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        soon = (page.TERMINAL,) if request.path.startswith("/sessions/") else ()
        return render(request, "index.html", page.context(soon=soon))


@method_decorator(never_cache, name="dispatch")
class SharedPage(View):
    """One terminal and nothing else, for who followed a link; it asks the API what the share's cookie opens."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "index.html", page.context(entry=page.SHARED))


class LogOutOfAdmin(View):
    """The admin's log-out button ends the browser's log-in, like everybody's."""

    def post(self, request: HttpRequest) -> HttpResponse:
        response = redirect("/")
        if (login := _login_of(request)) is not None:
            accounts.log_out(login)
        cookies.clear_login_cookie(response)
        return response


@method_decorator([never_cache, ensure_csrf_cookie], name="dispatch")
class OneTimeLogin(View):
    """Turns a one-time link into the browser's log-in.

    It asks first where another page led here, or where it would end somebody else's log-in: else anybody could make
    another work, unknowing, in an account that is not theirs.
    """

    def head(self, request: HttpRequest, link: str) -> HttpResponse:
        """A preview or a scanner does not use the link up."""
        return HttpResponse()

    def get(self, request: HttpRequest, link: str) -> HttpResponse:
        try:
            user = accounts.login_link_user(link)
        except Unauthorized:
            return redirect(LINK_IS_OVER)
        present = _login_of(request)
        other = present.user if present is not None and present.user_id != user.pk else None
        is_led_here = request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        if is_led_here or other is not None:
            names = {"name": user.get_username(), "other": other.get_username() if other else None}
            return render(request, "confirm_login.html", names)
        return self.post(request, link)

    def post(self, request: HttpRequest, link: str) -> HttpResponse:
        """Only our own question's form has the token that lets it come here."""
        try:
            login = accounts.redeem_login_link(link, user_agent=request.headers.get("User-Agent", ""))
        except Unauthorized:
            return redirect(LINK_IS_OVER)
        present = _login_of(request)
        if present is not None and present.user_id != login.user_id:
            accounts.log_out(present)
        response = redirect("/")
        cookies.set_login_cookie(response, login, request)
        return response


def _login_of(request: HttpRequest) -> Login | None:
    """The log-in that this browser has."""
    try:
        return accounts.find_login(request.COOKIES.get(cookies.NAME, ""), {"browser"})
    except Unauthorized:
        return None
