"""What a caller asks a budget to be, made into one: names become users, sessions and agents."""

from django.contrib.auth.models import User

from agents import registry
from core.errors import AgentNotFound, Forbidden, InvalidRequest, SessionNotFound
from costs import budgets, reports
from costs.models import Budget, MeteredSession
from costs.payloads import CreateBudget


def create(by: User, wanted: CreateBudget) -> Budget:
    """Raises `InvalidRequest` naming the field that names nothing, and what `budgets.create` raises."""
    if wanted.agent is not None:
        _check_agent(wanted.agent)
    session = _session(by, wanted.sessionId)
    return budgets.create(
        by,
        scope=wanted.scope,
        limit_picousd=wanted.limitUsd,
        period=wanted.period,
        owner=session.owner if session else _owner(by, wanted),
        session_id=session.pk if session else None,
        agent=wanted.agent or "",
        time_zone=wanted.timeZone,
        soft_percent=wanted.softPercent,
        action=wanted.action,
        name=wanted.name,
    )


def _owner(by: User, wanted: CreateBudget) -> User | None:
    """Whose calls count: the caller's own when nothing is said, unless they are everybody's."""
    if wanted.scope == "global" or (wanted.owner is None and "owner" in wanted.model_fields_set):
        return None
    if wanted.owner is None or wanted.owner == by.username:
        return by
    if not by.is_staff:
        raise Forbidden("Only an administrator sets budgets on what others spend")
    if (owner := User.objects.filter(username=wanted.owner).first()) is None:
        raise InvalidRequest(f"owner: there is no user {wanted.owner!r}")
    return owner


def _session(by: User, session_id: str | None) -> MeteredSession | None:
    if session_id is None:
        return None
    try:
        return reports.find_session(by, session_id)
    except SessionNotFound:
        raise InvalidRequest("sessionId: there is no such session") from None


def _check_agent(agent_id: str) -> None:
    try:
        registry.get(agent_id)
    except AgentNotFound as error:
        raise InvalidRequest(f"agent: {error.message}") from None
