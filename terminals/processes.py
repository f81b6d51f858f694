"""What runs in sessions, and how the machine does: figures of the moment, asked of the runners and stored nowhere."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User

from core.errors import HostUnavailable
from runner import client
from sessions import services
from sessions.models import Session

NOTHING: dict[str, Any] = {
    "pid": None, "foreground": None, "agent": None, "count": 0, "cpu_percent": 0.0, "cpu_s": None, "memory_bytes": 0,
    "processes": [],
}  # fmt: skip


def of_session(row: Session) -> dict[str, Any]:
    """Every process of one session (`runner.processes.Sampler`); none of one that has ended or is lost."""
    figures: dict[str, Any] = _ask(row.runner, [row], whole=True).get(str(row.pk), NOTHING)
    return figures


def of_user(user: User) -> list[tuple[Session, dict[str, Any] | None]]:
    """The sessions a user may see, the newest first, each with its sums; None where its runner does not answer.

    Raises `HostUnavailable` when no runner does.
    """
    rows = list(services.visible_to(user))
    addresses = {row.runner for row in rows} | {settings.AGTERM.runner_address}
    answers: dict[str, dict[str, Any]] = {}
    for address in addresses:
        try:
            answers[address] = _ask(address, [row for row in rows if row.runner == address], whole=False)
        except HostUnavailable:
            continue
    if not answers:
        raise HostUnavailable
    return [(row, answers[row.runner].get(str(row.pk), NOTHING) if row.runner in answers else None) for row in rows]


def machine() -> dict[str, Any]:
    """`{info, metrics, sessions}` of the machine that new sessions start on (`runner.machine.Machine`)."""
    figures: dict[str, Any] = client.call(settings.AGTERM.runner_address, "machine")
    return figures


def _ask(address: str, rows: list[Session], *, whole: bool) -> dict[str, Any]:
    figures: dict[str, Any] = client.call(address, "processes", ids=[str(row.pk) for row in rows], whole=whole)
    return figures
