"""What can be done with profiles: the machine's shells, a user's own profiles, and the one that is his default.

A profile is its owner's alone, staff see it no more than strangers do: its variables may hold secrets.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from agents import registry
from agents import services as agents
from core.errors import Conflict, InvalidRequest, NotFound, TooLarge
from profiles.models import DefaultProfile, Profile
from profiles.payloads import WriteProfile

MAX_PROFILES = 200
MAX_BYTES = 64 * 1024  # of one profile, so that the list of all of them stays a page and not a download
SHELL = "shell"


def shells(user: User) -> dict[str, Any]:
    """`{shells, default, cwd}`: the shells sessions may run, the one they run unasked, a folder he may name."""
    config = settings.AGTERM
    usual = agents.find(registry.get(SHELL), config)
    roots = config.roots if config.allowed_roots or user.is_staff else ()
    return {
        "shells": agents.shells(config),
        "default": usual.path if usual else None,
        "cwd": next((str(root) for root in roots if root.is_dir()), None),
    }


def detected() -> list[Profile]:
    """The shells of this machine as profiles: nobody's, never saved, with the same ids at every look."""
    named = [(Path(path).name, path) for path in agents.shells(settings.AGTERM)]
    return [Profile(id=f"system-{name}", name=name, agent=SHELL, path=path) for name, path in named]


def listed(user: User) -> list[Profile]:
    """The detected shells, then the user's own profiles, the oldest first."""
    return [*detected(), *_own(user)]


def find(user: User, profile_id: str) -> Profile:
    """The profile of exactly this id; raises `NotFound`, for a stranger's too."""
    found = next((profile for profile in listed(user) if profile.pk == profile_id), None)
    if found is None:
        raise NotFound("Profile not found")
    return found


def named(user: User, wanted: str) -> Profile:
    """The profile of this id or name, in any case; the user's own come before shells. Raises `NotFound`."""
    everything, key = [*_own(user), *detected()], wanted.casefold()
    by_id = [profile for profile in everything if profile.pk == key]
    by_name = [profile for profile in everything if profile.name.casefold() == key]
    if not by_id and not by_name:
        raise NotFound("Profile not found")
    return (by_id or by_name)[0]


def default(user: User) -> Profile | None:
    """The user's default; None when he has set none, or one that is no longer there."""
    chosen = default_id(user)
    return next((profile for profile in listed(user) if profile.pk == chosen), None) if chosen else None


def default_id(user: User) -> str:
    """Empty when none is set."""
    return DefaultProfile.objects.filter(owner=user).values_list("profile", flat=True).first() or ""


def create(user: User, wanted: WriteProfile) -> Profile:
    """Raises `Conflict` for a name that is taken and for one profile too many."""
    with _unique_names(), transaction.atomic():
        if _own(user).count() >= MAX_PROFILES:
            raise Conflict(f"You have {MAX_PROFILES} profiles, the most there may be; delete one first")
        row = Profile(owner=user)
        _fill(row, wanted)
        row.save(force_insert=True)
    return row


def replace(user: User, profile_id: str, wanted: WriteProfile) -> Profile:
    """Everything of it anew; what `wanted` does not say is as in a new one."""
    with _unique_names(), transaction.atomic():
        row = _custom(user, profile_id)
        _fill(row, wanted)
        row.save(force_update=True)
    return row


def delete(user: User, profile_id: str) -> None:
    """Also as a default. Sessions that were started from it go on and keep its id."""
    with transaction.atomic():
        forget(_custom(user, profile_id))


def forget(row: Profile) -> None:
    """Remove a profile that was found already."""
    DefaultProfile.objects.filter(owner_id=row.owner_id, profile=row.pk).delete()
    row.delete()


def set_default(user: User, profile_id: str) -> Profile:
    """From now on sessions without agent and profile start from this one."""
    with transaction.atomic():
        chosen = find(user, profile_id)
        DefaultProfile.objects.update_or_create(owner=user, defaults={"profile": chosen.pk})
    return chosen


def unset_default(user: User, profile_id: str) -> Profile:
    """This one is not the default any more; nothing happens when it was not."""
    found = find(user, profile_id)
    DefaultProfile.objects.filter(owner=user, profile=found.pk).delete()
    return found


def session_fields(profile: Profile) -> dict[str, Any]:
    """What a session from this profile starts with, by the names of the session's own fields."""
    return {
        "agent": profile.agent,
        "shell": profile.path or None,
        "args": profile.args,
        "env": profile.env,
        "cwd": profile.cwd or None,
        "color": profile.color or None,
        "tags": profile.tags,
        "provider": profile.provider or None,
        "model": profile.model or None,
        "initialCommand": profile.initial_command or None,
        "prompt": profile.prompt or None,
    }


def _own(user: User) -> QuerySet[Profile]:
    return Profile.objects.filter(owner=user)


def _custom(user: User, profile_id: str) -> Profile:
    found = _own(user).select_for_update().filter(pk=profile_id).first()
    if found is None:
        raise NotFound("Custom profile not found")
    return found


def _fill(row: Profile, wanted: WriteProfile) -> None:
    path = _checked(wanted)
    row.name, row.name_key = wanted.name, wanted.name.casefold()
    row.agent, row.path, row.cwd = wanted.agent, path, wanted.cwd or ""
    row.args, row.env, row.tags = wanted.args, wanted.env, wanted.tags
    row.icon, row.color = wanted.icon or "", wanted.color or ""
    row.provider, row.model = wanted.provider or "", wanted.model or ""
    row.initial_command, row.prompt = wanted.initialCommand or "", wanted.prompt or ""
    if len(json.dumps(session_fields(row)).encode()) > MAX_BYTES:
        raise TooLarge(f"A profile has at most {MAX_BYTES // 1024} KiB altogether")


def _checked(wanted: WriteProfile) -> str:
    """The path of its shell, or an empty one. Raises what starting it would raise, as far as one can know that now."""
    agent = registry.get(wanted.agent)
    agents.model_config(agent, provider=wanted.provider, model=wanted.model)
    agents.checked_arguments(wanted.args)
    agents.check_first_words(agent, initial_command=wanted.initialCommand, prompt=wanted.prompt)
    agents.check_environment(agent, wanted.env)
    if wanted.cwd and not Path(wanted.cwd).is_absolute():
        raise InvalidRequest("cwd must be an absolute path")
    return agents.chosen_shell(agent, wanted.path, settings.AGTERM).path if wanted.path else ""


@contextlib.contextmanager
def _unique_names() -> Iterator[None]:
    """Turns the database's word for two profiles of one name into ours."""
    try:
        yield
    except IntegrityError:
        raise Conflict("You have a profile of this name already") from None
