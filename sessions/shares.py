"""Who else may reach a session's terminal: users it is shared with, and whoever has a link. By default, nobody."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts import nudges
from accounts.permissions import ONLY_LOOKS, can, looks_only
from accounts.services import hashed
from core.errors import Conflict, Forbidden, InvalidRequest, NotFound, SessionNotFound, Unauthorized
from sessions.models import Session, Share, ShareMode

LIFE_S = 24 * 3600
LONGEST_LIFE_S = 30 * 24 * 3600
MOST = 100  # of one session
ENDED = "This share has ended"
_SALT = "agterm.sessions.share"


# For users.


def reach(user: User, session_id: str | UUID, mode: ShareMode) -> Session:
    """A session that the user may view or control, their own or one shared with them; it says so itself (`access`).

    `SessionNotFound` when they may not even view it, `Forbidden` when they may not do more.
    """
    try:
        row = Session.objects.select_related("owner").get(pk=UUID(str(session_id)))
    except (Session.DoesNotExist, ValueError):
        raise SessionNotFound from None
    if can(user, "use", row):
        mark_own(user, [row])
    elif (share := next(iter(_shares_with(user).filter(session=row)), None)) is not None and share_counts(share):
        _mark(row, share, user)
    else:
        raise SessionNotFound
    if mode == ShareMode.CONTROL and row.access == ShareMode.VIEW:
        raise Forbidden(ONLY_LOOKS)
    return row


def mark_own(user: User, rows: Iterable[Session]) -> None:
    """Rows that a user may see without any share."""
    if looks_only(user):
        for row in rows:
            row.access = ShareMode.VIEW


def with_user(user: User) -> list[Session]:
    """The sessions that others share with a user."""
    found = [share for share in _shares_with(user) if share_counts(share)]
    return [_mark(share.session, share, user) for share in found if not can(user, "use", share.session)]


def _shares_with(user: User) -> QuerySet[Share]:
    return _live().filter(user=user)


def _live() -> QuerySet[Share]:
    """Those that have not run out; whether their makers still may share is for `share_counts` to say."""
    return Share.objects.filter(expires_at__gt=timezone.now()).select_related("session__owner", "created_by__as_viewer")


def share_counts(share: Share) -> bool:
    """Whether who made it may still share that session: a right that is lost takes along what was given by it."""
    return can(share.created_by, "share", share.session)


def _mark(row: Session, share: Share, user: User | None = None) -> Session:
    row.access = ShareMode.VIEW if user is not None and looks_only(user) else share.mode
    row.shared_by = share.created_by.get_username()
    return row


# For the owner.


def of(row: Session) -> list[Share]:
    """The shares of a session that still count, newest first."""
    return [share for share in _live().filter(session=row).select_related("user") if share_counts(share)]


def create(
    row: Session,
    by: User,
    *,
    mode: ShareMode,
    life_s: int = LIFE_S,
    max_uses: int | None = None,
    with_name: str | None = None,
) -> tuple[Share, str | None]:
    """Share a session: with a user (anew, when it was already), or by a link, whose secret is told now and never again.

    Raises `Forbidden`, `InvalidRequest`, `Conflict`.
    """
    if not can(by, "share", row):
        raise Forbidden(ONLY_LOOKS)
    user = None if with_name is None else _user(row, with_name)
    secret = None if user is not None else secrets.token_urlsafe(32)
    with transaction.atomic():
        Share.objects.filter(session=row, expires_at__lte=timezone.now()).delete()
        if user is not None:
            Share.objects.filter(session=row, user=user).delete()
        if Share.objects.filter(session=row).count() >= MOST:
            raise Conflict(f"This session is shared {MOST} times; take one back first")
        share = Share.objects.create(
            session=row,
            mode=mode,
            user=user,
            secret_hash=hashed(secret) if secret else None,
            created_by_id=by.pk,
            expires_at=timezone.now() + timedelta(seconds=life_s),
            max_uses=max_uses,
        )
    _tell(share)
    return share, secret


def _user(row: Session, name: str) -> User:
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise InvalidRequest(f"user: there is no user {name!r}")
    if user.pk == row.owner_id:
        raise InvalidRequest("user: the session is theirs already")
    return user


def take_back(row: Session, share_id: str) -> Share:
    """End a share now; sockets that stand on it are closed. `NotFound`."""
    try:
        share = Share.objects.select_related("user").get(pk=UUID(share_id), session=row)
    except (Share.DoesNotExist, ValueError):
        raise NotFound("There is no such share") from None
    Share.objects.filter(pk=share.pk).delete()
    _tell(share)
    return share


def _tell(share: Share) -> None:
    nudges.session(share.session_id)
    if share.user_id is not None:
        nudges.user(share.user_id)


# For who comes with a link.


def redeem(secret: str, cookie: str | None) -> tuple[Share, str]:
    """The share that a link is for, and the cookie to come with from now on; `Unauthorized`.

    Each redeeming counts as a use, unless the browser has this share's cookie already.
    """
    share = _live().filter(secret_hash=hashed(secret), user=None).first()
    if share is None or not share_counts(share):
        raise Unauthorized(ENDED)
    if cookie is None or _id_in(cookie) != share.pk:
        free = Q(max_uses=None) | Q(uses__lt=F("max_uses"))
        if not Share.objects.filter(free, pk=share.pk).update(uses=F("uses") + 1):
            raise Unauthorized("This link was used as often as it may be")
    return share, signing.dumps(str(share.pk), salt=_SALT)


def by_cookie(value: str | None) -> Share:
    """The share a cookie stands for, its session marked with what it allows; `Unauthorized` when it has ended."""
    share_id = _id_in(value) if value else None
    if share_id is None:
        raise Unauthorized("Open the link that was shared with you")
    return by_id(share_id)


def by_id(share_id: UUID) -> Share:
    """The same, for who was let in before."""
    share = _live().filter(pk=share_id, user=None).first()
    if share is None or not share_counts(share):
        raise Unauthorized(ENDED)
    _mark(share.session, share)
    return share


def _id_in(cookie: str) -> UUID | None:
    try:
        return UUID(str(signing.loads(cookie, salt=_SALT)))
    except (signing.BadSignature, ValueError):
        return None
