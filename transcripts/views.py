"""The REST door of what CLIs tell of themselves."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.moments import timestamp
from sessions import services as sessions
from transcripts import answers, services, telemetry
from transcripts.models import PlanUsage

TRANSCRIPTS = {
    "transcripts": {"told": 12, "matched": 12, "missing": 0},
    "activity": {
        "prompts": 3,
        "errors": 0,
        "tools": [{"name": "Bash", "count": 7, "failed": 1, "totalMs": 5300}],
    },
}
PLANS = {
    "plans": [
        {
            "agent": "codex",
            "window": "primary",
            "usedPercent": 42.5,
            "windowMinutes": 300,
            "resetsAt": "2026-11-20T14:00:00Z",
            "seenAt": "2026-11-20T09:30:00Z",
        }
    ]
}


class OfSession(APIView):
    """What the session's transcripts tell beside the ledger, and what its CLIs reported of their doing."""

    @described(
        "getTranscripts", "What the session's agents wrote down and reported", answers.SessionTranscripts,
        example=TRANSCRIPTS,
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> Response:
        row = sessions.find(caller(request), session_id)
        services.look(row)
        return Response({"transcripts": services.compared(row.pk), "activity": telemetry.activity(row.pk)})


class Plans(APIView):
    """How much of the caller's subscriptions is used up, as far as a transcript told."""

    @described("listPlans", "How much of your subscriptions is used up", answers.PlanUsages, example=PLANS)
    def get(self, request: Request) -> Response:
        rows = PlanUsage.objects.filter(owner=caller(request)).order_by("agent", "window")
        return Response({"plans": [plan(row) for row in rows]})


def plan(row: PlanUsage) -> dict[str, Any]:
    return {
        "agent": row.agent,
        "window": row.window,
        "usedPercent": row.used_percent,
        "windowMinutes": row.window_minutes,
        "resetsAt": timestamp(row.resets_at) if row.resets_at else None,
        "seenAt": timestamp(row.seen_at),
    }
