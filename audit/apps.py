"""Django's handle on the audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    label = "agterm_audit"
    verbose_name = "Audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import listening

        listening.listen()
