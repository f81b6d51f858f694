"""When tokens that a CLI keeps were issued or end, whatever stands in its files."""

from datetime import UTC, datetime
from typing import Any

EPOCH = datetime.fromtimestamp(0, UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)  # what claims to be fresher is made up


def part(value: Any, name: str | None = None) -> dict[str, Any]:
    """The object, or the one at `name` in it; empty when there is none."""
    found = value if name is None or not isinstance(value, dict) else value.get(name)
    return found if isinstance(found, dict) else {}


def moment_ms(value: Any) -> datetime:
    """Milliseconds since the epoch; the epoch for anything else."""
    try:
        return max(EPOCH, min(datetime.fromtimestamp(float(value) / 1000, UTC), LATEST))
    except (TypeError, ValueError, OverflowError, OSError):
        return EPOCH


def moment(value: Any) -> datetime:
    """An ISO moment with a time zone; the epoch for anything else."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return EPOCH
    return max(EPOCH, min(at, LATEST)) if at.tzinfo else EPOCH
