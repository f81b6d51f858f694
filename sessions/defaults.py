"""What a session starts with where its caller said nothing: from a profile of his, or from the palette."""

import uuid
from typing import Any

from django.contrib.auth.models import User

from agents import registry
from agents import services as agents
from core.errors import InvalidRequest
from profiles import services as profiles
from profiles.models import Profile
from sessions.payloads import CreateSession

PALETTE = ("#4a9eff", "#4ade80", "#fbbf24", "#c084fc", "#f87171", "#2dd4bf", "#fb923c", "#f472b6")
OF_ANY_AGENT = ("cwd", "env", "color", "tags")


def fill(owner: User, wanted: CreateSession) -> tuple[CreateSession, str | None]:
    """`wanted` with the profile's fields where it says nothing, and the name that the profile suggests.

    What is said wins; variables join the profile's, name by name. Of a profile for another agent than the one asked
    for, only what fits any agent counts. Raises `NotFound` (no such profile), `AgentNotFound` and `InvalidRequest`.
    """
    profile = _profile(owner, wanted)
    if profile is not None:
        wanted = _joined(wanted, profile)
    agent = registry.get(wanted.agent)
    agents.check_environment(agent, wanted.env)
    agents.check_first_words(agent, initial_command=wanted.initialCommand, prompt=wanted.prompt)
    return wanted, profile.name if profile else None


def color_of(session_id: uuid.UUID) -> str:
    """The colour of a session nobody chose one for: always the same one."""
    return PALETTE[session_id.int % len(PALETTE)]


def _profile(owner: User, wanted: CreateSession) -> Profile | None:
    if wanted.profile is not None:
        return profiles.named(owner, wanted.profile)
    chosen = None if wanted.agent else profiles.default(owner)
    if chosen is None and not wanted.agent:
        raise InvalidRequest("agent is required", details={"fields": [{"field": "agent", "message": "is required"}]})
    return chosen


def _joined(wanted: CreateSession, profile: Profile) -> CreateSession:
    said = {name for name in wanted.model_fields_set if getattr(wanted, name) is not None}
    fields: dict[str, Any] = profiles.session_fields(profile)
    if wanted.agent not in ("", profile.agent):
        fields = {name: fields[name] for name in OF_ANY_AGENT}
    if wanted.repo is not None:  # which has a workspace of its own
        said.add("cwd")
    unsaid = {name: value for name, value in fields.items() if name not in said}
    return wanted.model_copy(update=unsaid | {"env": profile.env | wanted.env, "profile": profile.pk})
