"""Django's handle on the composition root: its templates, static files and commands."""

from django.apps import AppConfig


class AgtermConfig(AppConfig):
    name = "agterm"
    verbose_name = "AGTerm"
