"""The REST door of the accounts: one view per URL."""

from django.contrib.auth.models import User
from django.middleware.csrf import rotate_token
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import answers, cookies, credentials, payloads, services, throttling
from core.described import described
from core.errors import Unauthorized
from core.happenings import note
from core.payloads import parse


class LogIn(APIView):
    """Name and password for tokens; for a browser also its cookie."""

    authentication_classes = ()
    permission_classes = ()

    @described(
        "logIn",
        "Log in with name and password",
        answers.TokensAnswer,
        asks=payloads.LogIn,
        errors=(Unauthorized,),
        details="With `browser: true` also the browser's cookie.",
        example_asked={"username": "ada", "password": "correct horse battery"},
    )
    def post(self, request: Request) -> Response:
        asked = parse(payloads.LogIn, request.data)
        throttling.limit_log_in(request._request, asked.username)
        _tell_whose(request, asked.username)
        for_browser = asked.browser or request.headers.get("X-AGTerm-Browser", "").lower() in ("1", "true")
        login = services.log_in(
            asked.username,
            asked.password,
            kind="browser" if for_browser else "api",
            user_agent=request.headers.get("User-Agent", ""),
        )
        response = Response(payloads.tokens(services.issue_tokens(login), login.user))
        if for_browser:
            cookies.set_login_cookie(response, login, request._request)
            rotate_token(request._request)
        return response


class Refresh(APIView):
    """A refresh token for the next pair of tokens; each is good once."""

    authentication_classes = ()
    permission_classes = ()

    @described(
        "refreshTokens",
        "A refresh token for the next pair of tokens",
        answers.TokensAnswer,
        asks=payloads.Refresh,
        errors=(Unauthorized,),
    )
    def post(self, request: Request) -> Response:
        login, issued = services.refresh(parse(payloads.Refresh, request.data).refresh)
        return Response(payloads.tokens(issued, login.user))


class LogOut(APIView):
    """Ends the log-in the caller came with."""

    for_viewers = ("POST",)

    @described("logOut", "End the log-in, and every token of it")
    def post(self, request: Request) -> Response:
        services.log_out(credentials.of(request).login)
        response = Response({})
        cookies.clear_login_cookie(response)
        return response


class Me(APIView):
    """Who the caller is."""

    @described(
        "getMe",
        "Who the caller is",
        answers.MeAnswer,
        example={"user": {"id": 1, "username": "ada", "isStaff": False, "role": "member", "hasPassword": True}},
    )
    def get(self, request: Request) -> Response:
        return Response({"user": payloads.user(credentials.of(request).login.user)})


class SocketToken(APIView):
    """A token for `?token=` that is worth nothing a minute later, and may no more than what it was asked for with."""

    for_viewers = ("POST",)

    @described("createSocketToken", "A token for `?token=`, good for 60 seconds", answers.SocketTokenAnswer)
    def post(self, request: Request) -> Response:
        token = services.issue_socket_token(credentials.of(request).login)
        return Response({"token": token, "expiresIn": services.SOCKET_TOKEN_S})


class Password(APIView):
    """Sets the caller's password and ends their other log-ins."""

    for_viewers = ("POST",)

    @described("setPassword", "Set the password and end the other log-ins", asks=payloads.NewPassword)
    def post(self, request: Request) -> Response:
        asked = parse(payloads.NewPassword, request.data)
        login = credentials.of_person(request).login
        throttling.limit_log_in(request._request, login.user.get_username())
        services.change_password(login, current=asked.current, new=asked.new)
        return Response({})


def _tell_whose(request: Request, name: str) -> None:
    """For the audit log: only a name that there is, since what was typed there may be a password."""
    user = User.objects.filter(username=name).first()
    if user is not None:
        note(request._request, target=f"user:{user.pk}", actor=user)
