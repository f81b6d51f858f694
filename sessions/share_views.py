"""The doors of shares: an owner's, and a link's, which gives whoever follows it a cookie for one terminal."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import clients, throttling
from accounts.permissions import caller
from core import envelope
from core.described import described
from core.errors import Conflict, HostUnavailable, RateLimited, Unauthorized
from core.happenings import tell
from core.moments import timestamp
from core.payloads import parse
from sessions import answers, payloads, services, shares
from sessions.models import Session, Share

COOKIE = "agterm_share"
PAGE = "/shared"


class Shares(APIView):
    @described("listShares", "The shares of a session that still count", answers.SharesAnswer)
    def get(self, request: Request, session_id: str) -> Response:
        row = services.find(caller(request), session_id)
        return Response({"shares": [shown(share) for share in shares.of(row)]})

    @described(
        "createShare",
        "Share a terminal, by a link or with a user",
        answers.NewShareAnswer,
        status=201,
        asks=payloads.CreateShare,
        errors=(Conflict,),
        example_asked={"mode": "view", "expiresIn": 3600},
    )
    def post(self, request: Request, session_id: str) -> Response:
        user = caller(request)
        row, wanted = services.find(user, session_id), parse(payloads.CreateShare, request.data)
        share, secret = shares.create(
            row, user, mode=wanted.mode, life_s=wanted.expiresIn, max_uses=wanted.maxUses, with_name=wanted.user
        )
        url = None if secret is None else _url(request._request, secret)
        return Response({"share": shown(share) | {"url": url}}, status=201)


class OneShare(APIView):
    @described("deleteShare", "Take a share back, at once", answers.ShareDeletedAnswer)
    def delete(self, request: Request, session_id: str, share_id: str) -> Response:
        share = shares.take_back(services.find(caller(request), session_id), share_id)
        return Response({"id": str(share.pk), "deleted": True})


class Shared(APIView):
    """What whoever followed a link may know; the share's cookie opens this and its terminal, and nothing else."""

    authentication_classes: Any = ()
    permission_classes: Any = ()

    @described(
        "getShared",
        "What whoever followed a link may know",
        answers.SharedAnswer,
        errors=(Unauthorized, HostUnavailable),
    )
    def get(self, request: Request) -> Response:
        share = shares.by_cookie(request.COOKIES.get(COOKIE))
        row = services.look(share.session)
        facts = {"mode": share.mode, "expiresAt": timestamp(share.expires_at), "by": share.created_by.get_username()}
        return Response({"share": facts | {"session": for_guests(row)}})


@method_decorator(never_cache, name="dispatch")
class FollowLink(View):
    """Turns a link's secret into a cookie, and leads on to a page whose address says nothing."""

    def head(self, request: HttpRequest, secret: str) -> HttpResponse:
        """A preview or a scanner does not use the link up."""
        return _unspoken(HttpResponse())

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        try:
            share, cookie = shares.redeem(secret, request.COOKIES.get(COOKIE))
        except Unauthorized:
            return self._refused(request)
        tell(
            "share.open",
            via="share",
            target=f"session:{share.session_id}",
            address=clients.client_address(request),
            share=str(share.pk),
            mode=share.mode,
        )
        response = _unspoken(redirect(PAGE))
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=int((share.expires_at - timezone.now()).total_seconds()),
            secure=request.is_secure() or settings.AGTERM.public_url.startswith("https:"),
            httponly=True,
            samesite="Lax",
        )
        return response

    @staticmethod
    def _refused(request: HttpRequest) -> HttpResponse:
        try:
            throttling.limit_caller(request, None, None)  # guessing is not free
        except RateLimited as error:
            return envelope.render(error)
        return _unspoken(redirect(f"{PAGE}?share=ended"))


def _unspoken(response: HttpResponse) -> HttpResponse:
    """No page that is led to from here is told the address it came from."""
    response["Referrer-Policy"] = "no-referrer"
    return response


def _url(request: HttpRequest, secret: str) -> str:
    base = settings.AGTERM.public_url or request.build_absolute_uri("/")
    return f"{base.rstrip('/')}/s/{secret}"


def shown(share: Share) -> dict[str, Any]:
    return {
        "id": str(share.pk),
        "mode": share.mode,
        "user": share.user.get_username() if share.user else None,
        "createdBy": share.created_by.get_username(),
        "createdAt": timestamp(share.created_at),
        "expiresAt": timestamp(share.expires_at),
        "uses": share.uses,
        "maxUses": share.max_uses,
    }


def for_guests(row: Session) -> dict[str, Any]:
    """The session as somebody sees it who is nobody's colleague: what is on the terminal, and no more."""
    fields = ("name", "agent", "status", "state", "cols", "rows")
    return {"id": str(row.pk), **{name: getattr(row, name) for name in fields}}
