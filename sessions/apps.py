"""Django's handle on the sessions app; the label keeps clear of `django.contrib.sessions`."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "agterm_sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from sessions import money, owners

        money.watch_budgets()
        owners.listen()
