"""The session row: whose it is, what runs in it, which runner owns it, and what was last seen of it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class Status(models.TextChoices):
    STARTING = "starting"
    RUNNING = "running"
    EXITED = "exited"
    LOST = "lost"


class Session(models.Model):
    """A workspace and the agent in it. Process facts are copies of what the runner said when it was last asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="agterm_sessions")
    name = models.CharField(max_length=200)
    agent = models.CharField(max_length=64)
    provider = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=128, blank=True)
    runner = models.CharField(max_length=512, help_text="Address of the runner that owns the terminal.")
    workspace = models.CharField(max_length=4096, blank=True)
    isolation = models.JSONField(default=dict)

    status = models.CharField(max_length=16, choices=Status, default=Status.STARTING)
    state = models.CharField(max_length=16, default="working", help_text="What it was doing when last asked.")
    state_since = models.DateTimeField(auto_now_add=True)
    pid = models.PositiveIntegerField(null=True)
    exit_code = models.IntegerField(null=True)
    exit_signal = models.PositiveSmallIntegerField(null=True)
    cols = models.PositiveSmallIntegerField(default=80)
    rows = models.PositiveSmallIntegerField(default=24)
    offset = models.BigIntegerField(default=0, help_text="Bytes of output so far.")

    created_at = models.DateTimeField(auto_now_add=True)
    active_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "agterm_session"
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["owner", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.agent})"
