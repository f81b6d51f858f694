"""Log-ins by subscription that a user made with an agent's CLI, sealed."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class StoredLogin(models.Model):
    """One user's log-in with one agent. `sealed` is empty once it was revoked; the row then says since when."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    agent = models.CharField(max_length=64)
    sealed = models.TextField(blank=True)
    fresh_at = models.DateTimeField(help_text="When its tokens were issued, or end: of two, the later one counts.")
    saved_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "agterm_login"
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "agent"], name="one_login_an_agent")]

    def __str__(self) -> str:
        return f"{self.agent} of {self.owner}"
