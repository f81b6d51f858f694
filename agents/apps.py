"""Django's handle on the agents app."""

from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "agents"
