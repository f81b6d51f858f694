"""How long recordings are kept: the sweep that `agterm serve` does, as days and bytes of the configuration say."""

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet, Sum

from core.errors import AgtermError
from recordings import services
from recordings.models import Recording, Status

log = logging.getLogger("agterm.recordings")


def sweep() -> None:
    """Make rows agree with the files, then delete the oldest that have ended where they are too old or too many."""
    services.refresh(Recording.objects.filter(status=Status.RECORDING))
    services.forget_due()
    config = settings.AGTERM
    if config.recording_days:
        _drop_old(config.recording_days)
    if config.recordings_total_mb:
        _drop_until(config.recordings_total_mb * services.MIB)


def _finished() -> QuerySet[Recording]:
    return Recording.objects.exclude(status=Status.RECORDING).order_by("started_at", "pk")


def _drop_old(days: int) -> None:
    for row in _finished().filter(ended_at__lt=datetime.now(UTC) - timedelta(days=days)):
        _drop(row, f"it is older than {days} days (AGTERM_RECORDING_DAYS)")


def _drop_until(most: int) -> None:
    held = Recording.objects.aggregate(total=Sum("size_bytes"))["total"] or 0
    for row in _finished().filter(size_bytes__gt=0).iterator():
        if held <= most:
            return
        if _drop(row, f"all together are larger than {most // services.MIB} MiB (AGTERM_RECORDINGS_TOTAL_MB)"):
            held -= row.size_bytes


def _drop(row: Recording, reason: str) -> bool:
    key, about = row.pk, f"of session {row.session_key} from {row.started_at:%Y-%m-%d %H:%M} UTC"
    try:
        services.remove(row)
    except AgtermError as error:
        log.warning("recording %s %s can't be deleted, though %s: %s", key, about, reason, error)
        return False
    log.info("deleted recording %s %s: %s", key, about, reason)
    return True
