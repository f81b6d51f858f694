"""How budgets stand and how their periods will end, for many of them in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from costs import budgets, queries
from costs.counters import Status, Who, subject_of
from costs.forecast import Forecast, Recent, forecast
from costs.models import Budget, Period
from costs.payloads import ListBudgets
from costs.periods import bounds, day_begins, day_of, server_zone
from costs.queries import Whose
from costs.ranges import ONE_DAY

MOST_SUBJECTS = 20  # of one budget, the fullest


@dataclass(frozen=True)
class BudgetReport:
    """`statuses`: one for every subject that has spent in the present period, the fullest first; at least one."""

    budget: Budget
    statuses: Sequence[Status]
    subject_count: int
    forecast: Forecast

    @property
    def fullest(self) -> Status:
        return self.statuses[0]


@dataclass(frozen=True)
class Paces:
    """What each session spent of late, by agent, since yesterday's first moment and since that of six days ago."""

    day_at: datetime
    week_at: datetime
    rows: Sequence[tuple[Who, int, int]]

    def of(self, status: Status, rows: Iterable[tuple[Who, int, int]]) -> Recent:
        is_short = status.budget.period == Period.DAY
        mine = [row for row in rows if subject_of(status.budget, row[0]) == status.subject]
        return (
            Recent(self.day_at, sum(r[1] for r in mine)) if is_short else Recent(self.week_at, sum(r[2] for r in mine))
        )


def reported(rows: Iterable[Budget], now: datetime) -> list[BudgetReport]:
    """In the order of `rows`."""
    chosen = list(rows)
    if not chosen:
        return []
    statuses = budgets.statuses_of(chosen, now)
    paces = paces_at(now)
    by_session: dict[object, list[tuple[Who, int, int]]] = defaultdict(list)
    for row in paces.rows:
        for session_id in row[0].sessions:
            by_session[session_id].append(row)
    found = []
    for budget in chosen:
        standing = statuses[budget.pk] or [_empty(budget, now)]
        among = by_session[budget.session_id] if budget.session_id else paces.rows
        ahead = forecast(
            standing[0].spent_picousd,
            paces.of(standing[0], among),
            now=now,
            ends_at=standing[0].period.ends_at,
            limit_picousd=budget.limit_picousd,
        )
        found.append(BudgetReport(budget, standing[:MOST_SUBJECTS], len(standing), ahead))
    return found


def fullest(rows: Iterable[Budget], now: datetime, count: int) -> list[BudgetReport]:
    """The ones that are nearest to their limits, the fullest first."""
    chosen = list(rows)
    statuses = budgets.statuses_of(chosen, now)
    chosen.sort(key=lambda row: statuses[row.pk][0].percent if statuses[row.pk] else 0, reverse=True)
    return reported(chosen[:count], now)


def _empty(budget: Budget, now: datetime) -> Status:
    return Status(budget=budget, subject="", period=bounds(budget.period, budget.time_zone, now))


def paces_at(now: datetime) -> Paces:
    today = day_of(now)
    yesterday, six_days_ago = today - ONE_DAY, today - 6 * ONE_DAY
    return Paces(
        day_at=day_begins(yesterday, server_zone()),
        week_at=day_begins(six_days_ago, server_zone()),
        rows=[
            (Who(session_id, owner_id, agent, parent_id), of_day, of_week)
            for session_id, owner_id, agent, parent_id, of_day, of_week in queries.recent(six_days_ago, yesterday)
        ],
    )


def month(of: Whose, now: datetime) -> Forecast:
    """How this month, as the server's clock has it, will end."""
    period = bounds("month", server_zone(), now)
    today = day_of(now)
    recent = Recent(day_begins(today - 6 * ONE_DAY, server_zone()), queries.spent_from(of, today - 6 * ONE_DAY))
    return forecast(queries.spent_from(of, today.replace(day=1)), recent, now=now, ends_at=period.ends_at)


def page(rows: QuerySet[Budget], wanted: ListBudgets, now: datetime) -> tuple[list[BudgetReport], str | None]:
    """A page of budgets, the oldest first, and the cursor of the next one."""
    following = wanted.cursor + wanted.limit
    found = list(rows[wanted.cursor : following + 1])
    return reported(found[: wanted.limit], now), str(following) if len(found) > wanted.limit else None
