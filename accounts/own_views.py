"""The REST door of what is a caller's own: API tokens, log-ins, and a link that logs in another device."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import answers, api_tokens, clients, credentials, payloads, services
from accounts.models import Login
from accounts.permissions import caller
from core.described import described
from core.errors import Conflict, Forbidden, NotFound
from core.happenings import tell
from core.moments import timestamp
from core.payloads import parse

LINK_MINUTES = 5


class ApiTokens(APIView):
    @described("listTokens", "Your API tokens, never their secrets", answers.ApiTokensAnswer)
    def get(self, request: Request) -> Response:
        return Response({"tokens": [payloads.token(row) for row in api_tokens.of(caller(request))]})

    @described(
        "createToken",
        "A token for programs; its secret is told this once",
        answers.NewApiTokenAnswer,
        status=201,
        asks=payloads.CreateToken,
        errors=(Conflict,),
        example_asked={"name": "ci", "scopes": ["read"]},
    )
    def post(self, request: Request) -> Response:
        credentials.of_person(request)
        wanted = parse(payloads.CreateToken, request.data)
        row, secret = api_tokens.create(caller(request), wanted.name, wanted.scopes, wanted.expiresIn)
        return Response({"token": payloads.token(row), "secret": secret}, status=201)


class OneApiToken(APIView):
    for_viewers = ("DELETE",)

    @described("revokeToken", "It counts no more, at once", answers.ApiTokenRevokedAnswer)
    def delete(self, request: Request, token_id: str) -> Response:
        credentials.of_person(request)
        row = api_tokens.revoke(caller(request), token_id)
        return Response({"id": str(row.pk), "revoked": True})


class Logins(APIView):
    """Where the caller is logged in; API tokens are not among them."""

    @described("listOwnLogins", "Where you are logged in", answers.BrowserLoginsAnswer, errors=(Forbidden,))
    def get(self, request: Request) -> Response:
        current = credentials.of_person(request).login
        return Response({"logins": [payloads.login(row, current) for row in _live(current)]})


class OneLogin(APIView):
    for_viewers = ("DELETE",)

    @described("endLogin", "End one of your log-ins", answers.LoginEndedAnswer)
    def delete(self, request: Request, login_id: str) -> Response:
        mine = _live(credentials.of_person(request).login)
        row = next((row for row in mine if str(row.pk) == _uuid(login_id)), None)
        if row is None:
            raise NotFound("There is no such log-in")
        services.log_out(row)
        return Response({"id": str(row.pk), "ended": True})


class ShareToken(APIView):
    """A link that logs its maker in once, on a phone say."""

    @described(
        "createShareToken",
        "A link that logs you in once, on another device",
        answers.ShareTokenAnswer,
        errors=(Forbidden,),
    )
    def get(self, request: Request) -> Response:
        login = credentials.of_person(request).login
        url = payloads.link(services.create_login_link(login.user, LINK_MINUTES), request._request)
        tell(
            "login.link.create",
            actor=login.user,
            via=credentials.of(request).via,
            target=f"user:{login.user_id}",
            address=clients.client_address(request._request),
        )
        expires_at = timezone.now() + timedelta(minutes=LINK_MINUTES)
        return Response({"url": url, "expiresAt": timestamp(expires_at)})


def _live(login: Login) -> list[Login]:
    rows = Login.objects.filter(user=login.user_id, revoked_at=None, expires_at__gt=timezone.now())
    return list(rows.exclude(kind=Login.Kind.TOKEN))


def _uuid(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None
