"""How Django knows the app, and what it hears of sessions."""

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    name = "recordings"
    label = "agterm_recordings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from recordings import automatic

        automatic.listen()
