"""Virtual keys: what a session shows at the providers' door instead of a provider's key, which it never sees.

A key names its session and the start it was made for, signed by this server, so that none has to be kept. It counts
while that session is live, its owner active, and no later start has made another one (`Session.key_serial`).
"""

import base64
import hmac
import re
import uuid
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import F

from core.errors import AgtermError, Forbidden, SessionNotFound, Unauthorized
from costs import rows
from sessions.models import LIVE, Session

MARK = "@AGTERM_KEY@"  # stands for the key in a launch until it is known which start it is
ANY_MARK = re.compile("@AGTERM_[A-Z]+@")  # each is taken whole, so that none is found half in another
PREFIX = "agt-"
PATTERN = re.compile(PREFIX + "[A-Za-z0-9_-]{48}")
SIGNATURE_BYTES = 16
PURPOSE = b"agterm virtual key 1"


def issue(row: Session) -> str:
    """The key of the session's start number `row.key_serial`; the same one each time."""
    said = row.pk.bytes + row.key_serial.to_bytes(4, "big")
    return PREFIX + base64.urlsafe_b64encode(said + _signature(said)).decode()


def read(key: str) -> tuple[uuid.UUID, int] | None:
    """The session and the start that a key of ours is for; None for anything else."""
    if not PATTERN.fullmatch(key):
        return None
    raw = base64.urlsafe_b64decode(key.removeprefix(PREFIX))
    said, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(said)):
        return None
    return uuid.UUID(bytes=said[:16]), int.from_bytes(said[16:], "big")


def check(session_id: uuid.UUID, serial: int) -> int:
    """Whose that key is; raises `Unauthorized` after a later start, `Forbidden` when the session may ask no more."""
    found = owners([(session_id, serial)])[session_id, serial]
    if isinstance(found, AgtermError):
        raise found
    return found


def owners(asked: Collection[tuple[uuid.UUID, int]]) -> dict[tuple[uuid.UUID, int], int | AgtermError]:
    """As `check`, of many at once, named as `read` names them; what it would raise is in the place of the owner."""
    ids = {session_id for session_id, _ in asked}
    with connection.cursor() as cursor:  # asked before each call; the ORM takes five times as long
        cursor.execute(f"{_standing()} WHERE s.id IN {rows.places(ids)}", rows.stored(ids))
        found = cursor.fetchall()
    known = {_uuid(row[0]): (row[1], row[2], row[3], bool(row[4])) for row in found}
    return {(session_id, serial): _owner(known.get(session_id), serial) for session_id, serial in asked}


@cache
def _standing() -> str:
    sessions, users = Session._meta.db_table, get_user_model()._meta.db_table
    what = "s.id, s.status, s.key_serial, s.owner_id, u.is_active"
    return f"SELECT {what} FROM {sessions} s JOIN {users} u ON u.id = s.owner_id"  # noqa: S608 - names of our own


def _uuid(stored: str | uuid.UUID) -> uuid.UUID:
    return stored if isinstance(stored, uuid.UUID) else uuid.UUID(stored)


def _owner(known: tuple[str, int, int, bool] | None, serial: int) -> int | AgtermError:
    if known is None or known[0] not in LIVE:
        return Forbidden("The session has ended")
    _, newest, owner_id, is_active = known
    if newest != serial:
        return Unauthorized("This key was for an earlier start of the session")
    if not is_active:
        return Forbidden("The session's owner may no longer use this server")
    return owner_id


def given(row: Session, launch: Mapping[str, Any]) -> dict[str, Any]:
    """What the runner is told of a launch, the key of `row.key_serial` in place of its mark."""
    key = issue(row)
    env = {name: ANY_MARK.sub(lambda mark: key if mark[0] == MARK else mark[0], v) for name, v in launch["env"].items()}
    return {**launch, "env": env}


def renew(row: Session) -> None:
    """Another start: from now on only its key counts, which is that of `row.key_serial`. Raises `SessionNotFound`."""
    with transaction.atomic():  # of two at once, each gets a number of its own
        if not Session.objects.filter(pk=row.pk).update(key_serial=F("key_serial") + 1):
            raise SessionNotFound
        row.key_serial = Session.objects.values_list("key_serial", flat=True).get(pk=row.pk)


def take_back(row: Session) -> None:
    """Nothing was started with the key of `row.key_serial`: the one before it counts again, unless a later one does."""
    _change(row, row.key_serial - 1)


def revoke(row: Session) -> None:
    """The key of `row.key_serial` never counts again; that of a later start still does."""
    _change(row, row.key_serial + 1)


def _change(row: Session, serial: int) -> None:
    Session.objects.filter(pk=row.pk, key_serial=row.key_serial).update(key_serial=serial)
    row.key_serial = serial


def _signature(said: bytes) -> bytes:
    own = hmac.digest(settings.SECRET_KEY.encode(), PURPOSE, "sha256")
    return hmac.digest(own, said, "sha256")[:SIGNATURE_BYTES]
