"""Who may see which port of which session, and the words that say so at a preview's own host."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.core import signing
from django.core.cache import cache

from accounts import services as accounts
from core.errors import AgtermError, HostUnavailable, NotFound, SessionNotFound, Unauthorized
from sessions import services as sessions
from sessions.models import LIVE, Session

TICKET_S = 60
MOST_ASKED = 32  # of a user's sessions, for which of them listens
KNOWN_S = 1
_TICKET, _COOKIE = "agterm.previews.ticket", "agterm.previews.cookie"
_AGAIN = "Open the preview from AGTerm again"


@dataclass(frozen=True, slots=True)
class Seen:
    """A port of a session that a log-in, which is a user's, may see."""

    login_id: UUID
    user_id: int
    session_id: UUID
    runner: str
    port: int


def find(login_id: UUID, port: int, session_id: str | None = None) -> Seen:
    """Of the sessions of the log-in's user the most recently active one that listens there, or that one.

    Raises `NotFound` when none does. Which one was found is known for a second: a page asks for many things.
    """
    user = accounts.live_user(login_id)
    key = f"preview-port:{user.pk}:{port}"
    if session_id is not None:
        rows, known = [_own(user, session_id)], None
    else:
        live = Session.objects.filter(owner=user, status__in=LIVE)
        known = live.filter(pk=cache.get(key)).first()
        rows = [known] if known else list(live.order_by("-active_at")[:MOST_ASKED])
    for row in rows:
        if row is known or _listens(row, port):
            if known is None and session_id is None:
                cache.set(key, row.pk, KNOWN_S)
            return Seen(login_id, user.pk, row.pk, row.runner, port)
    raise NotFound(f"No process of a session of yours listens on port {port}")


def _own(user: User, session_id: str) -> Session:
    row = sessions.find(user, session_id)
    if row.owner_id != user.pk:
        raise SessionNotFound
    return row


def _listens(row: Session, port: int) -> bool:
    try:
        return any(each["port"] == port for each in sessions.ask(row, "ports"))
    except HostUnavailable:
        raise
    except AgtermError:  # it has just ended
        return False


def again(seen: Seen) -> Seen:
    """Raises `Unauthorized` or `SessionNotFound` when it may be seen no more."""
    return _again(seen.login_id, seen.session_id, seen.port)


def _again(login_id: UUID, session_id: UUID, port: int) -> Seen:
    user = accounts.live_user(login_id)
    row = Session.objects.filter(pk=session_id, owner=user).first()
    if row is None:
        raise SessionNotFound
    return Seen(login_id, user.pk, row.pk, row.runner, port)


def ticket(seen: Seen) -> str:
    """Good once, for a minute, at the preview's own host."""
    return signing.dumps([*_facts(seen), secrets.token_hex(8)], salt=_TICKET)


def redeem(raw: str) -> Seen:
    """What a ticket is for; `Unauthorized` when it was used or is too old."""
    *facts, number = _read(raw, _TICKET, TICKET_S)
    if not cache.add(f"preview-ticket:{number}", True, TICKET_S * 2):
        raise Unauthorized("This ticket was used before")
    return _again(*_named(facts))


def cookie(seen: Seen) -> str:
    """Good as long as the log-in."""
    return signing.dumps(_facts(seen), salt=_COOKIE)


def by_cookie(values: Iterable[str], fits: Callable[[UUID, int], bool]) -> Seen:
    """What the first good one of these is for. Others of its name may have been planted by a page."""
    refusal: AgtermError = Unauthorized(_AGAIN)
    for value in values:
        try:
            login_id, session_id, port = _named(_read(value, _COOKIE, None))
            if fits(session_id, port):
                return _again(login_id, session_id, port)
        except (Unauthorized, SessionNotFound) as error:
            refusal = error
    raise refusal


def _facts(seen: Seen) -> list[str | int]:
    return [str(seen.login_id), str(seen.session_id), seen.port]


def _named(facts: list[str | int]) -> tuple[UUID, UUID, int]:
    login, session, port = facts
    return UUID(str(login)), UUID(str(session)), int(port)


def _read(raw: str, salt: str, life_s: int | None) -> list[str | int]:
    try:
        found: list[str | int] = signing.loads(raw, salt=salt, max_age=life_s)
        return found
    except signing.BadSignature:
        raise Unauthorized(_AGAIN) from None
