"""The figures of the front page: what is spent, what runs, what needs somebody; each for those who may see it."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import Count, F, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from core.errors import AgtermError
from costs import budgets, charts, queries, ranges, reports
from costs.models import Budget, Spending
from costs.payloads import Range
from costs.queries import Whose
from sessions import isolation, services
from sessions.models import LIVE, Session

WAITING = ("needs_input", "over_budget", "rate_limited")
STATES = {
    "working": "Working",
    "idle": "Idle",
    "needs_input": "Needs input",
    "rate_limited": "Rate limited",
    "over_budget": "Over budget",
}
MOST_BUDGETS = 200


class Card(NamedTuple):
    """One figure: its name, the figure, a word about it, where it leads, and `tone`: quiet, ok, warn or danger."""

    name: str
    figure: str
    note: str
    address: str
    tone: str = "quiet"


def figures(request: HttpRequest) -> dict[str, Any]:
    """What the template shows: `cards` and `charts`."""
    user: Any = request.user
    cards: list[Card] = []
    drawn: list[SafeString] = []
    if user.has_perm("costs.view_entry"):
        _money(cards, drawn)
    if user.has_perm("agterm_sessions.view_session"):
        _sessions(cards, drawn)
    if user.has_perm("costs.view_budget"):
        cards.append(_budgets())
    cards.append(_isolation())
    if user.has_perm("auth.view_user"):
        cards.append(_people())
    return {"cards": cards, "charts": drawn}


def _money(cards: list[Card], drawn: list[SafeString]) -> None:
    now = datetime.now(UTC)
    days = ranges.asked(Range.model_validate({}), now)
    by_day = [(day, found.billed.cost_picousd) for day, found in reports.daily(Whose(), days)]
    today, month = by_day[-1][1], sum(cost for _, cost in by_day)
    hour = queries.spent_since(Whose(), now - reports.HOUR)
    cards.append(Card("Spent today", f"${charts.about(today)}", f"${charts.about(hour)} in the last hour", "/costs"))
    ledger = reverse("admin:costs_entry_changelist")
    cards.append(Card("Spent in 30 days", f"${charts.about(month)}", "in the ledger", ledger))
    drawn.append(charts.days("Dollars a day, the last 30 days", by_day))


def _sessions(cards: list[Card], drawn: list[SafeString]) -> None:
    rows = list(Session.objects.filter(status__in=LIVE).defer("recipe"))
    services.look_at(rows)
    live = [row for row in rows if row.status in LIVE]
    states = Counter(row.state for row in live)
    agents = Counter(row.agent for row in live)
    blocked = budgets.blocked([row.pk for row in live])
    for row in live:
        if row.pk in blocked:
            states.subtract([row.state])
            states.update(["over_budget"])
    address = reverse("admin:agterm_sessions_session_changelist")
    waiting = sum(states[state] for state in WAITING)
    cards.append(Card("Live sessions", str(len(live)), "running now", f"{address}?status__exact=running"))
    note = "need input, money or patience" if waiting else "nobody is waited for"
    where = f"{address}?state=needs_input" if states["needs_input"] else address
    cards.append(Card("Waiting", str(waiting), note, where, "warn" if waiting else "ok"))
    named = [(STATES.get(state, state), count) for state, count in states.items() if count]
    drawn.append(charts.counts("Live sessions by state", named))
    drawn.append(charts.counts("Live sessions by agent", list(agents.items())))


def _budgets() -> Card:
    """Those whose fullest counter of the present period has come to its soft limit."""
    near = Spending.objects.filter(spent_picousd__gte=F("budget__limit_picousd") / 100 * F("budget__soft_percent"))
    found = Budget.objects.filter(pk__in=near.values("budget"))[:MOST_BUDGETS]
    fullest = [standing[0] for standing in budgets.statuses_of(found).values() if standing]
    full = [each for each in fullest if each.percent >= each.budget.soft_percent]
    used_up = sum(each.is_used_up for each in full)
    note = f"{used_up} used up" if used_up else "near their limit" if full else "all within their limits"
    tone = "danger" if used_up else "warn" if full else "ok"
    return Card("Budgets", str(len(full)), note, reverse("admin:costs_budget_changelist"), tone)


def _isolation() -> Card:
    address = reverse("admin:machine_isolation")
    try:
        report = isolation.report()
    except AgtermError:
        return Card("Isolation", "unknown", "the runner does not answer", address, "danger")
    if not report["minimum"]["satisfied"]:
        return Card("Isolation", report["level"], "below the minimum: nothing starts", address, "danger")
    missing = len(report["missing"])
    note = f"{missing} promises can't be kept" if missing else "all promises kept"
    return Card("Isolation", report["level"], note, address, "warn" if missing else "ok")


def _people() -> Card:
    of_staff = Count("pk", filter=Q(is_staff=True))
    found = User.objects.filter(is_active=True).aggregate(active=Count("pk"), admins=of_staff)
    note = f"{found['admins']} of them administrator{'' if found['admins'] == 1 else 's'}"
    return Card("Users", str(found["active"]), note, reverse("admin:auth_user_changelist"))
