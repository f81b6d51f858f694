"""Log-ins by subscription: made once in a session, sealed here, given to the same user's later sessions.

A CLI that is logged in so talks to its provider itself, with tokens of its own; they lie in its session's HOME, which
no other user can read. CLIs renew their tokens; the newest ones are kept, whichever session renewed them.
"""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from django.db import transaction

from agents import registry
from agents.declaration import Login
from agents.freshness import EPOCH
from agents.models import StoredLogin
from core import vault
from core.errors import AgentNotFound, Conflict, NotFound
from core.vault import VaultError

log = logging.getLogger("agterm.agents")

MAX_FILE_BYTES = 64 * 1024
FARTHEST = timedelta(days=400)  # no tokens live longer; made-up ones that claim it would keep all later ones out


def kind_of(agent_id: str) -> Login | None:
    """How that agent is logged in by subscription; None when it can't be, or is there no more."""
    try:
        return registry.get(agent_id).login
    except AgentNotFound:
        return None


def offer(owner_id: int, agent_id: str, files: Mapping[str, bytes], *, since: datetime) -> bool:
    """Keep the log-in in these files, unless we have as fresh a one; whether it was kept.

    `since`: when the session was started that it is from. What was there before a revocation is not taken back.
    """
    kind = kind_of(agent_id)
    if kind is None:
        return False
    texts = {name: text for name in kind.files if (text := _text(files.get(name))) is not None}
    fresh_at = kind.fresh_at({name: orjson.loads(text) for name, text in texts.items()})
    if fresh_at is None or fresh_at > datetime.now(UTC) + FARTHEST:
        return False
    with transaction.atomic():
        row = StoredLogin.objects.select_for_update().filter(owner_id=owner_id, agent=agent_id).first()
        if row is not None and (row.fresh_at >= fresh_at or (row.revoked_at is not None and since <= row.revoked_at)):
            return False
        row = row or StoredLogin(owner_id=owner_id, agent=agent_id)
        row.sealed = vault.seal(json.dumps(texts), _purpose(owner_id, agent_id))
        row.fresh_at, row.saved_at, row.revoked_at = fresh_at, datetime.now(UTC), None
        row.save()
    return True


def _text(data: bytes | None) -> str | None:
    """The file when it is JSON of a decent size, as it is."""
    if data is None or len(data) > MAX_FILE_BYTES:
        return None
    try:
        orjson.loads(data)
        return data.decode()
    except (ValueError, UnicodeDecodeError):
        return None


def _purpose(owner_id: int, agent_id: str) -> str:
    return f"login:{agent_id}:{owner_id}"


def files_of(owner_id: int | None, agent_id: str) -> dict[str, str] | None:
    """`{path below HOME: text}` of the user's log-in with that agent; None when there is none that can be opened."""
    row = StoredLogin.objects.filter(owner_id=owner_id, agent=agent_id).exclude(sealed="").first()
    if row is None:
        return None
    try:
        opened: dict[str, str] = json.loads(vault.open(row.sealed, _purpose(row.owner_id, agent_id)))
    except VaultError as error:
        log.error("the log-in with %s of user %s can't be used: %s", agent_id, owner_id, error)
        return None
    return opened


def secrets_of(owner_id: int | None, agent_id: str) -> list[str]:
    """All that looks like a token in the user's log-in, for hiding it where it must not stand, and nothing else."""
    texts = (files_of(owner_id, agent_id) or {}).values()
    return [word for text in texts for word in re.findall(r'"([^"\\\s]{16,})"', text)]


def is_usable(row: StoredLogin) -> bool:
    """Whether the encryption key that sealed it is still there."""
    return vault.opens(row.sealed, _purpose(row.owner_id, row.agent))


def reseal() -> int:
    """Seal anew what an older encryption key sealed, so that it may go; returns how many there were."""
    count = 0
    for row in StoredLogin.objects.exclude(sealed=""):
        if fresh := vault.sealed_anew(row.sealed, _purpose(row.owner_id, row.agent)):
            count += StoredLogin.objects.filter(pk=row.pk, sealed=row.sealed).update(sealed=fresh)
    return count


def agents_of(owner_id: int | None) -> frozenset[str]:
    """The agents that this user is logged in with."""
    rows = StoredLogin.objects.filter(owner_id=owner_id).exclude(sealed="")
    return frozenset(row.agent for row in rows if is_usable(row))


def all_of(owner_id: int) -> list[StoredLogin]:
    return list(StoredLogin.objects.filter(owner_id=owner_id).exclude(sealed="").order_by("agent"))


def find(owner_id: int, agent_id: str) -> StoredLogin:
    """The user's log-in with that agent; raises `NotFound`."""
    row = StoredLogin.objects.filter(owner_id=owner_id, agent=agent_id).exclude(sealed="").first()
    if row is None:
        raise NotFound(f"There is no log-in with {agent_id}")
    return row


def revoke(owner_id: int, agent_id: str) -> None:
    """Forget the log-in; sessions that have it keep it until they are deleted. Raises `NotFound`."""
    kept = StoredLogin.objects.filter(owner_id=owner_id, agent=agent_id).exclude(sealed="")
    if not kept.update(sealed="", fresh_at=EPOCH, revoked_at=datetime.now(UTC)):
        raise NotFound(f"There is no log-in with {agent_id}")


def take_over(owner_id: int, agent_id: str, home: Path) -> None:
    """Keep a copy of the log-in that the CLI has below `home`, the server user's own. Raises `Conflict`."""
    kind = kind_of(agent_id)
    if kind is None:
        raise NotFound(f"{agent_id} knows no log-in by subscription")
    found = {name: data for name in kind.files if (data := _read(home / name)) is not None}
    is_one = kind.fresh_at({n: orjson.loads(t) for n, d in found.items() if (t := _text(d)) is not None}) is not None
    if not is_one:
        raise Conflict(f"The server's own user is not logged in with {agent_id}: nothing usable in {kind.files[0]}")
    offer(owner_id, agent_id, found, since=datetime.now(UTC))


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= MAX_FILE_BYTES else None
    except OSError:
        return None
