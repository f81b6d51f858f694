"""What callers of the profile, shell and model endpoints get, for the OpenAPI document."""

from typing import Literal

from core.described import Answer, Timestamp
from providers.answers import Model, Provider


class Profile(Answer):
    """A named way to start a session. The machine's shells are profiles too, which nobody can change (`isCustom`)."""

    id: str
    name: str
    agent: str
    path: str | None
    args: list[str]
    env: dict[str, str]
    cwd: str | None
    icon: str | None
    color: str | None
    tags: list[str]
    provider: str | None
    model: str | None
    initialCommand: str | None
    prompt: str | None
    isDefault: bool
    isCustom: bool
    createdAt: Timestamp | None
    updatedAt: Timestamp | None


class ProfilesAnswer(Answer):
    profiles: list[Profile]


class ProfileAnswer(Answer):
    profile: Profile


class ProfileDeletedAnswer(Answer):
    id: str
    deleted: Literal[True]


class Shell(Answer):
    name: str
    path: str
    cmd: str


class ShellsAnswer(Answer):
    """`default` runs unasked; `cwd` may be named as a session's folder, null: none may."""

    shells: list[Shell]
    default: str | None
    cwd: str | None


class ProviderWithModels(Provider):
    models: list[Model]


class ModelProfile(Answer):
    """A profile of the caller's that starts an agent with a model."""

    id: str
    name: str
    agent: str
    provider: str | None
    model: str | None
    configured: bool
    isDefault: bool


class ModelsAnswer(Answer):
    providers: list[ProviderWithModels]
    profiles: list[ModelProfile]
    configuredProviders: list[str]


class ModelProfilesAnswer(Answer):
    profiles: list[ModelProfile]


class AgentModel(Model):
    provider: str


class AgentModelsAnswer(Answer):
    """What the agent can be started with, its own suggestions first."""

    agent: str
    provider: str | None
    defaultModel: str | None
    models: list[AgentModel]
    providers: list[Provider]
    configuredProviders: list[str]
