"""The audit log's rows, each bound to the one before it by a hash; the database refuses to change or delete one."""

from typing import ClassVar

from django.db import models


class AuditEvent(models.Model):
    """One thing that somebody did. It names people and things by value, so it outlives them.

    `hash` is over all the other columns, `previous_hash` included (`audit.chain`).
    """

    seq = models.BigIntegerField(primary_key=True, help_text="1, 2, 3 …, without a gap.")
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, help_text="The user; None: nobody known, or the system.")
    actor_name = models.CharField(max_length=150, blank=True)
    via = models.CharField(max_length=16, help_text="browser, api, token, share, admin, door or system.")
    address = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=64)
    target = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "agterm_audit"
        ordering: ClassVar = ["-seq"]
        indexes: ClassVar = [
            models.Index(fields=["at"]),
            models.Index(fields=["actor_name", "-seq"]),
            models.Index(fields=["action", "-seq"]),
            models.Index(fields=["target", "-seq"]),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.actor_name or 'nobody'} {self.action} {self.target}"


class AuditHead(models.Model):
    """The one row that says where the chain ends; who appends holds it locked."""

    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "agterm_audit_head"

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"
