"""Django's handle on the runs app."""

from typing import Any

from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "runs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from runs import documents
        from sessions import signals

        def registered_documents(sender: Any, row: Any, **_more: Any) -> dict[str, str]:
            return documents.home_files(row.owner_id, row.agent)

        signals.files_wanted.connect(registered_documents, weak=False, dispatch_uid="runs")
