"""API tokens: log-ins for programs, each with a name and with scopes, shown once and revoked at once."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import services
from accounts.models import ApiToken, Login
from accounts.permissions import Scope
from core.errors import Conflict, Forbidden, NotFound

MOST = 100  # of one user
LIFE_S = 365 * 24 * 3600
LONGEST_LIFE_S = 10 * LIFE_S
SCOPES: tuple[Scope, ...] = ("read", "write", "admin")


def create(user: User, name: str, scopes: Sequence[Scope], life_s: int = LIFE_S) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can be told again; `Forbidden`, `Conflict`."""
    if "admin" in scopes and not user.is_staff:
        raise Forbidden("Only an administrator may make a token with the scope admin")
    if of(user).count() >= MOST:
        raise Conflict(f"You have {MOST} tokens; revoke one that is not used any more")
    secret, now = services.SECRET_PREFIX + secrets.token_urlsafe(32), timezone.now()
    with transaction.atomic():
        login = Login.objects.create(
            user=user, kind=Login.Kind.TOKEN, expires_at=now + timedelta(seconds=life_s), refresh_id=uuid4().hex
        )
        Login.objects.filter(pk=login.pk).update(last_used_at=login.created_at)  # that is: never
        token = ApiToken.objects.create(
            login=login,
            name=name,
            secret_hash=services.hashed(secret),
            scopes=[scope for scope in SCOPES if scope in scopes],
        )
    return ApiToken.objects.select_related("login").get(pk=token.pk), secret


def of(user: User) -> QuerySet[ApiToken]:
    """The tokens of a user that still count, newest first."""
    live = ApiToken.objects.filter(login__user=user, login__revoked_at=None, login__expires_at__gt=timezone.now())
    return live.select_related("login").order_by("-login__created_at")


def revoke(user: User, token_id: str) -> ApiToken:
    """End a token now, with the sockets that it opened; `NotFound` for what is none of the user's."""
    try:
        token = of(user).get(pk=UUID(token_id))
    except (ApiToken.DoesNotExist, ValueError):
        raise NotFound("There is no such token") from None
    services.log_out(token.login)
    return token
