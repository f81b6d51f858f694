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
from django.utils import timezone

from accounts import tokens
from accounts.models import Login, LoginLink
from core.errors import Conflict, Forbidden, InvalidRequest, Unauthorized

logger = logging.getLogger(__name__)

SOCKET_TOKEN_S = 60
_TOUCH_EVERY = timedelta(minutes=1)


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


def log_out_everywhere(user: User, *, but: Login | None = None) -> int:
    """End all of a user's log-ins but one; how many were ended."""
    live = Login.objects.filter(user=user, revoked_at=None)
    others = live.exclude(pk=but.pk) if but else live
    return others.update(revoked_at=timezone.now())


def live_user(login_id: UUID) -> User:
    """Who a log-in stands for, as that user is now; `Unauthorized` when it no longer counts. For sockets."""
    login = Login.objects.select_related("user").filter(
        pk=login_id, revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True
    )
    found = login.first()
    if found is None:
        raise Unauthorized("The log-in has ended")
    return found.user


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
    """The live log-in a token names, its user loaded (one query); `Unauthorized` if there is none."""
    claims = tokens.read(raw, key=settings.SECRET_KEY, kinds=kinds)
    login = Login.objects.select_related("user").filter(pk=claims.login_id, user_id=claims.user_id).first()
    now = timezone.now()
    if login is None or not login.is_live(now):
        raise Unauthorized("This log-in has ended; log in again")
    if now - login.last_used_at > _TOUCH_EVERY:
        Login.objects.filter(pk=login.pk).update(last_used_at=now)
    return login


# One-time links and the first user.


def create_login_link(user: User, minutes: float = 5) -> str:
    """The secret part of a link that logs `user` in once; shown now and never again."""
    now, raw = timezone.now(), secrets.token_urlsafe(32)
    LoginLink.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    LoginLink.objects.create(token_hash=_hash(raw), user=user, expires_at=now + timedelta(minutes=minutes))
    return raw


@transaction.atomic
def redeem_login_link(raw: str, *, user_agent: str = "") -> Login:
    """The browser log-in a link stands for; `Unauthorized` if it was used, has expired or never was."""
    now = timezone.now()
    fresh = LoginLink.objects.filter(token_hash=_hash(raw), used_at=None, expires_at__gt=now, user__is_active=True)
    if not fresh.update(used_at=now):
        raise Unauthorized("This log-in link was used before or has expired; ask for a new one")
    link = LoginLink.objects.select_related("user").get(token_hash=_hash(raw))
    return start(link.user, kind="browser", user_agent=user_agent)


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
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise InvalidRequest(f"new: {' '.join(error.messages)}") from None
    with transaction.atomic():
        user.set_password(new)
        user.save(update_fields=["password"])
        log_out_everywhere(user, but=login)


def _issue(kind: tokens.Kind, login: Login, life_s: float, token_id: str | None = None) -> str:
    return tokens.issue(
        kind, key=settings.SECRET_KEY, user_id=login.user_id, login_id=login.pk, life_s=life_s, token_id=token_id
    )


def _rest_s(login: Login) -> float:
    return (login.expires_at - timezone.now()).total_seconds()


def _end(now: datetime) -> datetime:
    return now + timedelta(days=settings.AGTERM.refresh_token_days)


def _hash(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
