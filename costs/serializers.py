"""Costs as callers see them: decimal dollars as strings, disjoint token classes, camelCase."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.moments import timestamp
from costs import figures
from costs.budget_reports import BudgetReport
from costs.counters import Status
from costs.figures import Counts, Figures
from costs.forecast import Forecast
from costs.models import Entry, MeteredSession
from costs.money import usd
from costs.ranges import Days
from costs.reports import Breakdowns, Dashboard, Pace, SessionReport

CURRENCY = "USD"


def days(asked: Days) -> dict[str, Any]:
    return {
        "startDate": asked.start.isoformat(),
        "endDate": asked.end.isoformat(),
        "days": asked.count,
        "tz": asked.zone,
    }


def counts(found: Counts) -> dict[str, Any]:
    return {
        "costUsd": usd(found.cost_picousd),
        "requests": found.requests,
        "inputTokens": found.input_tokens,
        "cacheReadTokens": found.cache_read_tokens,
        "cacheWriteTokens": found.cache_write_tokens,
        "outputTokens": found.output_tokens,
        "reasoningTokens": found.reasoning_tokens,
    }


def sums(found: Figures, *, with_models: bool = True) -> dict[str, Any]:
    """Dollars, and beside them what a subscription's calls would have cost and what has no price."""
    unpriced: dict[str, Any] = {"requests": found.unpriced_requests, "tokens": found.unpriced_tokens}
    if with_models:
        unpriced["models"] = sorted(found.unpriced_models)
    return {**counts(found.billed), "apiEquivalent": counts(found.equivalent), "unpriced": unpriced}


def breakdown(named: Sequence[tuple[Mapping[str, Any], Figures]], *, with_models: bool = True) -> list[dict[str, Any]]:
    """Parts of a whole, the dearest first; `sharePercent` adds up to 100, or is 0 everywhere."""
    ordered = sorted(named, key=lambda pair: (-pair[1].billed.cost_picousd, -pair[1].billed.requests, str(pair[0])))
    parts = figures.shares([found.billed.cost_picousd for _, found in ordered])
    return [
        {**name, **sums(found, with_models=with_models), "sharePercent": part / 100}
        for (name, found), part in zip(ordered, parts, strict=True)
    ]


def daily(found: Iterable[tuple[Any, Figures]]) -> list[dict[str, Any]]:
    return [{"date": day.isoformat(), **sums(of_day, with_models=False)} for day, of_day in found]


def session(row: MeteredSession) -> dict[str, Any]:
    """What is known of it; also when the session itself is deleted."""
    return {
        "sessionId": str(row.pk),
        "name": row.name,
        "agent": row.agent,
        "owner": row.owner.username,
        "createdAt": timestamp(row.created_at),
    }


def event(row: Entry) -> dict[str, Any]:
    """One line of the ledger."""
    return {
        "id": str(row.pk),
        "at": timestamp(row.at),
        "kind": row.kind,
        "basis": row.basis,
        "corrects": str(row.corrects_id) if row.corrects_id else None,
        "sessionId": str(row.session_id),
        "sessionName": row.session.name,
        "owner": row.owner.username,
        "agent": row.agent,
        "provider": row.provider,
        "model": row.model,
        "inputTokens": row.input_tokens,
        "cacheReadTokens": row.cache_read_tokens,
        "cacheWriteTokens": row.cache_write_tokens,
        "cacheWrite1hTokens": row.cache_write_1h_tokens,
        "outputTokens": row.output_tokens,
        "reasoningTokens": row.reasoning_tokens,
        "isEstimated": row.is_estimated,
        "serviceTier": row.service_tier or None,
        "speed": row.speed or None,
        "source": row.source,
        "costUsd": usd(row.cost_picousd) if row.source != "unpriced" else None,
        "priceVersion": row.price_version or None,
        "outcome": row.outcome,
        "status": row.status,
        "requestId": row.request_id or None,
        "responseId": row.response_id or None,
        "firstByteMs": row.first_byte_ms,
        "totalMs": row.total_ms,
    }


def pace(found: Pace) -> dict[str, Any]:
    return {"burnRatePerHour": usd(found.last_hour), "burnRatePerHour24h": usd(found.last_day)}


def forecast(found: Forecast) -> dict[str, Any]:
    """`method` says in words how it was reckoned."""
    since = timestamp(found.since)
    return {
        "periodEnd": timestamp(found.ends_at) if found.ends_at else None,
        "spentUsd": usd(found.spent_picousd),
        "ratePerHourUsd": usd(found.picousd_an_hour),
        "rateSince": since,
        "forecastUsd": None if found.picousd_at_end is None else usd(found.picousd_at_end),
        "usedUpAt": timestamp(found.used_up_at) if found.used_up_at else None,
        "method": f"What is spent, and the average since {since} for the time that is left",
    }


def budget(found: BudgetReport, names: Mapping[str, str]) -> dict[str, Any]:
    """`names`: of the users and sessions that are subjects, by id."""
    row, fullest = found.budget, found.fullest
    return {
        "id": str(row.pk),
        "name": row.name,
        "scope": row.scope,
        "owner": row.owner.username if row.owner else None,
        "sessionId": str(row.session_id) if row.session_id else None,
        "sessionName": row.session.name if row.session else None,
        "agent": row.agent or None,
        "period": row.period,
        "timeZone": row.time_zone,
        "softPercent": row.soft_percent,
        "action": row.action,
        "createdBy": row.created_by.username if row.created_by else None,
        "createdAt": timestamp(row.created_at),
        "periodStart": None if fullest.period.ends_at is None else timestamp(fullest.period.begins_at),
        "periodEnd": None if fullest.period.ends_at is None else timestamp(fullest.period.ends_at),
        **_standing(fullest),
        "subjects": [{**_subject(status, names), **_standing(status)} for status in found.statuses],
        "subjectCount": found.subject_count,
        "forecast": forecast(found.forecast),
    }


def _standing(status: Status) -> dict[str, Any]:
    state = "exceeded" if status.is_used_up else "warning" if _warns(status) else "ok"
    return {
        "limitUsd": usd(status.limit_picousd),
        "spentUsd": usd(status.spent_picousd),
        "reservedUsd": usd(status.reserved_picousd),
        "remainingUsd": usd(max(0, status.left_picousd)),
        "percent": status.percent,
        "state": state,
    }


def _warns(status: Status) -> bool:
    return status.percent >= status.budget.soft_percent


def _subject(status: Status, names: Mapping[str, str]) -> dict[str, Any]:
    return {"subject": status.subject or None, "subjectName": names.get(status.subject, status.subject) or None}


def dashboard(found: Dashboard, asked: Days, names: Mapping[str, str]) -> dict[str, Any]:
    """`names`: of users and of sessions, by id."""
    total = sums(found.cells.total)
    return {
        "range": days(asked),
        "currency": CURRENCY,
        "total": {**total, "sessions": found.session_count},
        "apiEquivalent": total["apiEquivalent"],
        "unpriced": total["unpriced"],
        "byProvider": providers(found.cells),
        "byModel": models(found.cells),
        "byAgent": agents(found.cells),
        "byUser": users(found.cells, names),
        "byDay": daily(found.by_day),
        "topSessions": sessions(found.top_sessions),
        "budgets": [budget(report, names) for report in found.budgets],
        **pace(found.pace),
        "forecast": forecast(found.month),
    }


def providers(cells: Breakdowns) -> list[dict[str, Any]]:
    return breakdown([({"provider": key[0]}, figures) for key, figures in cells.by_provider])


def models(cells: Breakdowns) -> list[dict[str, Any]]:
    return breakdown([({"provider": key[0], "model": key[1]}, figures) for key, figures in cells.by_model])


def agents(cells: Breakdowns) -> list[dict[str, Any]]:
    return breakdown([({"agent": key[0]}, figures) for key, figures in cells.by_agent])


def users(cells: Breakdowns, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return breakdown([({"userId": key[0], "user": names.get(str(key[0]))}, figures) for key, figures in cells.by_user])


def sessions(found: Iterable[tuple[MeteredSession, Figures]]) -> list[dict[str, Any]]:
    return [{**session(row), **sums(figures, with_models=False)} for row, figures in found]


def session_report(found: SessionReport) -> dict[str, Any]:
    return {
        "currency": CURRENCY,
        "session": {**session(found.row), **sums(found.cells.total)},
        "byModel": models(found.cells),
        "byAgent": agents(found.cells),
        "byDay": daily(found.by_day),
        "events": [event(row) for row in found.events],
        **pace(found.pace),
    }
