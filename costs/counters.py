"""The counters behind budgets: which of them a call moves, what stands in them, and keeping that true."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db.models import Q, Sum, UUIDField
from django.db.models.functions import Coalesce

from costs import rows
from costs.models import Action, Basis, Budget, DailyTotal, Entry, MeteredSession, Scope, Spending
from costs.periods import Bounds, bounds

Key = tuple[uuid.UUID, str, datetime]


@dataclass(frozen=True, slots=True)
class Who:
    """Whose call it is."""

    session_id: uuid.UUID
    owner_id: int
    agent: str
    parent_id: uuid.UUID | None = None  # the session within which that one works

    @classmethod
    def has(cls, session: MeteredSession, agent: str = "") -> "Who":
        return cls(session.pk, session.owner_id, agent or session.agent, session.parent_id)

    @property
    def sessions(self) -> set[uuid.UUID]:
        """Whose budgets hold it."""
        return {self.session_id, self.parent_id or self.session_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What stands in one counter of a budget. `percent` is rounded down, so 100 means used up."""

    budget: Budget
    subject: str
    period: Bounds
    spent_picousd: int = 0
    reserved_picousd: int = 0

    @property
    def limit_picousd(self) -> int:
        return self.budget.limit_picousd

    @property
    def left_picousd(self) -> int:
        """What may still be spent; less than 0 when more was spent than allowed."""
        return self.limit_picousd - self.spent_picousd - self.reserved_picousd

    @property
    def percent(self) -> int:
        return self.spent_picousd * 100 // self.limit_picousd if self.limit_picousd else 100

    @property
    def is_used_up(self) -> bool:
        return self.spent_picousd >= self.limit_picousd


@dataclass(frozen=True, slots=True)
class BudgetNews:
    """Something to tell once for a limit and period, to the session that brought it about and to its owner."""

    kind: Literal["warning", "exceeded"]
    status: Status
    session_id: uuid.UUID
    owner_id: int


@dataclass(slots=True)
class Counter:
    """One row of `Spending` while a transaction works with it."""

    budget: Budget
    subject: str
    period: Bounds
    row: Spending
    is_new: bool = False  # then it was reckoned from a ledger that has this transaction's entries already
    spent_more: int = 0
    reserved_more: int = 0
    has_told: bool = False

    @property
    def status(self) -> Status:
        return Status(
            budget=self.budget,
            subject=self.subject,
            period=self.period,
            spent_picousd=self.row.spent_picousd + self.spent_more,
            reserved_picousd=self.row.reserved_picousd + self.reserved_more,
        )

    def spend(self, picousd: int) -> None:
        if not self.is_new:
            self.spent_more += picousd

    def news(self, who: Who, *, is_refused: bool = False) -> Iterator[BudgetNews]:
        """What is to be told now and was not told yet; of a session's runs it is told to that session."""
        status, limit = self.status, self.budget.limit_picousd
        is_own = self.budget.session_id == who.session_id
        session_id = who.session_id if is_own else who.parent_id or who.session_id
        if (is_refused or status.is_used_up) and self.row.exceeded_at_picousd != limit:
            self.row.exceeded_at_picousd = self.row.warned_at_picousd = limit
            self.has_told = True
            yield BudgetNews("exceeded", status, session_id, who.owner_id)
        elif status.percent >= self.budget.soft_percent and self.row.warned_at_picousd != limit:
            self.row.warned_at_picousd = limit
            self.has_told = True
            yield BudgetNews("warning", status, session_id, who.owner_id)


def subject_of(budget: Budget, who: Who) -> str | None:
    """What of the budget's this call counts on; None: it does not count there."""
    if (
        (budget.owner_id is not None and budget.owner_id != who.owner_id)
        or (budget.session_id is not None and budget.session_id not in who.sessions)
        or (budget.agent and budget.agent != who.agent)
    ):
        return None
    match budget.scope:
        case Scope.USER:
            return str(who.owner_id)
        case Scope.SESSION:
            return str(budget.session_id or who.parent_id or who.session_id)
        case Scope.AGENT:
            return who.agent
    return ""


def budgets_for(whos: Collection[Who], *, only_blocking: bool = False) -> list[Budget]:
    """The budgets that any of these count on."""
    if not whos:
        return []
    sessions, owners = {each for who in whos for each in who.sessions}, {who.owner_id for who in whos}
    where = (
        f"(session_id IS NULL OR session_id IN {rows.places(sessions)}) "
        f"AND (owner_id IS NULL OR owner_id IN {rows.places(owners)})"
    )
    if not only_blocking:
        return rows.read(Budget, where, [*sessions, *owners])
    return rows.read(Budget, f"{where} AND action = %s", [*sessions, *owners, Action.BLOCK])


def rows_of(keys: Collection[Key]) -> dict[Key, Spending]:
    """The rows that there are of these counters, in one query."""
    if not keys:
        return {}
    budget_ids, subjects, beginnings = (set(values) for values in zip(*keys, strict=True))
    where = (
        f"budget_id IN {rows.places(budget_ids)} AND subject IN {rows.places(subjects)} "
        f"AND begins_at IN {rows.places(beginnings)}"
    )
    read = rows.read(Spending, where, [*budget_ids, *subjects, *beginnings])
    found = {(row.budget_id, row.subject, row.begins_at): row for row in read}
    return {key: found[key] for key in keys if key in found}


def status_in(budget: Budget, key: Key, row: Spending | None) -> Status:
    """What stands in a row, nothing when there is none."""
    _, subject, begins_at = key
    return Status(
        budget=budget,
        subject=subject,
        period=bounds(budget.period, budget.time_zone, begins_at),
        spent_picousd=row.spent_picousd if row else 0,
        reserved_picousd=row.reserved_picousd if row else 0,
    )


@dataclass(slots=True)
class Book:
    """The counters that the calls of one transaction move; made, changed and saved inside `turns.turn`."""

    budgets: list[Budget]
    counters: dict[Key, Counter] = field(default_factory=dict)

    @classmethod
    def of_calls(cls, calls: Collection[tuple[Who, datetime]], *, only_blocking: bool = False) -> "Book":
        book = cls(budgets_for({who for who, _ in calls}, only_blocking=only_blocking))
        book.load({key for who, at in calls for key, _ in book.keys_of(who, at)})
        return book

    def keys_of(self, who: Who, at: datetime) -> Iterator[tuple[Key, Budget]]:
        """The counters that a call moves."""
        for budget in self.budgets:
            if (subject := subject_of(budget, who)) is not None:
                yield (budget.pk, subject, bounds(budget.period, budget.time_zone, at).begins_at), budget

    def load(self, keys: Collection[Key]) -> None:
        """Have these counters at hand, reckoned from the ledger where there was no row of them yet."""
        by_id = {budget.pk: budget for budget in self.budgets}
        found = rows_of(keys)
        for key in keys:
            budget, subject = by_id[key[0]], key[1]
            period = bounds(budget.period, budget.time_zone, key[2])
            row = found.get(key)
            self.counters[key] = Counter(
                budget, subject, period, row or _made(budget, subject, period), is_new=row is None
            )

    def of(self, who: Who, at: datetime) -> list[Counter]:
        return [self.counters[key] for key, _ in self.keys_of(who, at)]

    def save(self, released: Mapping[int, int] | None = None) -> None:
        """Write what has changed; `released`: reservations that end, by the counter's id (some may be gone)."""
        changes: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for counter in self.counters.values():
            changes[counter.row.pk][0] += counter.spent_more
            changes[counter.row.pk][1] += counter.reserved_more
        for spending_id, picousd in (released or {}).items():
            changes[spending_id][1] -= picousd
        rows.write_each(
            "UPDATE agterm_spending SET spent_picousd = spent_picousd + %s, "
            "reserved_picousd = reserved_picousd + %s WHERE id = %s",
            [(spent, reserved, pk) for pk, (spent, reserved) in changes.items() if spent or reserved],
        )
        for counter in self.counters.values():
            if counter.has_told:
                counter.row.save(update_fields=["warned_at_picousd", "exceeded_at_picousd"])


def _made(budget: Budget, subject: str, period: Bounds) -> Spending:
    spent = sum(reckoned(budget, period, subject).values())
    return Spending.objects.create(budget=budget, subject=subject, begins_at=period.begins_at, spent_picousd=spent)


def reckoned(budget: Budget, period: Bounds, subject: str | None = None) -> dict[str, int]:
    """What the ledger says was spent in that period, by subject (None: by each that there is)."""
    wanted: dict[str, Any] = {"basis": Basis.BILLED}
    if budget.owner_id is not None:
        wanted["owner"] = budget.owner_id
    if budget.agent:
        wanted["agent"] = budget.agent
    if budget.scope == Scope.SESSION and (session := budget.session_id or subject) is not None:
        inner = Q(pk=session) | Q(parent=session)
        wanted["session__in"] = MeteredSession.objects.filter(inner).values("pk")
    elif subject is not None and budget.scope != Scope.GLOBAL:
        wanted[_COLUMN[budget.scope]] = subject
    if period.ends_at is None:
        parts: Any = DailyTotal.objects.filter(**wanted)  # the same sums, of fewer rows
    else:
        parts = Entry.objects.filter(**wanted, at__gte=period.begins_at, at__lt=period.ends_at)
    if budget.scope == Scope.GLOBAL or budget.session_id is not None:
        spent = parts.aggregate(sum=Sum("cost_picousd"))["sum"]
        whole = str(budget.session_id or "")
        return {} if whole and spent is None else {whole: spent or 0}
    if budget.scope == Scope.SESSION:
        parts = parts.annotate(whose=Coalesce("session__parent_id", "session_id", output_field=UUIDField()))
    sums = parts.order_by().values_list(_COLUMN[budget.scope]).annotate(Sum("cost_picousd"))
    return {str(value): spent for value, spent in sums}


_COLUMN: dict[str, str] = {
    Scope.USER: "owner",
    Scope.SESSION: "whose",
    Scope.AGENT: "agent",
}


def current(budgets: Iterable[Budget], now: datetime) -> dict[uuid.UUID, list[Status]]:
    """What stands in the counters of the present period, by budget, the fullest first."""
    by_id = {budget.pk: budget for budget in budgets}
    periods = {pk: bounds(budget.period, budget.time_zone, now) for pk, budget in by_id.items()}
    beginnings = {period.begins_at for period in periods.values()}
    standing = Spending.objects.filter(budget__in=by_id, begins_at__in=beginnings).order_by("-spent_picousd", "pk")
    found: dict[uuid.UUID, list[Status]] = {pk: [] for pk in by_id}
    for row in standing:
        if row.begins_at == periods[row.budget_id].begins_at:
            key = (row.budget_id, row.subject, row.begins_at)
            found[row.budget_id].append(status_in(by_id[row.budget_id], key, row))
    return found
