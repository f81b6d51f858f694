"""What is kept about callers: log-ins, API tokens, one-time links, who may only look. Users are Django's own."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import models


class Login(models.Model):
    """One log-in of one user: every token it gave out names this row, and dies with it."""

    class Kind(models.TextChoices):
        BROWSER = "browser"
        API = "api"
        TOKEN = "token"  # noqa: S105 - of an API token: shown by its secret, not by signed tokens of its own

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="logins")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.API)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    refresh_id = models.CharField(max_length=32, help_text="Id of the one refresh token that is good now.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.user} ({self.kind}, {self.created_at:%Y-%m-%d %H:%M})"

    def is_live(self, now: datetime) -> bool:
        """Whether its tokens still count."""
        return self.revoked_at is None and self.expires_at > now and self.user.is_active


class ApiToken(models.Model):
    """A log-in for programs, shown by a secret instead of a name and password. Only the secret's hash is kept."""

    login = models.OneToOneField(Login, on_delete=models.CASCADE, primary_key=True, related_name="token")
    name = models.CharField(max_length=100)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list, help_text="What it is good for: read, write, admin.")

    def __str__(self) -> str:
        return f"{self.name} of {self.login.user}"


class Viewer(models.Model):
    """A user who may only look; who has no such row is a member, or an administrator (`is_staff`)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="as_viewer"
    )

    def __str__(self) -> str:
        return f"{self.user} only looks"


class LoginLink(models.Model):
    """A link that logs its user in once. Only the hash is kept; the link itself is shown once, to its maker."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="login_links")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"link for {self.user} ({self.created_at:%Y-%m-%d %H:%M})"
