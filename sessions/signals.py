"""What rooms above may want to know of a session, some of it before it is too late."""

import logging

from django.dispatch import Signal

from sessions.models import Session

log = logging.getLogger("agterm.sessions")

about_to_be_removed = Signal()  # kwargs: row. Its process and its folders are still there; receivers must not raise.
about_to_start_again = Signal()  # kwargs: row. What it ran is there still, agent and log-in as they were; as above.
files_wanted = Signal()  # kwargs: row. Before each start; receivers return {path below HOME: text} for its program.
started = Signal()  # kwargs: row, record, record_input, from_start. A program of it was just started, see `announce`.


def announce(row: Session, *, from_start: bool = False) -> None:
    """Send `started`: `record` and `record_input` as the session was asked to be, `from_start` for its first program.

    A receiver that fails is only reported: the program runs.
    """
    wanted = {name: bool(row.recipe.get(name)) for name in ("record", "record_input")}
    for receiver, answer in started.send_robust(sender=Session, row=row, from_start=from_start, **wanted):
        if isinstance(answer, Exception):
            log.error("after the start of session %s %s failed", row.pk, receiver, exc_info=answer)
