"""How far each transcript was read, what it told, and how much of a plan is used up."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from costs.models import MeteredSession


class Reading(models.Model):
    """How many calls a session's transcripts have told of; `is_over`: they were read to the end of its program."""

    session = models.OneToOneField(MeteredSession, on_delete=models.CASCADE, primary_key=True, related_name="+")
    is_over = models.BooleanField(default=False)
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "agterm_transcript_reading"


class TranscriptFile(models.Model):
    """A file of a session's HOME: everything before `offset` is known, `state` is what its reader keeps in mind."""

    session = models.ForeignKey(MeteredSession, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=1000)
    identity = models.CharField(max_length=64, help_text="Device and inode; another file begins anew.")
    offset = models.BigIntegerField(default=0)
    state = models.JSONField(default=dict)

    class Meta:
        db_table = "agterm_transcript_file"
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "path"], name="one_row_a_transcript")]


class Told(models.Model):
    """A call that a transcript tells of. `is_billed`: made through our door, so that the ledger should know it."""

    session = models.ForeignKey(MeteredSession, on_delete=models.CASCADE, related_name="told")
    agent = models.CharField(max_length=64)
    source_id = models.CharField(max_length=200)
    at = models.DateTimeField()
    model = models.CharField(max_length=200)
    request_id = models.CharField(max_length=200, blank=True)
    response_id = models.CharField(max_length=200, blank=True)
    total_tokens = models.BigIntegerField()
    is_billed = models.BooleanField()

    class Meta:
        db_table = "agterm_transcript_told"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "agent", "source_id"], name="one_row_a_told_call")
        ]


class PlanUsage(models.Model):
    """How much of somebody's subscription is used up, as a transcript said last; one row a window."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    agent = models.CharField(max_length=64)
    window = models.CharField(max_length=32)
    used_percent = models.FloatField()
    window_minutes = models.PositiveIntegerField(null=True)
    resets_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "agterm_plan_usage"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "agent", "window"], name="one_row_a_plan_window")
        ]


class Activity(models.Model):
    """What a CLI reported of its own doing, counted: prompts, tool calls by tool, failed requests. Never money."""

    session = models.ForeignKey(MeteredSession, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, help_text="prompt, tool or error")
    name = models.CharField(max_length=100, blank=True, help_text="Of the tool.")
    count = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    total_ms = models.BigIntegerField(default=0)

    class Meta:
        db_table = "agterm_activity"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "kind", "name"], name="one_row_an_activity")
        ]
