"""Django's handle on the agents app."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AgentsConfig(AppConfig):
    name = "agents"

    def ready(self) -> None:
        post_migrate.connect(_seal_anew, sender=self, dispatch_uid="agterm seals log-ins anew")


def _seal_anew(using: str, **_signal: Any) -> None:
    """As `providers.apps` does with keys."""
    from agents import logins
    from agents.models import StoredLogin

    if StoredLogin._meta.db_table in connections[using].introspection.table_names():  # not when it was just taken back
        logins.reseal()
