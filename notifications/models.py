"""The row of one browser that wants to be told, by the push service it has named."""

import hashlib
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class PushSubscription(models.Model):
    """Dies with the log-in it was made by: who logs out is told no more. Whoever knows `endpoint` and keys can push."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions")
    login = models.ForeignKey("accounts.Login", on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.TextField()
    endpoint_hash = models.CharField(max_length=64, unique=True, editable=False)
    p256dh = models.CharField(max_length=128, help_text="The browser's public key.")
    auth = models.CharField(max_length=64, help_text="The browser's secret, which the message is also sealed with.")
    kinds = models.JSONField(default=list, help_text="What it wants to be told of.")
    device = models.CharField(max_length=200, blank=True, help_text="What the browser calls itself.")
    last_news = models.CharField(max_length=100, blank=True, editable=False, help_text="Sent last: no two at once.")
    created_at = models.DateTimeField(auto_now_add=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "agterm_push_subscription"
        ordering: ClassVar = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.device or 'a browser'} of {self.owner}"


def hashed(endpoint: str) -> str:
    """What a subscription is found by: the address itself may be longer than an index takes."""
    return hashlib.sha256(endpoint.encode()).hexdigest()
