"""The REST door of terminals: one view a URL, no logic of its own."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.envelope import parse
from core.errors import Conflict, HostUnavailable
from sessions import serializers, shares
from sessions.answers import SessionAnswer
from sessions.models import ShareMode
from terminals import payloads, services


class Input(APIView):
    @described(
        "typeInput",
        "Type into the terminal, as it is",
        asks=payloads.Input,
        errors=(Conflict, HostUnavailable),
        example_asked={"data": "ls\r"},
    )
    def post(self, request: Request, session_id: str) -> Response:
        row = shares.reach(caller(request), session_id, ShareMode.CONTROL)
        services.write(row, parse(payloads.Input, request.data).data)
        return Response({})


class Resize(APIView):
    @described(
        "resizeTerminal",
        "Set the terminal's size, whoever drives",
        SessionAnswer,
        asks=payloads.Size,
        errors=(Conflict, HostUnavailable),
    )
    def post(self, request: Request, session_id: str) -> Response:
        row = shares.reach(caller(request), session_id, ShareMode.CONTROL)
        row = services.resize(row, parse(payloads.Size, request.data))
        return Response({"session": serializers.session(row)})
