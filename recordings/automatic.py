"""Recordings that begin and end by themselves: with the start of a session, and with its end."""

import contextlib
import logging
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.db.models.signals import post_delete

from core.errors import AgtermError
from recordings import services
from recordings.models import Recording, Status
from sessions import signals
from sessions.models import Session

log = logging.getLogger("agterm.recordings")


def listen() -> None:
    """From now on sessions are recorded as they and the configuration ask for."""
    for signal, receiver in ((signals.started, _began), (signals.about_to_be_removed, _ends)):
        signal.connect(receiver, weak=False, dispatch_uid="recordings")
    post_delete.connect(_is_gone, sender=Session, weak=False, dispatch_uid="recordings")


def _began(sender: Any, row: Session, *, record: bool, record_input: bool, from_start: bool, **_more: Any) -> None:
    """One that goes on through a restart is left alone. That it can't be recorded ends no session."""
    if not (record or settings.AGTERM.record_all):
        return
    try:
        if services.of_session(row) is None:
            services.start(row, include_input=record_input, from_start=from_start)
    except AgtermError as error:
        log.warning("session %s is not recorded, though it should be: %s", row.pk, error)


def _ends(sender: Any, row: Session, **_more: Any) -> None:
    """Before the terminal is gone, so that the last of it is in the file."""
    under_way = Q(session=row) | Q(session__within=row)
    for recording in Recording.objects.filter(under_way, status=Status.RECORDING):
        with contextlib.suppress(AgtermError):
            services.end(recording)


def _is_gone(sender: Any, instance: Session, **_more: Any) -> None:
    services.forget(instance.pk, instance.runner)
