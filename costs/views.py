"""The REST door of costs: reports, the ledger's lines, its export, and budgets."""

from datetime import UTC, datetime
from typing import Any

from django.http import StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import Raw, described
from core.envelope import parse
from core.errors import AgentNotFound, Conflict, Forbidden, NotFound, SessionNotFound
from core.payloads import parse_query
from costs import answers, budget_reports, budgets, export, payloads, ranges, reports, serializers, wanted_budgets
from costs.figures import summed
from costs.models import Budget
from costs.queries import Whose
from costs.ranges import Days
from costs.reports import Breakdowns


class Dashboard(APIView):
    @described(
        "getCosts",
        "What was spent: by provider, model, agent, user and day, with budgets and a forecast",
        answers.DashboardAnswer,
        query=payloads.Range,
    )
    def get(self, request: Request) -> Response:
        of, days, now = asked(request)
        found = reports.dashboard(caller(request), of, days, now)
        names = reports.names(found.budgets, found.cells.user_ids)
        return Response(serializers.dashboard(found, days, names))


class Sessions(APIView):
    @described(
        "listCostSessions",
        "What sessions cost, the dearest first, also deleted ones",
        answers.CostSessionsAnswer,
        query=payloads.Listed,
    )
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.Listed, request.query_params)
        of, days, _now = asked(request, wanted)
        found, cursor = reports.sessions(of, days, wanted)
        return Response({**head(days), "sessions": serializers.sessions(found), "nextCursor": cursor})


class OneSession(APIView):
    @described("getSessionCosts", "What a session cost in its whole life", answers.CostSessionAnswer)
    def get(self, request: Request, session_id: str) -> Response:
        found = reports.session(caller(request), session_id, datetime.now(UTC))
        return Response(serializers.session_report(found))


class Providers(APIView):
    @described("listProviderCosts", "What each provider cost", answers.CostProvidersAnswer, query=payloads.Range)
    def get(self, request: Request) -> Response:
        return broken_down(request, "providers", serializers.providers)


class Models(APIView):
    @described("listModelCosts", "What each model cost", answers.CostModelsAnswer, query=payloads.Range)
    def get(self, request: Request) -> Response:
        return broken_down(request, "models", serializers.models)


class Agents(APIView):
    @described("listAgentCosts", "What each agent cost", answers.CostAgentsAnswer, query=payloads.Range)
    def get(self, request: Request) -> Response:
        return broken_down(request, "agents", serializers.agents)


class Users(APIView):
    @described(
        "listUserCosts",
        "What each user spent; for staff",
        answers.CostUsersAnswer,
        query=payloads.Range,
        errors=(Forbidden,),
    )
    def get(self, request: Request) -> Response:
        if not caller(request).is_staff:
            raise Forbidden("Only administrators see what others spend")
        return broken_down(request, "users", users)


class Daily(APIView):
    @described("listDailyCosts", "Every day of the range", answers.CostDailyAnswer, query=payloads.Range)
    def get(self, request: Request) -> Response:
        of, days, _now = asked(request)
        found = reports.daily(of, days)
        total = serializers.sums(summed(figures for _, figures in found), with_models=False)
        return Response({**head(days), "total": total, "days": serializers.daily(found)})


class Events(APIView):
    @described(
        "listCostEvents", "The lines of the ledger, the newest first", answers.CostEventsAnswer, query=payloads.Events
    )
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.Events, request.query_params)
        of, days, _now = asked(request, wanted)
        found, cursor = reports.entries(of, wanted, days)
        return Response({**head(days), "events": [serializers.event(row) for row in found], "nextCursor": cursor})


class Export(APIView):
    @described(
        "exportCosts",
        "The lines of the ledger as a file, the oldest first",
        (answers.CostExport, Raw("text/csv")),
        query=payloads.Export,
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        wanted = parse_query(payloads.Export, request.query_params)
        of, days, _now = asked(request, wanted)
        pieces = export.csv_pieces(of, days) if wanted.format == "csv" else export.json_pieces(of, days)
        kind = "text/csv; charset=utf-8" if wanted.format == "csv" else "application/json"
        name = f"agterm-costs-{days.start}-{days.end}.{wanted.format}"
        disposition = f'attachment; filename="{name}"'
        return StreamingHttpResponse(pieces, content_type=kind, headers={"Content-Disposition": disposition})


class Budgets(APIView):
    @described("listBudgets", "Budgets, the oldest first", answers.BudgetsAnswer, query=payloads.ListBudgets)
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.ListBudgets, request.query_params)
        found, cursor = budget_reports.page(budgets.visible_to(caller(request)), wanted, datetime.now(UTC))
        names = reports.names(found)
        return Response({"budgets": [serializers.budget(one, names) for one in found], "nextCursor": cursor})

    @described(
        "createBudget",
        "Limit what calls may cost",
        answers.BudgetAnswer,
        status=201,
        asks=payloads.CreateBudget,
        errors=(SessionNotFound, AgentNotFound, NotFound, Conflict),
        example_asked={"scope": "user", "limitUsd": "25.00", "period": "month"},
    )
    def post(self, request: Request) -> Response:
        user = caller(request)
        made = wanted_budgets.create(user, parse(payloads.CreateBudget, request.data))
        return Response(shown(made), status=201)


class OneBudget(APIView):
    @described("getBudget", "One budget as it stands", answers.BudgetAnswer)
    def get(self, request: Request, budget_id: str) -> Response:
        return Response(shown(budgets.find(caller(request), budget_id)))

    @described(
        "changeBudget",
        "Change a budget; what is not sent stays",
        answers.BudgetAnswer,
        asks=payloads.PatchBudget,
        example_asked={"limitUsd": "50.00"},
    )
    def patch(self, request: Request, budget_id: str) -> Response:
        user = caller(request)
        row = budgets.find(user, budget_id)
        changes = parse(payloads.PatchBudget, request.data).changes
        return Response(shown(budgets.change(row, user, **changes)))

    @described("deleteBudget", "Delete a budget", answers.BudgetDeletedAnswer)
    def delete(self, request: Request, budget_id: str) -> Response:
        user = caller(request)
        budgets.delete(budgets.find(user, budget_id), user)
        return Response({"id": budget_id, "deleted": True})


def asked(request: Request, wanted: payloads.Range | None = None) -> tuple[Whose, Days, datetime]:
    """Whose calls of which days the caller may see and wants, and what time it is."""
    wanted = wanted or parse_query(payloads.Range, request.query_params)
    now = datetime.now(UTC)
    return reports.whose(caller(request), wanted.owner), ranges.asked(wanted, now), now


def head(days: Days) -> dict[str, Any]:
    return {"range": serializers.days(days), "currency": serializers.CURRENCY}


def broken_down(request: Request, name: str, serializer: Any) -> Response:
    """The whole and its parts."""
    of, days, _now = asked(request)
    cells = reports.breakdowns(of, days)
    return Response({**head(days), "total": serializers.sums(cells.total), name: serializer(cells)})


def users(cells: Breakdowns) -> list[dict[str, Any]]:
    return serializers.users(cells, reports.names((), cells.user_ids))


def shown(row: Budget) -> dict[str, Any]:
    found = budget_reports.reported([row], datetime.now(UTC))
    return {"budget": serializers.budget(found[0], reports.names(found))}
