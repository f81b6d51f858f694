"""Images that were uploaded for agents to look at: whose they are, and where they lie."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from sessions.models import Session


class Upload(models.Model):
    """One image. In the workspace of `session`, below its owner's folder of AGTERM_HOME where there was none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, related_name="+")
    content_type = models.CharField(max_length=32)
    size_bytes = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "agterm_upload"
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return str(self.pk)
