"""The session row: whose it is, what runs in it, which runner owns it, what was last seen of it; and its shares."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class Status(models.TextChoices):
    STARTING = "starting"
    RUNNING = "running"
    EXITED = "exited"
    LOST = "lost"


class Kind(models.TextChoices):
    INTERACTIVE = "interactive"
    RUN = "run"  # of one message, without anybody at its terminal (`sessions.runs`)


LIVE = (Status.STARTING, Status.RUNNING)


class Session(models.Model):
    """A workspace and the agent in it. Process facts are copies of what the runner said when it was last asked."""

    viewers: Sequence[Mapping[str, Any]] = ()  # who watches, as the runner said just now; stored nowhere
    access: str = "own"  # what whoever asks may do here ("own" is all; else a `ShareMode`); stored nowhere
    shared_by: str | None = None  # who let them

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="agterm_sessions")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.INTERACTIVE)
    within = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        related_name="inner",
        help_text="In whose workspace it runs, to end with that one; it has none of its own then.",
    )
    name = models.CharField(max_length=200)
    agent = models.CharField(max_length=64)
    provider = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=128, blank=True)
    runner = models.CharField(max_length=512, help_text="Address of the runner that owns the terminal.")
    workspace = models.CharField(max_length=4096, blank=True)
    isolation = models.JSONField(default=dict)
    color = models.CharField(max_length=7, blank=True, help_text="#rrggbb, for whoever shows it.")
    tags = models.JSONField(default=list)
    profile = models.CharField(max_length=64, blank=True, help_text="Id of the profile it was started from.")
    recipe = models.JSONField(default=dict, help_text="What it was asked to start with, to start it again.")
    by_subscription = models.BooleanField(
        default=False, help_text="Its agent asks its provider itself, logged in by its user; no call passes our door."
    )
    key_serial = models.PositiveIntegerField(default=0, help_text="Which of its keys to the providers' door counts.")
    repo = models.JSONField(default=dict, help_text="The repository that it began with (`sessions.repo`), if any.")
    git = models.JSONField(null=True, help_text="What its workspace was as a repository when last looked at.")
    searchable = models.BooleanField(default=True, help_text="Whether the search index holds what it says.")

    status = models.CharField(max_length=16, choices=Status, default=Status.STARTING)
    state = models.CharField(max_length=16, default="working", help_text="What it was doing when last asked.")
    state_since = models.DateTimeField(auto_now_add=True)
    pid = models.PositiveIntegerField(null=True)
    exit_code = models.IntegerField(null=True)
    exit_signal = models.PositiveSmallIntegerField(null=True)
    ended_by = models.CharField(
        max_length=16, blank=True, help_text="Who ended the program: stop, idle, memory, or nobody."
    )
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


class ShareMode(models.TextChoices):
    VIEW = "view"
    CONTROL = "control"  # also to type


class Share(models.Model):
    """Lets somebody else to a session's terminal: a user, or whoever has the link. Deleting the row takes it back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="shares")
    mode = models.CharField(max_length=8, choices=ShareMode, default=ShareMode.VIEW)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="shared_sessions",
        help_text="With whom; None: with whoever has the link.",
    )
    secret_hash = models.CharField(max_length=64, unique=True, null=True, editable=False, help_text="Of the link.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    uses = models.PositiveIntegerField(default=0, help_text="How often the link was followed.")
    max_uses = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "agterm_share"
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "user"], condition=models.Q(user__isnull=False), name="one_share_a_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.session} for {self.user or 'whoever has the link'} ({self.mode})"
