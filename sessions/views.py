"""The REST door of sessions: one view a URL, no logic of its own."""

import contextlib

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.envelope import parse
from core.errors import Conflict, HostUnavailable
from core.payloads import parse_query
from sessions import answers, payloads, serializers, services, shares
from sessions.models import ShareMode


class Sessions(APIView):
    @described(
        "listSessions",
        "Sessions as they are now, the newest first",
        answers.SessionsAnswer,
        query=payloads.ListSessions,
        errors=(HostUnavailable,),
    )
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.ListSessions, request.query_params)
        rows, cursor = services.page(services.listed(caller(request)), wanted)
        return Response({"sessions": serializers.sessions(rows), "nextCursor": cursor})

    @described(
        "createSession",
        "Start an agent in a workspace",
        answers.SessionAnswer,
        status=201,
        asks=payloads.CreateSession,
        errors=answers.STARTING,
        example_asked={
            "agent": "codex",
            "name": "Mend the tests",
            "prompt": "Run the tests and mend what fails",
            "budget": {"limitUsd": "2.50"},
        },
    )
    def post(self, request: Request) -> Response:
        row = services.create(caller(request), parse(payloads.CreateSession, request.data))
        return Response({"session": serializers.session(row)}, status=201)


class OneSession(APIView):
    @described("getSession", "One session", answers.SessionAnswer, errors=(HostUnavailable,))
    def get(self, request: Request, session_id: str) -> Response:
        row = services.look(shares.reach(caller(request), session_id, ShareMode.VIEW))
        return Response({"session": serializers.session(row)})

    @described(
        "changeSession",
        "Change name, colour, tags, budget; what is not sent stays",
        answers.SessionAnswer,
        asks=payloads.PatchSession,
        errors=(HostUnavailable,),
        example_asked={"name": "Docs", "tags": ["work"]},
    )
    def patch(self, request: Request, session_id: str) -> Response:
        row = services.find(caller(request), session_id)
        row = services.patch(row, parse(payloads.PatchSession, request.data), by=caller(request))
        with contextlib.suppress(HostUnavailable):  # a name can change while the runner is down
            services.look(row)
        return Response({"session": serializers.session(row)})

    @described(
        "deleteSession",
        "End the process tree and remove the workspace that AGTerm made",
        answers.SessionDeletedAnswer,
        query=payloads.DeleteSession,
        errors=(Conflict, HostUnavailable),
    )
    def delete(self, request: Request, session_id: str) -> Response:
        row = services.find(caller(request), session_id)
        wanted = parse_query(payloads.DeleteSession, request.query_params)
        end = services.delete(row, keep_workspace=wanted.keep == "true")
        return Response({"id": session_id, "deleted": True, "end": end})
