"""Django, set up once, for the subcommands that need the database."""

import os

import django
from django.core.management import call_command

from agterm.config import Config


def setup() -> Config:
    """Load the settings and the apps; returns the configuration."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agterm.settings")
    django.setup()
    from django.conf import settings

    config: Config = settings.AGTERM
    return config


def migrate() -> None:
    """Bring the database up to date, quietly."""
    call_command("migrate", interactive=False, verbosity=0)
