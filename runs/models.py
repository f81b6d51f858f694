"""Headless runs and what happened in them, and the OpenAPI documents that users register as tools."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

USER = settings.AUTH_USER_MODEL


class Status(models.TextChoices):
    """`queued` until its program is started; all after `running` are the end, as `agterm_agent.events` names it."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    LIMIT = "limit"
    NEEDS_INPUT = "needs_input"
    CANCELLED = "cancelled"


LIVE = (Status.QUEUED, Status.RUNNING)


class Run(models.Model):
    """One message to an agent that runs headless. It stays when its session is deleted, as what was paid does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    session_id = models.UUIDField(null=True, help_text="The session in whose workspace it works.")
    session_name = models.CharField(max_length=200, blank=True)
    program_id = models.UUIDField(
        null=True, unique=True, help_text="The session that its program is; the ledger knows what it costs by that."
    )
    agent = models.CharField(max_length=64)
    provider = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=128, blank=True)
    message = models.TextField()
    modes = models.JSONField(default=list, help_text="Safety modes that it keeps, the server's own among them.")
    timeout_ms = models.PositiveIntegerField()
    conversation = models.CharField(max_length=200, blank=True, help_text="As the agent calls it, to go on with.")
    snapshot = models.CharField(max_length=64, blank=True, help_text="The workspace before it, as git calls it.")
    idempotency = models.CharField(max_length=250, null=True, unique=True, help_text="Who asked, and the key he gave.")
    asked = models.CharField(max_length=64, help_text="Digest of what was asked, to know a repeated request by.")

    status = models.CharField(max_length=16, choices=Status, default=Status.QUEUED)
    ending = models.CharField(max_length=16, blank=True, help_text="What it is being ended for: cancelled, limit.")
    awaiting = models.JSONField(null=True, help_text="The question that it waits for an answer to.")
    result = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    usage = models.JSONField(default=dict, help_text="What the agent itself says that it used.")
    diff = models.TextField(null=True, help_text="None where its workspace is no git repository.")
    is_diff_whole = models.BooleanField(default=True)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    follower = models.CharField(max_length=64, blank=True, help_text="The web process that follows it.")
    followed_until = models.DateTimeField(null=True, help_text="After that another one may.")

    class Meta:
        db_table = "agterm_run"
        ordering: ClassVar = ["-started_at"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-started_at"]),
            models.Index(fields=["session_id", "-started_at"]),
            models.Index(fields=["status"], condition=models.Q(status__in=LIVE), name="runs_under_way"),
        ]

    def __str__(self) -> str:
        return f"{self.message[:60]} ({self.agent})"


class RunEvent(models.Model):
    """One event of a run's trail (`agterm_agent.events`). Numbers rise; pieces of what came whole are dropped later."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    call_id = models.CharField(max_length=200, blank=True, help_text="The tool call that it is about.")
    at = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        db_table = "agterm_run_event"
        ordering: ClassVar = ["run", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "number"], name="run_events_are_numbered")]
        indexes: ClassVar = [
            models.Index(fields=["-id"], condition=models.Q(kind="tool_call"), name="tool_calls_newest_first"),
        ]


class ApiDocument(models.Model):
    """An OpenAPI document of a user's own; each of its operations is a tool of agterm-agent in that user's sessions."""

    owner = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=32)
    title = models.CharField(max_length=200, blank=True)
    document = models.TextField(help_text="OpenAPI 3, as JSON, with one server.")
    tools = models.JSONField(default=list, help_text="What agterm-agent makes of it.")
    notices = models.JSONField(default=list, help_text="What it can make no tool of.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "agterm_api_document"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="one_document_of_a_name")]

    def __str__(self) -> str:
        return self.name
