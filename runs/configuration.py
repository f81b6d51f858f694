"""What callers may know of how this server runs agents headless; nothing secret."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User

from agents import registry
from agents import services as agents
from core.errors import AgtermError
from providers import credentials
from runs import documents, policy


def public(user: User, base_url: str) -> dict[str, Any]:
    """`readOnly` and its kind: what holds for every run, whatever it asks for."""
    config = settings.AGTERM
    modes = policy.effective(config.run_policy, ())
    chosen = _model_config(user, config.run_agent)
    return {
        "defaultAgent": config.run_agent,
        "defaultProvider": chosen["provider"],
        "defaultModel": chosen["model"],
        "agents": [agent.id for agent in registry.all() if agent.headless and agent.id not in config.disabled_agents],
        "syncSource": "openapi" if documents.listed(user).exists() else None,
        "baseUrl": base_url,
        "readOnly": "readOnly" in modes,
        "dryRun": "dryRun" in modes,
        "strict": "strict" in modes,
        "confirmDefault": "confirm" in modes,
        "timeoutMs": config.run_timeout_s * 1000,
        "runsPerUser": config.runs_per_user or None,
    }


def _model_config(user: User, agent_id: str) -> dict[str, str | None]:
    try:
        held = credentials.held_by(user.pk)
        return agents.model_config(registry.get(agent_id), provider=None, model=None, held=held)
    except AgtermError:
        return {"provider": None, "model": None}
