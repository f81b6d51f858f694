"""How Django knows the app."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "files"
    label = "agterm_files"
    default_auto_field = "django.db.models.BigAutoField"
