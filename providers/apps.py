"""Django's handle on the providers app."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class ProvidersConfig(AppConfig):
    name = "providers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_seal_anew, sender=self, dispatch_uid="agterm seals anew")


def _seal_anew(using: str, **_signal: Any) -> None:
    """Each start of the server migrates: after the first one with a new encryption key, the old one is not needed."""
    from providers import services
    from providers.models import StoredKey

    if StoredKey._meta.db_table in connections[using].introspection.table_names():  # not when it was just taken back
        services.reseal()
