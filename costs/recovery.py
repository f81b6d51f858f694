"""Calls whose server died: written down as lost, and what was reserved for them is free again."""

import logging
import time
import uuid
from datetime import datetime

from django.db import DatabaseError

from core.errors import NotFound
from costs import metering
from costs.calls import End, Settled
from costs.models import OpenCall, Outcome

log = logging.getLogger("agterm.costs")

PATIENCE_S = 60.0


class Watch:
    """Looks at the calls under way; one that nobody has touched while it looked for a minute is lost.

    It goes by what it sees change, not by the times that are written there: no jump of the clock and no sleep of the
    machine makes a call look abandoned.
    """

    def __init__(self) -> None:
        self._seen: dict[uuid.UUID, tuple[datetime, float]] = {}

    def look(self) -> list[Settled]:
        """Write down the calls that are lost by now, and return their entries."""
        now = time.monotonic()
        touched = dict(OpenCall.objects.values_list("pk", "touched_at"))
        self._seen = {
            pk: self._seen[pk] if pk in self._seen and self._seen[pk][0] == at else (at, now)
            for pk, at in touched.items()
        }
        lost = [pk for pk, (_, since) in self._seen.items() if now - since >= PATIENCE_S]
        if not lost:
            return []
        log.warning("%d calls to providers were lost with their server; their cost is estimated", len(lost))
        return [settled for pk in lost if (settled := _settled(pk))]


def _settled(call_id: uuid.UUID) -> Settled | None:
    """Each on its own, so that one that can't be written down keeps none of the others."""
    try:
        return metering.end(call_id, End(outcome=Outcome.LOST))
    except NotFound:  # it has ended after all
        return None
    except DatabaseError:
        log.exception("a lost call can't be written down")
        return None
