"""REST: the caller's log-ins by subscription. What is in them is shown to nobody."""

from pathlib import Path
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from agents import answers, logins
from agents.models import StoredLogin
from core.described import described
from core.errors import Conflict, Forbidden
from core.moments import timestamp


class Logins(APIView):
    @described("listLogins", "The agents you are logged in with by subscription, never a token", answers.LoginsAnswer)
    def get(self, request: Request) -> Response:
        return Response({"logins": [login(row) for row in logins.all_of(caller(request).pk)]})


class OneLogin(APIView):
    @described(
        "takeOverLogin",
        "Take over a copy of the log-in that the server's own user has; for staff",
        answers.LoginAnswer,
        errors=(Conflict,),
    )
    def post(self, request: Request, agent_id: str) -> Response:
        """Take over the log-in that the server's own user has; for administrators, whose machine it is."""
        user = caller(request)
        if not user.is_staff:
            raise Forbidden("Only administrators may take over the log-in of the server's own user")
        logins.take_over(user.pk, agent_id, Path.home())
        return self.get(request, agent_id)

    @described("getLogin", "One log-in by subscription", answers.LoginAnswer)
    def get(self, request: Request, agent_id: str) -> Response:
        return Response({"login": login(logins.find(caller(request).pk, agent_id))})

    @described("revokeLogin", "Forget a log-in by subscription", answers.LoginRevokedAnswer)
    def delete(self, request: Request, agent_id: str) -> Response:
        logins.revoke(caller(request).pk, agent_id)
        return Response({"agent": agent_id, "revoked": True})


def login(row: StoredLogin) -> dict[str, Any]:
    return {"agent": row.agent, "savedAt": timestamp(row.saved_at), "usable": logins.is_usable(row)}
