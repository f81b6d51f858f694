"""Completes the path of a folder, for whoever chooses where a session is to work or which folder to look at."""

from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User

from core.errors import AgtermError, HostUnavailable
from files import places, serializers
from files.places import Place
from runner.porter import client

MOST = 200


def completed(user: User, typed: str) -> dict[str, Any]:
    """`{base, dirs, truncated}`: the folders in `base` whose names begin as the rest of what was typed.

    What is behind the last slash is that beginning. Of a folder that the user may not see nothing is told, not even
    whether it is there; on the way to those that he may see, only that way. Raises `HostUnavailable`.
    """
    base, beginning = _cut(typed)
    found = _known(user)
    place = max((place for place in found if _is_below(base, place.folder)), key=lambda p: len(p.folder), default=None)
    if place is None:
        return {"base": base, "dirs": sorted(_ways(found, base, beginning)), "truncated": False}
    below = str(PurePosixPath(base).relative_to(place.folder))
    try:
        said = client.call(
            place.runner, "files.dirs", place=place.asked,
            **places.named("path", "" if below == "." else below), prefix=beginning, limit=MOST,
        )  # fmt: skip
    except HostUnavailable:
        raise
    except AgtermError:  # not there, not a folder, not to be seen: there is nothing to choose
        return {"base": base, "dirs": [], "truncated": False}
    dirs = [serializers.text(places.joined(base, name)) for name in said["names"]]
    return {"base": base, "dirs": dirs, "truncated": said["truncated"]}


def _cut(typed: str) -> tuple[str, str]:
    """The folder, without `.` and doubled slashes, and the beginning of a name in it."""
    folder, _, beginning = typed.rpartition("/")
    return "/" + "/".join(part for part in folder.split("/") if part not in ("", ".")), beginning


def _known(user: User) -> list[Place]:
    """Workspaces, the allowed roots, and for administrators the folders below which their cwd may lie."""
    config = settings.AGTERM
    own = [Place(str(root), config.runner_address) for root in config.roots] if user.is_staff else []
    return places.all_of(user) + own


def _ways(found: list[Place], base: str, beginning: str) -> set[str]:
    """The next folders on the way from `base` to those."""
    nexts = set()
    for place in found:
        if place.folder != base and _is_below(place.folder, base):
            name = PurePosixPath(place.folder).relative_to(base).parts[0]
            if name.lower().startswith(beginning.lower()):
                nexts.add(places.joined(base, name))
    return nexts


def _is_below(path: str, folder: str) -> bool:
    return ".." not in path.split("/") and PurePosixPath(path).is_relative_to(folder)
