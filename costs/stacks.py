"""What each day cost, by what it was for: the dearest providers, models, agents or users of a range on their own."""

from datetime import date
from typing import Any, Literal

from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import Answer, Usd, described
from core.errors import Forbidden
from core.payloads import parse_query
from costs import answers, payloads, queries, reports, views
from costs.figures import Figures
from costs.money import usd
from costs.queries import Whose
from costs.ranges import Days

By = Literal["provider", "model", "agent", "user"]
COLUMNS: dict[By, str] = {"provider": "provider", "model": "model", "agent": "agent", "user": "owner_id"}

Stack = tuple[Any, list[tuple[date, Figures]]]


class Stacked(payloads.Range):
    """`limit`: so many are told on their own, the dearest of the range."""

    by: By
    limit: int = Field(6, ge=1, le=10)


class StackedDay(Answer):
    date: str
    costUsd: Usd
    apiEquivalentUsd: Usd
    tokens: int


class StackedPart(Answer):
    name: str
    days: list[StackedDay]


class StackedAnswer(answers.Head):
    """What `parts` leave of a day's sum, which `/costs/daily` tells, is all others'."""

    by: By
    parts: list[StackedPart]


class StackedCosts(APIView):
    @described(
        "listStackedCosts",
        "Every day of the range by provider, model, agent or user",
        StackedAnswer,
        query=Stacked,
        errors=(Forbidden,),
    )
    def get(self, request: Request) -> Response:
        wanted = parse_query(Stacked, request.query_params)
        if wanted.by == "user" and not caller(request).is_staff:
            raise Forbidden("Only administrators see what others spend")
        of, days, _now = views.asked(request, wanted)
        found = stacks(of, days, wanted.by, wanted.limit)
        users = reports.names((), {key for key, _ in found}) if wanted.by == "user" else {}
        parts = [
            {"name": users.get(str(key), str(key)), "days": [_day(*told) for told in by_day]} for key, by_day in found
        ]
        return Response({**views.head(days), "by": wanted.by, "parts": parts})


def stacks(of: Whose, days: Days, by: By, limit: int) -> list[Stack]:
    """The dearest first, each with every day of the range."""
    column = COLUMNS[by]
    sums = {key: figures for (key,), figures in queries.by(of, days, column).items()}
    dearest = sorted(sums, key=lambda key: (*_weight(sums[key]), str(key)), reverse=True)[:limit]
    return [(key, queries.by_day(Whose({**of.filters, column: key}), days)) for key in dearest]


def _weight(found: Figures) -> tuple[int, int, int]:
    return found.billed.cost_picousd, found.equivalent.cost_picousd, found.billed.requests


def _day(day: date, found: Figures) -> dict[str, Any]:
    return {
        "date": day.isoformat(),
        "costUsd": usd(found.billed.cost_picousd),
        "apiEquivalentUsd": usd(found.equivalent.cost_picousd),
        "tokens": found.billed.tokens,
    }
