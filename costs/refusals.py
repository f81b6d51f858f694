"""Calls that a blocking budget refuses, and the words for it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.errors import BudgetExceeded
from costs.counters import BudgetNews, Status
from costs.models import MeteredSession, Period, Scope
from costs.money import usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A blocking budget refuses a session's calls, `why` in words for people. Without a `status` no price is known.

    `needed_picousd`: the least that the call would have needed; 0 when that does not matter.
    """

    session_id: uuid.UUID
    owner_id: int
    why: str
    status: Status | None = None
    needed_picousd: int = 0
    news: list[BudgetNews] = field(default_factory=list)

    def as_error(self) -> BudgetExceeded:
        if self.status is None:
            return BudgetExceeded(self.why)
        budget = self.status.budget
        return BudgetExceeded(
            self.why,
            details={
                "scope": budget.scope,
                "period": budget.period,
                "limitUsd": usd(self.status.limit_picousd),
                "spentUsd": usd(self.status.spent_picousd),
            },
        )


def refused(
    session: MeteredSession, status: Status, least: int, news: Iterable[BudgetNews] = (), *, can_be_cut: bool = True
) -> Refused:
    """The refusal in words; `least` is what the call needs, 0 when that doesn't matter."""
    why = _why(status, least)
    if least and not can_be_cut and not status.is_used_up:
        why += HOW_IT_NEEDS_LESS
    return Refused(
        session_id=session.pk,
        owner_id=session.owner_id,
        why=why,
        status=status,
        needed_picousd=least,
        news=list(news),
    )


def _why(status: Status, least: int) -> str:
    budget = status.budget
    told = f"{_about(status.spent_picousd)} of {_about(budget.limit_picousd)} spent{_WHEN[budget.period]}"
    if status.reserved_picousd:
        told += f", {_about(status.reserved_picousd)} held for calls under way"
    if not status.is_used_up and least:
        told += f"; this call needs {_about(least)} or more"
    name = f" “{budget.name}”" if budget.name else ""
    state = "has too little left" if least and not status.is_used_up else "is used up"
    wait = "" if is_lacking(status, least) else "Try again when they have ended. "
    return (
        f"AGTerm: the budget{name} {_WHOSE[budget.scope]} {state}: {told}. {wait}Raise it in AGTerm, or ask who set it."
    )


def is_lacking(status: Status, least: int) -> bool:
    """Whether a call that needs `least` found too little, also if nothing were held for calls under way."""
    return status.left_picousd + status.reserved_picousd < max(1, least)


HOW_IT_NEEDS_LESS = " Calls need less when they are streamed, or set a limit to the answer's tokens."
_WHEN: dict[str, str] = {Period.TOTAL: "", Period.DAY: " today", Period.WEEK: " this week", Period.MONTH: " this month"}
_WHOSE: dict[str, str] = {
    Scope.GLOBAL: "for all calls",
    Scope.USER: "of this user",
    Scope.SESSION: "of this session",
    Scope.AGENT: "of this agent",
}


def _about(picousd: int) -> str:
    """Dollars to a hundredth of a cent, for people."""
    return f"${usd(round(picousd, -8))}"


def without_price(provider: str, model: str) -> str:
    return (
        f"AGTerm: a budget applies here, and no price is known for the model {model[:200]!r} of {provider}, "
        "so it can't be kept. Choose another model, or have the operator add its price."
    )
