"""The REST door of isolation: how well this machine walls sessions in, and what one of them reached."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.errors import HostUnavailable
from sessions import answers, isolation, services


class Isolation(APIView):
    @described(
        "getIsolation", "How well this machine walls sessions in", answers.IsolationAnswer, errors=(HostUnavailable,)
    )
    def get(self, request: Request) -> Response:
        caller(request)
        return Response(isolation.report())


class Reached(APIView):
    @described(
        "getReached",
        "What a session asked its proxy for, the newest last",
        answers.ReachedAnswer,
        errors=(HostUnavailable,),
    )
    def get(self, request: Request, session_id: str) -> Response:
        return Response(isolation.reached(services.find(caller(request), session_id)))
