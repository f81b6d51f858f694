"""The REST door of the accounts: one view per URL."""

from django.middleware.csrf import rotate_token
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import cookies, credentials, payloads, services, throttling
from core.payloads import parse


class LogIn(APIView):
    """Name and password for tokens; for a browser also its cookie."""

    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request) -> Response:
        asked = parse(payloads.LogIn, request.data)
        throttling.limit_log_in(request._request, asked.username)
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

    def post(self, request: Request) -> Response:
        login, issued = services.refresh(parse(payloads.Refresh, request.data).refresh)
        return Response(payloads.tokens(issued, login.user))


class LogOut(APIView):
    """Ends the log-in the caller came with."""

    def post(self, request: Request) -> Response:
        services.log_out(credentials.of(request).login)
        response = Response({})
        cookies.clear_login_cookie(response)
        return response


class Me(APIView):
    """Who the caller is."""

    def get(self, request: Request) -> Response:
        return Response({"user": payloads.user(credentials.of(request).login.user)})


class SocketToken(APIView):
    """A token for `?token=` that is worth nothing a minute later."""

    def post(self, request: Request) -> Response:
        token = services.issue_socket_token(credentials.of(request).login)
        return Response({"token": token, "expiresIn": services.SOCKET_TOKEN_S})


class Password(APIView):
    """Sets the caller's password and ends their other log-ins."""

    def post(self, request: Request) -> Response:
        asked = parse(payloads.NewPassword, request.data)
        login = credentials.of(request).login
        throttling.limit_log_in(request._request, login.user.get_username())
        services.change_password(login, current=asked.current, new=asked.new)
        return Response({})
