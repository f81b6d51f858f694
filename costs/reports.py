"""The reports: what was spent, by whom, on what and when, and how it goes on."""

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Max, Min, Q, QuerySet

from accounts.permissions import can
from core.errors import InvalidRequest, SessionNotFound
from costs import budget_reports, budgets, queries
from costs.budget_reports import BudgetReport
from costs.figures import Figures, summed
from costs.forecast import Forecast
from costs.models import Budget, DailyTotal, Entry, MeteredSession, Scope
from costs.payloads import Events, Listed
from costs.periods import EPOCH, day_of, server_zone
from costs.queries import Whose
from costs.ranges import Days

MOST_EVENTS = 100  # of one session, in its report; /events has them all
TOP_SESSIONS, TOP_BUDGETS = 10, 20

HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)

Cells = dict[tuple[Any, ...], Figures]


@dataclass(frozen=True)
class Dashboard:
    cells: "Breakdowns"
    by_day: list[tuple[date, Figures]]
    session_count: int
    top_sessions: list[tuple[MeteredSession, Figures]]
    budgets: list[BudgetReport]
    pace: "Pace"
    month: Forecast


@dataclass(frozen=True)
class Pace:
    """Billed pico-dollars an hour."""

    last_hour: int
    last_day: int


@dataclass(frozen=True)
class Breakdowns:
    """Figures by provider, model, agent and owner together, and summed up by any of them."""

    cells: Cells

    @property
    def total(self) -> Figures:
        return summed(self.cells.values())

    def by(self, *places: int) -> list[tuple[tuple[Any, ...], Figures]]:
        found: Cells = {}
        for key, figures in self.cells.items():
            found.setdefault(tuple(key[place] for place in places), Figures()).add(figures)
        return list(found.items())

    @property
    def by_provider(self) -> list[tuple[tuple[Any, ...], Figures]]:
        return self.by(0)

    @property
    def by_model(self) -> list[tuple[tuple[Any, ...], Figures]]:
        return self.by(0, 1)

    @property
    def by_agent(self) -> list[tuple[tuple[Any, ...], Figures]]:
        return self.by(2)

    @property
    def by_user(self) -> list[tuple[tuple[Any, ...], Figures]]:
        return self.by(3)

    @property
    def user_ids(self) -> set[int]:
        return {key[3] for key in self.cells}


@dataclass(frozen=True)
class SessionReport:
    row: MeteredSession
    cells: Breakdowns
    by_day: list[tuple[date, Figures]]
    events: list[Entry]
    pace: Pace


def whose(user: User, owner: str | None = None) -> Whose:
    """Staff see everybody's calls, or one `owner`'s; others their own. Raises `InvalidRequest` for nobody's name."""
    if owner is None:
        return Whose() if user.is_staff else Whose({"owner_id": user.pk})
    wanted = User.objects.filter(username=owner).values_list("pk", flat=True).first() if user.is_staff else user.pk
    if wanted is None or (not user.is_staff and owner != user.username):
        raise InvalidRequest(f"owner: there is no user {owner!r} here whose costs you may see")
    return Whose({"owner_id": wanted})


def breakdowns(of: Whose, days: Days) -> Breakdowns:
    return Breakdowns(queries.by_model_and_more(of, days))


def dashboard(user: User, of: Whose, days: Days, now: datetime) -> Dashboard:
    ordered = queries.sessions_by_cost(of, days)
    return Dashboard(
        cells=breakdowns(of, days),
        by_day=queries.by_day(of, days),
        session_count=len(ordered),
        top_sessions=_named(of, days, ordered[:TOP_SESSIONS]),
        budgets=budget_reports.fullest(_budgets(user, of), now, TOP_BUDGETS),
        pace=pace(of, now),
        month=budget_reports.month(of, now),
    )


def sessions(of: Whose, days: Days, wanted: Listed) -> tuple[list[tuple[MeteredSession, Figures]], str | None]:
    """A page of sessions, the dearest first, and the cursor of the next one."""
    skipped = _offset(wanted.cursor)
    ordered = queries.sessions_by_cost(of, days)
    chosen = ordered[skipped : skipped + wanted.limit]
    following = skipped + len(chosen)
    return _named(of, days, chosen), str(following) if following < len(ordered) else None


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 12):
        raise InvalidRequest("cursor: must be the nextCursor of the page before")
    return int(cursor)


def _named(of: Whose, days: Days, ids: Sequence[uuid.UUID]) -> list[tuple[MeteredSession, Figures]]:
    if not ids:
        return []
    rows = MeteredSession.objects.select_related("owner").in_bulk(ids)
    found = queries.by(Whose({**of.filters, "session_id__in": list(ids)}), days, "session_id")
    return [(rows[session_id], found.get((session_id,), Figures())) for session_id in ids]


def session(user: User, session_id: str, now: datetime) -> SessionReport:
    """All of one session's life; `SessionNotFound` also for a stranger's."""
    row = find_session(user, session_id)
    of = Whose({"session_id": row.pk})
    ends = DailyTotal.objects.filter(session=row).aggregate(first=Min("day"), last=Max("day"))
    today = day_of(now)
    days = Days(ends["first"] or today, ends["last"] or today, server_zone())
    entries = Entry.objects.filter(session=row).select_related("session", "owner").order_by("-at", "-pk")
    return SessionReport(
        row=row,
        cells=breakdowns(of, days),
        by_day=[(day, figures) for day, figures in queries.by_day(of, days) if figures != queries.NOTHING],
        events=list(entries[:MOST_EVENTS]),
        pace=pace(of, now),
    )


def find_session(user: User, session_id: str) -> MeteredSession:
    try:
        row = MeteredSession.objects.select_related("owner").get(pk=uuid.UUID(session_id))
    except (MeteredSession.DoesNotExist, ValueError):
        raise SessionNotFound from None
    if not can(user, "view", row):
        raise SessionNotFound
    return row


def daily(of: Whose, days: Days) -> list[tuple[date, Figures]]:
    return queries.by_day(of, days)


def names(reported: Iterable[BudgetReport], user_ids: Iterable[int] = ()) -> dict[str, str]:
    """What the users and sessions are called that are subjects of budgets, and these users, by id."""
    subjects = [(one.budget.scope, status.subject) for one in reported for status in one.statuses if status.subject]
    people = {int(subject) for scope, subject in subjects if scope == Scope.USER} | set(user_ids)
    sessions = {uuid.UUID(subject) for scope, subject in subjects if scope == Scope.SESSION}
    found: dict[str, str] = {}
    if people:
        found |= {str(pk): name for pk, name in User.objects.filter(pk__in=people).values_list("pk", "username")}
    if sessions:
        rows = MeteredSession.objects.filter(pk__in=sessions).values_list("pk", "name")
        found |= {str(pk): name for pk, name in rows}
    return found


def pace(of: Whose, now: datetime) -> Pace:
    return Pace(queries.spent_since(of, now - HOUR), queries.spent_since(of, now - DAY) // 24)


def entries(of: Whose, wanted: Events, days: Days) -> tuple[list[Entry], str | None]:
    """A page of the ledger, the newest first, and the cursor of the next one."""
    rows = Entry.objects.filter(**of.filters, at__gte=days.begins_at, at__lt=days.ends_at)
    filters: dict[str, Any] = {"provider": wanted.provider, "model": wanted.model, "agent": wanted.agent}
    filters |= {"source": wanted.source, "basis": wanted.basis, "session_id": _uuid(wanted.sessionId)}
    rows = rows.filter(**{name: value for name, value in filters.items() if value is not None})
    if wanted.cursor is not None:
        at, pk = _place(wanted.cursor)
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)
    found = list(rows.select_related("session", "owner").order_by("-at", "-pk")[: wanted.limit + 1])
    more = len(found) > wanted.limit
    found = found[: wanted.limit]
    return found, f"{_micros(found[-1].at)}-{found[-1].pk}" if more else None


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return None if text is None else uuid.UUID(text)
    except ValueError:
        raise InvalidRequest("sessionId: must be the id of a session") from None


def _micros(at: datetime) -> int:
    return (at - EPOCH) // TICK


def _place(cursor: str) -> tuple[datetime, int]:
    if not (found := re.fullmatch(r"([0-9]{1,17})-([0-9]{1,18})", cursor)):
        raise InvalidRequest("cursor: must be the nextCursor of the page before")
    return EPOCH + int(found[1]) * TICK, int(found[2])


def _budgets(user: User, of: Whose) -> QuerySet[Budget]:
    """The budgets beside a report: all that the user may see, or those of the one it is about."""
    rows = budgets.visible_to(user)
    return rows.filter(owner_id=of.owner_id) if of.owner_id else rows
