"""Budgets: making, changing and removing them, and how they stand. Doors call this; it knows none of them."""

import uuid
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

from django.contrib.auth.models import User
from django.db.models import QuerySet

from accounts.permissions import can
from core.errors import Conflict, Forbidden, InvalidRequest, NotFound, SessionNotFound
from costs import pricing
from costs.counters import Book, BudgetNews, Status, Who, budgets_for, current, reckoned, rows_of, status_in, subject_of
from costs.models import Action, Budget, MeteredSession, OpenCall, Period, Scope, Spending
from costs.periods import ALWAYS, bounds, server_zone
from costs.refusals import Refused, refused
from costs.settling import asked_of
from costs.turns import turn

__all__ = ["BudgetNews", "Refused", "Status"]

MOST_PICOUSD = 9 * 10**18
FREELY_CHANGED = frozenset({"name", "limit_picousd", "soft_percent"})  # these leave the counters as they are
CHANGEABLE = FREELY_CHANGED | {"scope", "owner", "session", "agent", "period", "time_zone", "action"}


def visible_to(user: User) -> QuerySet[Budget]:
    """The budgets that a user may see: those on his own calls only; staff see all."""
    rows = Budget.objects.select_related("owner", "session", "created_by").order_by("created_at", "pk")
    return rows if user.is_staff else rows.filter(owner=user)


def find(user: User, budget_id: str | uuid.UUID) -> Budget:
    """The budget, or `NotFound`."""
    try:
        return visible_to(user).get(pk=uuid.UUID(str(budget_id)))
    except (Budget.DoesNotExist, ValueError):
        raise NotFound("There is no such budget") from None


def may_change(user: User, budget: Budget) -> bool:
    """Staff may; others only what they made themselves for their own calls, not what was set for them."""
    return user.is_staff or (can(user, "edit", budget) and budget.created_by_id == user.pk)


def create(
    by: User,
    *,
    scope: str,
    limit_picousd: int,
    period: str = Period.TOTAL,
    owner: User | None = None,
    session_id: uuid.UUID | None = None,
    agent: str = "",
    time_zone: str | None = None,
    soft_percent: int = 80,
    action: str = Action.BLOCK,
    name: str = "",
) -> Budget:
    """A new budget; what its period has cost so far is in its counters at once, and what calls under way may cost.

    `owner`: whose calls count, None: everybody's. Raises `InvalidRequest`, `Forbidden`, `SessionNotFound`, `Conflict`.
    """
    budget = Budget(
        scope=scope,
        limit_picousd=limit_picousd,
        period=period,
        owner=owner,
        session=_session(by, session_id),
        agent=agent,
        time_zone=time_zone or server_zone(),
        soft_percent=soft_percent,
        action=action,
        name=name,
        created_by=by,
    )
    _check(budget)
    if not by.is_staff and budget.owner_id != by.pk:
        raise Forbidden("Only an administrator sets budgets on what others spend")
    with turn():
        _refuse_a_second(budget)
        budget.save(force_insert=True)
        _fill(budget)
    return budget


def change(budget: Budget, by: User, **changes: Any) -> Budget:
    """Change fields of a budget; what is spent is reckoned anew when other calls or times count from now on."""
    if not may_change(by, budget):
        raise Forbidden("This budget was set by somebody else; ask an administrator to change it")
    if unknown := changes.keys() - CHANGEABLE:
        raise InvalidRequest(f"a budget has no {', '.join(sorted(unknown))} to change")
    with turn():
        if not (row := Budget.objects.select_for_update().filter(pk=budget.pk).first()):
            raise NotFound("There is no such budget")
        for field, value in changes.items():
            setattr(row, field, value)
        _check(row)
        if not by.is_staff and row.owner_id != by.pk:
            raise Forbidden("Only an administrator sets budgets on what others spend")
        _refuse_a_second(row)
        row.save()
        if not changes.keys() <= FREELY_CHANGED:
            Spending.objects.filter(budget=row).delete()
            _fill(row)
    return row


def delete(budget: Budget, by: User) -> None:
    if not may_change(by, budget):
        raise Forbidden("This budget was set by somebody else; ask an administrator to remove it")
    with turn():
        Budget.objects.filter(pk=budget.pk).delete()


def for_session(session_id: uuid.UUID, limit_picousd: int | None, by: User) -> Budget | None:
    """The session's own budget, made or changed to this limit; None removes it."""
    session = _session(by, session_id)
    own = Budget.objects.filter(scope=Scope.SESSION, period=Period.TOTAL, session=session).first()
    if limit_picousd is None:
        if own:
            delete(own, by)
        return None
    if own:
        return change(own, by, limit_picousd=limit_picousd)
    owner = session.owner if session else None
    return create(by, scope=Scope.SESSION, limit_picousd=limit_picousd, owner=owner, session_id=session_id)


def forget_session(session_id: uuid.UUID) -> None:
    """The session is gone for good, and its own budgets with it; what it cost stays in the ledger."""
    with turn():
        Budget.objects.filter(scope=Scope.SESSION, session=session_id).delete()


def _session(by: User, session_id: uuid.UUID | None) -> MeteredSession | None:
    if session_id is None:
        return None
    session = MeteredSession.objects.select_related("owner").filter(pk=session_id).first()
    if session is None or not can(by, "edit", session):
        raise SessionNotFound
    return session


def _check(budget: Budget) -> None:
    if budget.scope not in Scope.values or budget.period not in Period.values or budget.action not in Action.values:
        raise InvalidRequest("scope, period and action must be one of those that there are")
    if not 0 <= budget.limit_picousd <= MOST_PICOUSD:
        raise InvalidRequest("the limit must be 0 or more, and below nine million dollars")
    if not 1 <= budget.soft_percent <= 100:
        raise InvalidRequest("the soft limit must be from 1 to 100 percent")
    if budget.time_zone not in available_timezones():
        raise InvalidRequest(f"there is no time zone {budget.time_zone[:64]!r}")
    if budget.session and budget.scope != Scope.SESSION:
        raise InvalidRequest("only a budget of scope session can be for one session")
    if budget.session and budget.owner_id not in (None, budget.session.owner_id):
        raise InvalidRequest("the session is not that user's")


def _refuse_a_second(budget: Budget) -> None:
    """A session has one budget of its own, so that one click can raise it."""
    if budget.session_id and budget.scope == Scope.SESSION and budget.period == Period.TOTAL:
        others = Budget.objects.filter(session=budget.session_id, scope=Scope.SESSION, period=Period.TOTAL)
        if others.exclude(pk=budget.pk).exists():
            raise Conflict("This session has a budget already; change that one")


def _fill(budget: Budget) -> None:
    """Make the counters of the present period from the ledger, and reserve in them what calls under way may cost."""
    period = bounds(budget.period, budget.time_zone, datetime.now(UTC))
    spent = reckoned(budget, period)
    Spending.objects.bulk_create(
        Spending(budget=budget, subject=subject, begins_at=period.begins_at, spent_picousd=picousd)
        for subject, picousd in spent.items()
    )
    if budget.action == Action.BLOCK:
        _hold_for_open_calls(budget)


def _hold_for_open_calls(budget: Budget) -> None:
    calls = [
        (call, who)
        for call in OpenCall.objects.select_related("session")
        if subject_of(budget, who := Who.has(call.session, call.agent)) is not None
    ]
    book = Book([budget])
    book.load({key for call, who in calls for key, _ in book.keys_of(who, call.at)})
    for call, who in calls:
        worst = pricing.at_worst(asked_of(call)) or 0
        for counter in book.of(who, call.at):
            counter.reserved_more += worst
            call.reserved.append([counter.row.pk, worst])
    OpenCall.objects.bulk_update([call for call, _ in calls], ["reserved"], batch_size=200)
    book.save()


# --- how they stand ------------------------------------------------------------------------------------------------


def statuses_of(budgets: Iterable[Budget], now: datetime | None = None) -> dict[uuid.UUID, list[Status]]:
    """How each budget stands in its present period: one for every subject that has spent, the fullest first."""
    return current(budgets, now or datetime.now(UTC))


def status_of(budget: Budget, now: datetime | None = None) -> Status:
    """How the fullest counter of the budget stands; with nothing spent while there is none."""
    now = now or datetime.now(UTC)
    found = current([budget], now)[budget.pk]
    if found:
        return found[0]
    return Status(budget=budget, subject="", period=bounds(budget.period, budget.time_zone, now))


def status_for_sessions(session_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Status]:
    """How the sessions' own budgets stand; those without one are missing."""
    budgets = Budget.objects.filter(scope=Scope.SESSION, period=Period.TOTAL, session__in=session_ids)
    by_session = {budget.session_id: budget for budget in budgets}
    found = current(by_session.values(), datetime.now(UTC))
    return {
        session_id: next(iter(found[budget.pk]), Status(budget=budget, subject=str(session_id), period=ALWAYS))
        for session_id, budget in by_session.items()
        if session_id
    }


def blocked(session_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Refused]:
    """The sessions whose calls a blocking budget refuses now: it is used up, or too little is left for what was asked.

    The latter by the session's newest call: when it was refused, and still would be.
    """
    sessions = list(MeteredSession.objects.filter(pk__in=session_ids))
    whos = {session.pk: Who.has(session) for session in sessions}
    book = Book(budgets_for(whos.values(), only_blocking=True))
    now = datetime.now(UTC)
    rows = rows_of({key for who in whos.values() for key, _ in book.keys_of(who, now)})
    found: dict[uuid.UUID, Refused] = {}
    for session in sessions:
        for key, budget in book.keys_of(whos[session.pk], now):
            status = status_in(budget, key, rows.get(key))
            is_the_refusing = key in rows and rows[key].pk == session.refused_by_id
            least = session.refused_picousd if is_the_refusing else 0
            if status.is_used_up or status.left_picousd < least:
                found.setdefault(session.pk, refused(session, status, least))
    return found
