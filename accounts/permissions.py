"""Who may do what: one page, one question, and the last line says no."""

from typing import Literal, Protocol

from django.contrib.auth.models import AnonymousUser, User
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import throttling
from core.errors import Unauthorized

Verb = Literal["view", "use", "edit", "delete", "share"]
Role = Literal["admin", "member"]


class Owned(Protocol):
    """Anything that belongs to a user: a session, a recording, a budget."""

    @property
    def owner_id(self) -> int | None: ...


def can(user: User | AnonymousUser, verb: Verb, thing: Owned) -> bool:
    """Whether `user` may `verb` this `thing`. Doors answer 404, not 403, when even `view` is refused."""
    if not user.is_active:
        return False
    if user.is_staff:
        return True
    if thing.owner_id is None:
        return False
    if thing.owner_id == user.pk:  # noqa: SIM103 - the last line is to say no, whatever is added above it
        return True
    return False


def role(user: User) -> Role:
    return "admin" if user.is_staff else "member"


def caller(request: Request) -> User:
    """Who sent this request; `Unauthorized` for nobody. The one place where a view asks."""
    if not isinstance(request.user, User):
        raise Unauthorized
    return request.user


class LoggedIn(BasePermission):
    """Anyone who is logged in. Others are told to log in (401) and counted: REST framework throttles only later."""

    def has_permission(self, request: Request, _view: object) -> bool:
        if request.user.is_authenticated:
            return True
        throttling.limit_caller(request._request, None, None)
        raise Unauthorized
