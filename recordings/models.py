"""The row of a recording: whose it is, of which session, and what its runner said of the file when last asked."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from sessions.models import Session


class Status(models.TextChoices):
    RECORDING = "recording"
    STOPPED = "stopped"
    FAILED = "failed"


class Recording(models.Model):
    """What a session printed, as a file beside its runner. It outlives its session, whose name and id it keeps."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(Session, on_delete=models.SET_NULL, null=True, related_name="recordings")
    session_key = models.UUIDField(db_index=True, help_text="Id of the session, also of one that is deleted.")
    session_name = models.CharField(max_length=200)
    agent = models.CharField(max_length=64)
    runner = models.CharField(max_length=512, help_text="Address of the runner that has the file.")
    title = models.CharField(max_length=200, blank=True)
    include_input = models.BooleanField(default=False, help_text="Whether it holds what was typed as well.")
    format = models.CharField(max_length=16, default="asciicast-v2")

    status = models.CharField(max_length=16, choices=Status, default=Status.RECORDING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    duration_ms = models.BigIntegerField(default=0)
    cols = models.PositiveSmallIntegerField(default=80)
    rows = models.PositiveSmallIntegerField(default=24)
    event_count = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    markers = models.JSONField(default=list, help_text="[{at_ms, label, kind}]")
    truncated = models.CharField(max_length=8, blank=True, help_text="The limit that ended it: size, time or none.")
    error = models.CharField(max_length=300, blank=True, help_text="Why it has failed.")

    class Meta:
        db_table = "agterm_recording"
        ordering: ClassVar = ["-started_at"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-started_at"]),
            models.Index(fields=["status"]),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.session_name} ({self.started_at:%Y-%m-%d %H:%M})"


class Forgetting(models.Model):
    """A deleted session of which the search index is still to drop what it holds; gone when its runner has done so."""

    session_key = models.UUIDField(primary_key=True)
    runner = models.CharField(max_length=512)

    class Meta:
        db_table = "agterm_recording_forgetting"
