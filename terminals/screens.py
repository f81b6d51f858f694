"""What a live terminal shows, asked of the runner that holds it; the rights were looked at before."""

from typing import Any

from sessions import services as sessions
from sessions.models import Session


def size(row: Session) -> tuple[int, int]:
    """(cols, rows), as they are now; raises `Conflict` for a lost session, as all here do."""
    info = sessions.ask_live(row, "get")
    return info["cols"], info["rows"]


def snapshot(row: Session) -> dict[str, Any]:
    """What `runner.terminal.Terminal.snapshot` says."""
    told: dict[str, Any] = sessions.ask_live(row, "snapshot")
    return told


def output(row: Session, lines: int, skip: int) -> tuple[int, list[str]]:
    """How many lines there are, and the last `lines` of them, `skip` at the end left out."""
    told = sessions.ask_live(row, "lines", count=lines, skip=skip)
    return told["total"], told["lines"]
