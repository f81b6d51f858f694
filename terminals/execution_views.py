"""The REST door of prompts: one session or many."""

from collections.abc import Callable, Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.envelope import parse
from core.errors import AgtermError, Conflict, HostUnavailable
from sessions import shares
from sessions.models import ShareMode
from terminals import answers, execution, payloads


class Execute(APIView):
    @described(
        "execute",
        "Send a prompt as the agent takes it, or a command, and wait if asked to",
        answers.Executed,
        asks=payloads.Execute,
        errors=(Conflict, HostUnavailable),
        example_asked={"prompt": "make test", "waitFor": "idle", "timeoutMs": 120000},
    )
    def post(self, request: Request, session_id: str) -> Response:
        user = caller(request)
        row = shares.reach(user, session_id, ShareMode.CONTROL)
        wanted = parse(payloads.Execute, request.data)
        return Response(executed(wanted, execution.execute(user, row, wanted)))


class BatchExecute(APIView):
    @described(
        "executeInMany",
        "The same in many sessions at once",
        answers.BatchExecuteAnswer,
        asks=payloads.BatchExecute,
        details="A session that is not yours or can't be asked fails alone.",
    )
    def post(self, request: Request) -> Response:
        user, wanted = caller(request), parse(payloads.BatchExecute, request.data)
        return Response(batch(execution.execute_batch(user, wanted), lambda answer: executed(wanted, answer)))


class BatchInput(APIView):
    @described(
        "typeIntoMany",
        "Type into many sessions at once",
        answers.BatchInputAnswer,
        asks=payloads.BatchInput,
        details="A session that is not yours or can't be asked fails alone.",
    )
    def post(self, request: Request) -> Response:
        user, wanted = caller(request), parse(payloads.BatchInput, request.data)
        return Response(batch(execution.write_batch(user, wanted), lambda _answer: {}))


def executed(wanted: payloads.Execute, answer: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "submitted": wanted.submit is not False,
        "waitFor": wanted.waitFor,
        "reason": answer["reason"],
        "timedOut": answer["reason"] == "timeout",
        "output": answer.get("output"),
        "truncated": answer["truncated"],
        "exitCode": answer["exit_code"],
        "offset": answer["offset"],
        "state": answer["state"],
        "durationMs": answer["duration_ms"],
    }
    return shown | ({"match": answer["match"]} if "match" in answer else {})


def batch(
    outcomes: Mapping[str, execution.Outcome], shown: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    results = [{"sessionId": key, **_result(outcome, shown)} for key, outcome in outcomes.items()]
    succeeded = sum(result["success"] for result in results)
    counts = {"total": len(results), "succeeded": succeeded, "failed": len(results) - succeeded}
    return {"results": results, "summary": counts}


def _result(outcome: execution.Outcome, shown: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    if isinstance(outcome, AgtermError):
        return {"success": False, "error": outcome.as_payload()}
    return {"success": True, **shown(outcome)}
