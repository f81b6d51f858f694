"""The REST door of models: what there is to choose from, for an agent, a profile or a session of the caller's."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from agents import registry
from agents import services as agents
from agents.declaration import Agent
from core.described import described
from core.errors import AgtermError
from profiles import answers
from profiles import services as profiles
from profiles.models import Profile
from providers import credentials, serializers
from providers import services as providers
from providers.answers import ProvidersAnswer
from providers.catalog import Provider
from providers.services import Standing


class Models(APIView):
    @described("listModels", "Every provider with its models", answers.ModelsAnswer)
    def get(self, request: Request) -> Response:
        user = caller(request)
        found = providers.standing(user)
        shown = [_provider(each, user) | {"models": _models(each.provider)} for each in found]
        return Response({"providers": shown, "profiles": _profiles(user), "configuredProviders": _configured(found)})


class Profiles(APIView):
    @described("listModelProfiles", "Your profiles that start an agent with a model", answers.ModelProfilesAnswer)
    def get(self, request: Request) -> Response:
        return Response({"profiles": _profiles(caller(request))})


class Providers(APIView):
    @described("listUsableProviders", "The providers that you can use now", ProvidersAnswer)
    def get(self, request: Request) -> Response:
        user = caller(request)
        found = [each for each in providers.standing(user) if each.is_configured]
        return Response(
            {"providers": [_provider(each, user) for each in found], "configuredProviders": _configured(found)}
        )


class AgentModels(APIView):
    @described("getAgentModels", "What an agent can be started with", answers.AgentModelsAnswer)
    def get(self, request: Request, agent_id: str) -> Response:
        user, agent = caller(request), registry.get(agent_id)
        held = credentials.held_by(user.pk)
        takes = {provider.id for provider in agents.providers_of(agent)}
        found = [each for each in providers.standing(user) if each.provider.id in takes]
        chosen = agents.model_config(agent, provider=None, model=None, held=held)
        return Response(
            {
                "agent": agent.id,
                "provider": chosen["provider"],
                "defaultModel": chosen["model"],
                "models": _models_for(agent, found),
                "providers": [_provider(each, user) for each in found],
                "configuredProviders": _configured(found),
            }
        )


def _provider(standing: Standing, user: User) -> dict[str, Any]:
    return serializers.provider(standing, is_staff=user.is_staff)


def _configured(found: list[Standing]) -> list[str]:
    return [each.provider.id for each in found if each.is_configured]


def _models(provider: Provider) -> list[dict[str, Any]]:
    return [serializers.model(model) for model in providers.models(provider)]


def _models_for(agent: Agent, found: list[Standing]) -> list[dict[str, Any]]:
    """What the agent can be started with: its own suggestions, then all of its first provider and of configured ones.

    A model that writes no text is none for an agent.
    """
    shown = []
    for each in sorted(found, key=lambda each: each.provider.id != agent.provider):
        provider = each.provider
        named = agent.models if provider.id == agent.provider else ()
        if each.is_configured or provider.id == agent.provider:
            first = [_suggestion(provider, name) for name in named]
            others = [model for model in _models(provider) if model["id"] not in named and _writes(model)]
            shown += [model | {"provider": provider.id} for model in (*first, *others)]
    return shown


def _suggestion(provider: Provider, name: str) -> dict[str, Any]:
    """What the page offers by that name; where the CLI itself chooses there is no price to tell."""
    if name == "auto":
        return serializers.model(providers.model(provider, name)) | {"description": "The CLI chooses for each prompt"}
    return serializers.model(providers.model(provider, name))


def _writes(model: dict[str, Any]) -> bool:
    return model["prices"] is None or bool(model["prices"].get("output"))


def _profiles(user: User) -> list[dict[str, Any]]:
    """The caller's profiles that start an agent with a model, and with which one."""
    held = credentials.held_by(user.pk)
    default_id = profiles.default_id(user)
    shown = (_profile(row, held, default_id) for row in profiles.listed(user) if row.is_custom)
    return [profile for profile in shown if profile]


def _profile(row: Profile, held: agents.Held, default_id: str) -> dict[str, Any] | None:
    try:
        agent = registry.get(row.agent)
        chosen = agents.model_config(agent, provider=row.provider or None, model=row.model or None, held=held)
    except AgtermError:  # of an agent or a provider that is there no more
        return None
    if chosen["provider"] is None:
        return None
    return {
        "id": row.pk,
        "name": row.name,
        "agent": row.agent,
        **chosen,
        "configured": chosen["provider"] in held and agent.id not in settings.AGTERM.disabled_agents,
        "isDefault": row.pk == default_id,
    }
