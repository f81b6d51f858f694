"""Where a caller's path lies: in which of his sessions' workspaces, or below which of the allowed roots."""

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User

from core.errors import InvalidRequest, PathOutsideWorkspace
from sessions import services as sessions
from sessions.lifecycle import folder_of
from sessions.models import LIVE, Session

MAX_PATH_BYTES = 4096


@dataclass(frozen=True)
class Place:
    """A folder to work in. `folder`: its absolute path; `session` whose workspace it is, None for an allowed root."""

    folder: str
    runner: str
    session: Session | None = None

    @property
    def asked(self) -> dict[str, Any]:
        """As the runner is told of it (`runner.beside.Place`)."""
        if self.session is None:
            return {"root": self.folder}
        return {"session": str(self.session.pk), "cwd": folder_of(self.session)}

    def shown(self, path: str) -> str:
        """The absolute path of what lies at `path` in it."""
        return joined(self.folder, path) if path else self.folder


@dataclass(frozen=True)
class Spot:
    """A path in a place. Bytes that are no UTF-8 are in it as Python has them in names of files."""

    place: Place
    path: str

    @property
    def asked(self) -> dict[str, str]:
        return named("path", self.path)

    @property
    def shown(self) -> str:
        return self.place.shown(self.path)


def named(field: str, path: str) -> dict[str, str]:
    """The parameter `field` of the porter's works, or its raw twin for a path that is no UTF-8."""
    raw = os.fsencode(path)
    try:
        return {field: raw.decode()}
    except UnicodeDecodeError:
        return {f"raw{field.capitalize()}": base64.b64encode(raw).decode()}


def joined(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}"


def find(user: User, path: str | None, session_id: str | None = None) -> Spot:
    """What `path` names: in the session's workspace, or wherever the caller may look.

    Raises `SessionNotFound`, and `PathOutsideWorkspace` for all that lies elsewhere, whether it is there or not.
    """
    return _candidates(user, path, session_id)[0]


def find_both(user: User, first: str, second: str, session_id: str | None = None) -> tuple[Spot, Spot]:
    """Both paths in one place; raises `InvalidRequest` when there is none that holds the two."""
    others = {spot.place.folder: spot for spot in _candidates(user, second, session_id)}
    for spot in _candidates(user, first, session_id):
        if spot.place.folder in others:
            return spot, Spot(spot.place, others[spot.place.folder].path)
    raise InvalidRequest("Both paths must lie in the same workspace or allowed root")


def of_session(user: User, session_id: str) -> Place:
    """Its workspace; of a run within another session that one's. Raises `SessionNotFound`."""
    row = sessions.find(user, session_id)
    outer = row.within or row
    return Place(outer.workspace, outer.runner, outer)


def all_of(user: User) -> list[Place]:
    """All that the user may look into: workspaces, those of the newest sessions first, then the allowed roots."""
    rows = sessions.visible_to(user).filter(within=None).exclude(workspace="")
    return [Place(row.workspace, row.runner, row) for row in rows] + roots()


def roots() -> list[Place]:
    config = settings.AGTERM
    return [Place(str(root), config.runner_address) for root in config.file_roots]


def _candidates(user: User, path: str | None, session_id: str | None) -> Sequence[Spot]:
    """Where it may be meant, the best first; never empty."""
    parts, is_absolute = _parts(path or "")
    if session_id is not None:
        place = of_session(user, session_id)
        if not is_absolute:
            return [Spot(place, "/".join(parts))]
        places = [place] if place.folder else []
    elif is_absolute:
        places = [*_workspaces(user, parts), *roots()]
    else:
        raise InvalidRequest("path must be absolute, or relative to the workspace of a sessionId")
    found = [Spot(place, below) for place in places if (below := _below(place.folder, parts)) is not None]
    if not found:
        raise PathOutsideWorkspace
    return sorted(found, key=lambda spot: len(spot.place.folder), reverse=True)  # of equals the first stays first


def _parts(path: str) -> tuple[list[str], bool]:
    if len(os.fsencode(path)) > MAX_PATH_BYTES:
        raise InvalidRequest(f"path: at most {MAX_PATH_BYTES} bytes")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise PathOutsideWorkspace("A path must not climb with ..")
    return parts, path.startswith("/")


def _workspaces(user: User, parts: Sequence[str]) -> list[Place]:
    """Those that may hold a path: the user's own before others', live ones before those that have ended."""
    folders = ["/" + "/".join(parts[:count]) for count in range(len(parts) + 1)]
    rows = sessions.visible_to(user).filter(within=None, workspace__in=filter(_is_text, folders))
    best = sorted(rows, key=lambda row: (row.owner_id != user.pk, row.status not in LIVE))
    return [Place(row.workspace, row.runner, row) for row in best]


def _is_text(path: str) -> bool:
    """Whether a database can be asked for it."""
    try:
        return bool(path.encode()) and "\0" not in path
    except UnicodeEncodeError:
        return False


def _below(folder: str, parts: Sequence[str]) -> str | None:
    """The path below `folder`; None when it does not lie there."""
    base = [part for part in folder.split("/") if part]
    return "/".join(parts[len(base) :]) if list(parts[: len(base)]) == base else None
