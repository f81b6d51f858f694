"""Django's handle on the transcripts app."""

from typing import Any

from django.apps import AppConfig


class TranscriptsConfig(AppConfig):
    name = "transcripts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from sessions import signals
        from transcripts import services

        def read_once_more(sender: Any, row: Any, **_more: Any) -> None:
            services.read_to_the_end(row)

        for signal in (signals.about_to_be_removed, signals.about_to_start_again):
            signal.connect(read_once_more, weak=False, dispatch_uid="transcripts")
