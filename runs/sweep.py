"""Looks for runs that nobody follows, that were never started, and for programs that no run knows of."""

import logging
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from core.errors import AgtermError
from runs import keeping
from runs.models import LIVE, Run, Status
from sessions import runs as programs
from sessions.models import LIVE as ALIVE
from sessions.models import Kind, Session

log = logging.getLogger("agterm.runs")

PATIENCE = timedelta(minutes=2)
NEVER_STARTED = "The server stopped while it was being started"
MAX_AT_ONCE = 20


def look() -> list[UUID]:
    """The runs to take over; those whose start was broken off are failed on the way."""
    now = datetime.now(UTC)
    for run in Run.objects.filter(status=Status.QUEUED, started_at__lt=now - PATIENCE):
        keeping.fail(run, NEVER_STARTED)
    is_free = Q(followed_until=None) | Q(followed_until__lt=now)
    return list(Run.objects.filter(is_free, status=Status.RUNNING).values_list("pk", flat=True))


def put_away() -> None:
    """End what a run has left behind: its runner was away when it ended, or this server while it was started."""
    known = Run.objects.filter(status__in=LIVE, program_id__isnull=False).values("program_id")
    left = Session.objects.filter(kind=Kind.RUN, created_at__lt=datetime.now(UTC) - PATIENCE).exclude(pk__in=known)
    for row in left.filter(Q(within__isnull=False) | Q(status__in=ALIVE))[:MAX_AT_ONCE]:
        try:
            programs.finish(row)
        except AgtermError as error:
            log.info("what run %s has left behind can't be put away yet: %s", row.pk, error)
