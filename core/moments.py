"""Moments as they stand on the wire."""

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """UTC, ISO 8601 with milliseconds and a `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
