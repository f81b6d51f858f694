"""The REST door of sessions: one view a URL, no logic of its own."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.envelope import parse
from core.errors import InvalidRequest
from core.payloads import parse_query
from sessions import payloads, serializers, services


class Sessions(APIView):
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.ListSessions, request.query_params)
        rows, cursor = services.page(services.listed(caller(request)), wanted)
        return Response({"sessions": [serializers.session(row) for row in rows], "nextCursor": cursor})

    def post(self, request: Request) -> Response:
        row = services.create(caller(request), parse(payloads.CreateSession, request.data))
        return Response({"session": serializers.session(row)}, status=201)


class OneSession(APIView):
    def get(self, request: Request, session_id: str) -> Response:
        row = services.look(services.find(caller(request), session_id))
        return Response({"session": serializers.session(row)})

    def delete(self, request: Request, session_id: str) -> Response:
        row = services.find(caller(request), session_id)
        services.delete(row, keep_workspace=flag(request, "keep"))
        return Response({"id": session_id, "deleted": True})


class SwitchAgent(APIView):
    def post(self, request: Request, session_id: str) -> Response:
        row = services.find(caller(request), session_id)
        row = services.switch_agent(row, parse(payloads.SwitchAgent, request.data))
        return Response({"session": serializers.session(row)})


class Input(APIView):
    def post(self, request: Request, session_id: str) -> Response:
        row = services.find(caller(request), session_id)
        services.write(row, parse(payloads.Input, request.data).data)
        return Response({})


class Resize(APIView):
    def post(self, request: Request, session_id: str) -> Response:
        row = services.find(caller(request), session_id)
        row = services.resize(row, parse(payloads.Size, request.data))
        return Response({"session": serializers.session(row)})


def flag(request: Any, name: str) -> bool:
    """A query parameter that is true or false (absent: false); anything else is refused."""
    value = request.query_params.get(name, "false").lower()
    if value not in ("true", "false"):
        raise InvalidRequest(f"{name} must be true or false")
    return bool(value == "true")
