"""Logging in and out, tokens and links: everything that can happen to a `Login`."""

import hashlib
import logging
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import nudges, tokens
from accounts.models import Login, LoginLink
from accounts.permissions import bounded, must_change
from core.errors import Conflict, Forbidden, InvalidRequest, Unauthorized
from core.happenings import tell

logger = logging.getLogger(__name__)

SOCKET_TOKEN_S = 60
SECRET_PREFIX = "agt_"  # noqa: S105 - of an API token's secret
LINK_IS_OVER = "This log-in link was used before or has expired; ask for a new one"
_TOUCH_EVERY = timedelta(minutes=1)
_WITH = ("user__as_viewer", "token")  # a log-in never comes without: they say what it may


class FirstStart(Protocol):
    """The part of the configuration the first start needs."""

    @property
    def admin_user(self) -> str: ...


@dataclass(frozen=True)
class Tokens:
    """What a log-in hands to its caller."""

    access: str
    refresh: str
    expires_in_s: int


# Log-ins.


def log_in(name: str, password: str, *, kind: Literal["browser", "api"] = "api", user_agent: str = "") -> Login:
    """A new log-in; `Unauthorized` with one answer (and one amount of work) for every reason to refuse."""
    user = authenticate(username=name, password=password)
    if not isinstance(user, User):
        raise Unauthorized("Wrong user name or password")
    return start(user, kind=kind, user_agent=user_agent)


def start(user: User, *, kind: Literal["browser", "api"], user_agent: str = "") -> Login:
    """A new log-in of a user who has already shown who they are; sweeps away that user's expired ones."""
    now = timezone.now()
    Login.objects.filter(user=user, expires_at__lt=now).delete()
    user.last_login = now
    user.save(update_fields=["last_login"])
    return Login.objects.create(
        user=user, kind=kind, expires_at=_end(now), refresh_id=uuid4().hex, user_agent=user_agent[:200]
    )


def refresh(raw: str) -> tuple[Login, Tokens]:
    """Swap a refresh token for new tokens. One that was swapped before is a thief's, or was stolen: all ends."""
    claims = tokens.read(raw, key=settings.SECRET_KEY, kinds={"refresh"})
    now, successor = timezone.now(), uuid4().hex
    current = Login.objects.filter(
        pk=claims.login_id, refresh_id=claims.token_id, revoked_at=None, expires_at__gt=now, user__is_active=True
    )
    if not current.update(refresh_id=successor, expires_at=_end(now), last_used_at=now):
        if (
            Login.objects.filter(pk=claims.login_id, revoked_at=None)
            .exclude(refresh_id=claims.token_id)
            .update(revoked_at=now)
        ):
            logger.warning("refresh token of log-in %s was used twice; the log-in is revoked", claims.login_id)
        raise Unauthorized("The refresh token is no longer valid; log in again")
    login = Login.objects.select_related("user").get(pk=claims.login_id)
    return login, issue_tokens(login)


def log_out(login: Login) -> None:
    """End a log-in: all its tokens are refused from now on."""
    Login.objects.filter(pk=login.pk, revoked_at=None).update(revoked_at=timezone.now())
    nudges.user(login.user_id)


def log_out_everywhere(user: User, *, but: Login | None = None) -> int:
    """End all of a user's log-ins but one, API tokens and unused links too; how many were ended."""
    live = Login.objects.filter(user=user, revoked_at=None)
    others = live.exclude(pk=but.pk) if but else live
    ended = others.update(revoked_at=timezone.now())
    LoginLink.objects.filter(user=user, used_at=None).delete()
    nudges.user(user.pk)
    return ended


def live_user(login_id: UUID, *, looking: bool = False) -> User:
    """Who a log-in stands for, as that user is now; `Unauthorized` when it no longer counts. For sockets.

    `looking`: what they do there changes nothing, so that those may come who only look; else `Forbidden` for them.
    """
    login = Login.objects.select_related(*_WITH).filter(
        pk=login_id, revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True
    )
    found = login.first()
    if found is None:
        raise Unauthorized("The log-in has ended")
    user = bounded(found)
    return user if looking else must_change(user)


# Tokens.


def issue_tokens(login: Login) -> Tokens:
    """An access token and the log-in's one good refresh token."""
    life_s = settings.AGTERM.access_token_minutes * 60
    access = _issue("access", login, life_s)
    return Tokens(access, _issue("refresh", login, _rest_s(login), login.refresh_id), life_s)


def issue_socket_token(login: Login) -> str:
    """A token for `?token=`, good for a minute."""
    return _issue("socket", login, SOCKET_TOKEN_S)


def issue_browser_token(login: Login) -> str:
    """The value of the browser's cookie, good as long as the log-in."""
    return _issue("browser", login, _rest_s(login))


def find_login(raw: str, kinds: Collection[tokens.Kind]) -> Login:
    """The live log-in a token names, its user loaded (one query) and `bounded`; `Unauthorized` if there is none.

    An API token's secret counts wherever an access token does.
    """
    if raw.startswith(SECRET_PREFIX) and "access" in kinds:
        login = Login.objects.select_related(*_WITH).filter(token__secret_hash=hashed(raw)).first()
    else:
        claims = tokens.read(raw, key=settings.SECRET_KEY, kinds=kinds)
        login = Login.objects.select_related(*_WITH).filter(pk=claims.login_id, user_id=claims.user_id).first()
    now = timezone.now()
    if login is None or not login.is_live(now):
        raise Unauthorized("This log-in has ended; log in again")
    if now - login.last_used_at > _TOUCH_EVERY or login.last_used_at == login.created_at:
        Login.objects.filter(pk=login.pk).update(last_used_at=now)
    bounded(login)
    return login


# One-time links and the first user.


def create_login_link(user: User, minutes: float = 5) -> str:
    """The secret part of a link that logs `user` in once; shown now and never again."""
    now, raw = timezone.now(), secrets.token_urlsafe(32)
    LoginLink.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    LoginLink.objects.create(token_hash=hashed(raw), user=user, expires_at=now + timedelta(minutes=minutes))
    return raw


def login_link_user(raw: str) -> User:
    """Whom a link would log in, without using it up; `Unauthorized` as `redeem_login_link`."""
    link = _fresh_links(raw).select_related("user").first()
    if link is None:
        raise Unauthorized(LINK_IS_OVER)
    return link.user


@transaction.atomic
def redeem_login_link(raw: str, *, user_agent: str = "") -> Login:
    """The browser log-in a link stands for; `Unauthorized` if it was used, has expired or never was."""
    if not _fresh_links(raw).update(used_at=timezone.now()):
        raise Unauthorized(LINK_IS_OVER)
    link = LoginLink.objects.select_related("user").get(token_hash=hashed(raw))
    login = start(link.user, kind="browser", user_agent=user_agent)
    tell("login.link", actor=link.user, via="browser", target=f"user:{link.user.pk}")
    return login


def ensure_first_user(config: FirstStart) -> User:
    """The administrator. The first start makes them, without any password: a log-in link lets them in.

    Raises `Conflict` if there are users, but no active administrator among them.
    """
    if not User.objects.exists():
        try:
            with transaction.atomic():
                return User.objects.create_superuser(config.admin_user, email="", password=None)
        except IntegrityError:  # another first start was quicker
            pass
    found = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    user = found.filter(username=config.admin_user).first() or found.first()
    if user is None:
        raise Conflict("There is no active administrator; make one with `manage.py createsuperuser`")
    return user


# Passwords.


def change_password(login: Login, *, current: str | None, new: str) -> None:
    """Set the password of the log-in's user and end their other log-ins.

    The current one must be given, unless there is none yet (`Forbidden`); the new one must be good
    enough for Django's validators (`InvalidRequest`).
    """
    user = login.user
    if user.has_usable_password() and not user.check_password(current or ""):
        raise Forbidden("The current password is wrong")
    set_password(user, new, field="new", but=login)


def set_password(user: User, new: str, *, field: str = "password", but: Login | None = None) -> None:
    """Set it and end the user's log-ins, all or all but one; `InvalidRequest` naming `field` for one too weak."""
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise InvalidRequest(f"{field}: {' '.join(error.messages)}") from None
    with transaction.atomic():
        user.set_password(new)
        user.save(update_fields=["password"])
        log_out_everywhere(user, but=but)


def _fresh_links(raw: str) -> QuerySet[LoginLink]:
    return LoginLink.objects.filter(
        token_hash=hashed(raw), used_at=None, expires_at__gt=timezone.now(), user__is_active=True
    )


def _issue(kind: tokens.Kind, login: Login, life_s: float, token_id: str | None = None) -> str:
    return tokens.issue(
        kind, key=settings.SECRET_KEY, user_id=login.user_id, login_id=login.pk, life_s=life_s, token_id=token_id
    )


def _rest_s(login: Login) -> float:
    return (login.expires_at - timezone.now()).total_seconds()


def _end(now: datetime) -> datetime:
    return now + timedelta(days=settings.AGTERM.refresh_token_days)


def hashed(raw: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
