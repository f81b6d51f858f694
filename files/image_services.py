"""Keeps images for agents: in the workspace of the session that is to look at one, so that it can."""

import contextlib
import errno
import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User

from core.errors import Conflict, InternalError, InvalidRequest, NotFound, StorageFull, TooLarge
from files import images, places, services
from files.models import Upload
from files.payloads import Conditions
from files.places import Place, Spot
from runner.porter import client
from sessions.models import LIVE, Session

FOLDER = ".agterm/uploads"
IGNORE = (".agterm/.gitignore", b"*\n")  # our folder is nobody's change
KEPT = 100  # of a user, outside of workspaces


def store(user: User, data: bytes, content_type: str, session_id: str | None = None) -> tuple[Upload, str]:
    """The image and its path. Without a session it is put into the newest that runs, if any.

    Raises `InvalidRequest` for what is no image, or another than it says; `TooLarge`, `SessionNotFound`.
    """
    declared = images.declared(content_type)
    if declared not in images.EXTENSIONS:
        raise InvalidRequest("Invalid content type")
    if not data:
        raise InvalidRequest("No image data")
    if len(data) > images.MAX_BYTES:
        raise TooLarge("File too large")
    if images.kind(data) != declared:
        raise InvalidRequest("File content does not match declared image type")
    place = _place(user, session_id)
    row = Upload(
        owner=user, session=None if place is None else place.session, content_type=declared, size_bytes=len(data)
    )
    if place is None:
        _keep(row, data)
    else:
        _put(place, _inside(row), data, Conditions())
        with contextlib.suppress(Conflict):
            _put(place, IGNORE[0], IGNORE[1], Conditions(absent=True))
    row.save(force_insert=True)
    return row, str(_path(row)) if place is None else place.shown(_inside(row))


def find(user: User, upload_id: str) -> Upload:
    """The user's own; raises `NotFound` for anybody else's, staff's included."""
    try:
        return Upload.objects.select_related("session").get(pk=uuid.UUID(upload_id), owner=user)
    except (Upload.DoesNotExist, ValueError):
        raise NotFound("not found") from None


def content(row: Upload) -> bytes:
    """Raises `NotFound` when it is there no more."""
    try:
        if row.session is None:
            return _path(row).read_bytes()
        place = Place(row.session.workspace, row.session.runner, row.session)
        data: bytes = client.read(
            place.runner, "files.read", place=place.asked, path=_inside(row), max_bytes=images.MAX_BYTES
        )[1]
    except (OSError, NotFound):
        raise NotFound("not found") from None
    if images.kind(data) != row.content_type:  # the session has put something else in its place
        raise NotFound("not found")
    return data


def _place(user: User, session_id: str | None) -> Place | None:
    if session_id is not None:
        return places.of_session(user, session_id)
    row = Session.objects.filter(owner=user, status__in=LIVE, within=None).exclude(workspace="").first()
    return None if row is None else Place(row.workspace, row.runner, row)


def _put(place: Place, path: str, data: bytes, conditions: Conditions) -> None:
    services.write(
        Spot(place, path),
        services.pieces_of(data),
        conditions,
        max_bytes=images.MAX_BYTES,
        create_parents=True,
        size=len(data),
    )


def _keep(row: Upload, data: bytes) -> None:
    """In our own home, in place of the user's oldest when he has many."""
    path = _path(row)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in Upload.objects.filter(owner=row.owner, session=None)[KEPT - 1 :]:
        _path(old).unlink(missing_ok=True)
        old.delete()
    try:
        path.write_bytes(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise (StorageFull() if error.errno in (errno.ENOSPC, errno.EDQUOT) else InternalError()) from error


def _path(row: Upload) -> Path:
    folder: Path = settings.AGTERM.home / "uploads" / str(row.owner_id)
    return folder / _name(row)


def _inside(row: Upload) -> str:
    return f"{FOLDER}/{_name(row)}"


def _name(row: Upload) -> str:
    return f"{row.pk}.{images.EXTENSIONS[row.content_type]}"
