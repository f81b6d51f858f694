"""What sessions have cost, may still cost, and which of them a budget holds: read for many at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from costs import budgets, ledger
from costs.budgets import Refused, Status
from costs.counters import Who, subject_of
from costs.figures import Figures as Sums
from costs.models import Budget, MeteredSession
from costs.money import usd

OVER_BUDGET = "over_budget"


@dataclass(frozen=True, slots=True)
class Figures:
    """`total`: with what runs within it; `budget`: the session's own.

    `refused`: that some budget, its own or another, refuses its calls now.
    """

    total: Sums
    budget: Status | None
    refused: Refused | None


def of(session_ids: Iterable[UUID]) -> dict[UUID, Figures]:
    """The figures of each of them; as many queries for one as for a thousand."""
    wanted = list(session_ids)
    totals, own, held = ledger.totals_with_inner(wanted), budgets.status_for_sessions(wanted), budgets.blocked(wanted)
    return {key: Figures(totals[key], own.get(key), held.get(key)) for key in wanted}


def standing(budget_id: UUID, session_id: UUID) -> Status | None:
    """How that budget stands for this session; None when there is no such thing (any more)."""
    row = Budget.objects.filter(pk=budget_id).first()
    session = MeteredSession.objects.filter(pk=session_id).first()
    subject = subject_of(row, Who.has(session)) if row and session else None
    if row is None or subject is None:
        return None
    return next((status for status in budgets.statuses_of([row])[row.pk] if status.subject == subject), None)


def payload(figures: Figures) -> dict[str, Any]:
    """`cost`, `budget` and `blockedBy`, as callers see them."""
    return {
        "cost": cost(figures.total),
        "budget": budget(figures.budget) if figures.budget else None,
        "blockedBy": _blocked_by(figures.refused) if figures.refused else None,
    }


def cost(total: Sums) -> dict[str, Any]:
    billed, equivalent = total.billed, total.equivalent
    return {
        "costUsd": usd(billed.cost_picousd),
        "requests": billed.requests,
        "inputTokens": billed.input_tokens,
        "cacheReadTokens": billed.cache_read_tokens,
        "cacheWriteTokens": billed.cache_write_tokens,
        "outputTokens": billed.output_tokens,
        "reasoningTokens": billed.reasoning_tokens,
        "unpricedRequests": total.unpriced_requests,
        "apiEquivalentUsd": usd(equivalent.cost_picousd),
        "apiEquivalentRequests": equivalent.requests,
        "apiEquivalentTokens": equivalent.tokens,
    }


def budget(status: Status) -> dict[str, Any]:
    """A budget as it stands for one session."""
    row = status.budget
    return {
        "id": str(row.pk),
        "name": row.name,
        "scope": row.scope,
        "period": row.period,
        "action": row.action,
        "limitUsd": usd(row.limit_picousd),
        "spentUsd": usd(status.spent_picousd),
        "leftUsd": usd(max(0, row.limit_picousd - status.spent_picousd)),
        "percent": status.percent,
        "softPercent": row.soft_percent,
    }


def _blocked_by(refused: Refused) -> dict[str, Any]:
    """The budget that holds the session, the words in which its calls are refused, and what its next call needs."""
    return {
        "budget": budget(refused.status) if refused.status else None,
        "message": refused.why,
        "neededUsd": usd(refused.needed_picousd),
    }
