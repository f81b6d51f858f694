"""The doors that belong to no app: health, the page, the one-time log-in link, and everything else under /api."""

import time
from datetime import UTC, datetime
from typing import Any

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
from agterm import page
from agterm.version import VERSION
from core.errors import NotFound, Unauthorized
from sessions.serializers import timestamp

STARTED = time.monotonic()


class Health(APIView):
    """Bare and open to all: what a load balancer asks."""

    authentication_classes: Any = ()
    permission_classes: Any = ()
    throttle_classes: Any = ()
    renderer_classes: Any = (JSONRenderer,)

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
        return render(request, "index.html", page.context())


class LogOutOfAdmin(View):
    """The admin's log-out button ends the browser's log-in, like everybody's."""

    def post(self, request: HttpRequest) -> HttpResponse:
        response = redirect("/")
        try:
            accounts.log_out(accounts.find_login(request.COOKIES.get(cookies.NAME, ""), {"browser"}))
        except Unauthorized:
            pass  # it had ended already
        cookies.clear_login_cookie(response)
        return response


@method_decorator(never_cache, name="dispatch")
class OneTimeLogin(View):
    """Turns a one-time link into the browser's log-in."""

    def head(self, request: HttpRequest, link: str) -> HttpResponse:
        """A preview or a scanner does not use the link up."""
        return HttpResponse()

    def get(self, request: HttpRequest, link: str) -> HttpResponse:
        try:
            login = accounts.redeem_login_link(link)
        except Unauthorized:
            return redirect("/?login=expired")
        response = redirect("/")
        cookies.set_login_cookie(response, login, request)
        return response
