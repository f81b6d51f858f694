"""The stored key of a provider: whose it is and what its last characters are; the key itself only encrypted."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from core import vault
from providers import credentials

SHOWN = 4
MIN_SHOWN_FROM = 12  # of a shorter key nothing is shown


class StoredKey(models.Model):
    """A key that was given to this server in the admin site or by its API. Without an owner it is for everybody."""

    provider = models.CharField(max_length=32)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="agterm_provider_keys",
        help_text="Empty: for everybody on this server.",
    )
    sealed = models.TextField(editable=False)
    ending = models.CharField(max_length=SHOWN, blank=True, editable=False)
    base_url = models.CharField(
        max_length=500, blank=True, help_text="The address it is for, when it is not the provider's usual one."
    )
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    stored_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "agterm_stored_key"
        ordering: ClassVar = ["provider", "owner"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "owner"], name="one_key_of_a_user"),
            models.UniqueConstraint(fields=["provider"], condition=Q(owner=None), name="one_key_for_all"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}, {f'of {self.owner}' if self.owner else 'for everybody'}"

    @staticmethod
    def of(user_id: int | None) -> "QuerySet[StoredKey]":
        """What that user's calls may go out with; what everybody's may when it is None."""
        return StoredKey.objects.filter(Q(owner=None) if user_id is None else Q(owner=None) | Q(owner=user_id))

    def put(self, key: str) -> None:
        """Take this key in place of the one before; provider and owner are known by then and stay."""
        self.sealed = vault.seal(key, credentials.purpose(self.provider, self.owner_id))
        self.ending = key[-SHOWN:] if len(key) >= MIN_SHOWN_FROM else ""


@receiver([post_save, post_delete], sender=StoredKey)
def _forget(**_signal: Any) -> None:
    """At once, and once more when others can see the change too."""
    credentials.forget()
    transaction.on_commit(credentials.forget)
