"""The REST door of a session's life: signal, stop, restart, switch-agent, revoke-key."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.envelope import parse
from core.errors import Conflict, HostUnavailable
from sessions import answers, keys, lifecycle, payloads, serializers, services


class Signal(APIView):
    @described(
        "sendSignal",
        "Send a signal to the process group that has the keyboard",
        answers.SignalAnswer,
        asks=payloads.SendSignal,
        errors=(Conflict, HostUnavailable),
        example={"signal": "SIGINT"},
        example_asked={"signal": "INT"},
    )
    def post(self, request: Request, session_id: str) -> Response:
        row = services.find(caller(request), session_id)
        number = parse(payloads.SendSignal, request.data).number
        lifecycle.send_signal(row, number)
        return Response({"signal": number.name})


class Stop(APIView):
    @described(
        "stopSession",
        "End the whole process tree; session, history and workspace stay",
        answers.SessionAnswer,
        errors=(Conflict, HostUnavailable),
    )
    def post(self, request: Request, session_id: str) -> Response:
        row = lifecycle.stop(services.find(caller(request), session_id))
        return Response({"session": serializers.session(row)})


class Restart(APIView):
    @described(
        "restartSession",
        "End what runs and start the same agent again, also of a lost session",
        answers.SessionAnswer,
        asks=payloads.Restart,
        errors=answers.STARTING,
    )
    def post(self, request: Request, session_id: str) -> Response:
        row = services.find(caller(request), session_id)
        row = lifecycle.restart(row, parse(payloads.Restart, request.data))
        return Response({"session": serializers.session(row)})


class SwitchAgent(APIView):
    @described(
        "switchAgent",
        "Another program in the same workspace and history",
        answers.SwitchedAnswer,
        asks=payloads.SwitchAgent,
        errors=answers.STARTING,
        example_asked={"agent": "claude", "handoff": "summary"},
    )
    def post(self, request: Request, session_id: str) -> Response:
        row = services.find(caller(request), session_id)
        done = lifecycle.switch_agent(row, parse(payloads.SwitchAgent, request.data))
        word = {"handoff": {"path": done.handoff}} if done.handoff else {}
        return Response({"session": serializers.session(done.row), **word})


class RevokeKey(APIView):
    @described(
        "revokeSessionKey", "The key that its program asks providers with counts no more", answers.KeyRevokedAnswer
    )
    def post(self, request: Request, session_id: str) -> Response:
        row = services.find(caller(request), session_id)
        keys.revoke(row)
        return Response({"id": str(row.pk), "revoked": True})
