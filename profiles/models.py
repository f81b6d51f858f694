"""The profile row: a user's named way to start a session; and which profile is a user's default."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


def fresh_id() -> str:
    return f"custom-{uuid.uuid4()}"


class Profile(models.Model):
    """What a session starts with. A shell of this machine is shown as one that was never saved and has no owner.

    `env` may hold secrets: nobody but the owner is shown it, staff neither.
    """

    id = models.CharField(primary_key=True, max_length=64, default=fresh_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="agterm_profiles")
    name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=300, editable=False, help_text="The name as it is looked for.")
    agent = models.CharField(max_length=64)
    path = models.CharField(max_length=4096, blank=True, help_text="The shell, for agents that run one.")
    args = models.JSONField(default=list)
    env = models.JSONField(default=dict)
    cwd = models.CharField(max_length=4096, blank=True)
    icon = models.CharField(max_length=64, blank=True)
    color = models.CharField(max_length=7, blank=True)
    tags = models.JSONField(default=list)
    provider = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=128, blank=True)
    initial_command = models.TextField(blank=True)
    prompt = models.TextField(blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "agterm_profile"
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name_key"], name="one_profile_of_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_custom(self) -> bool:
        return self.owner_id is not None


class DefaultProfile(models.Model):
    """What a user starts when he names neither agent nor profile; it may be a shell of this machine."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="agterm_default_profile"
    )
    profile = models.CharField(max_length=64)

    class Meta:
        db_table = "agterm_default_profile"

    def __str__(self) -> str:
        return self.profile
