"""Django's handle on the notifications app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    label = "agterm_notifications"
    verbose_name = "Notifications"
    default_auto_field = "django.db.models.BigAutoField"
