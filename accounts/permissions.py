"""Who may do what: one page, one question, and the last line says no."""

from typing import Literal, Protocol

from django.contrib.auth.models import AnonymousUser, User
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts import throttling
from accounts.models import Login
from core.errors import Forbidden, Unauthorized

Verb = Literal["view", "use", "edit", "delete", "share"]
Role = Literal["admin", "member", "viewer"]
Scope = Literal["read", "write", "admin"]

LOOKING: tuple[Verb, ...] = ("view", "use")  # what changes something by `use` asks `looks_only` at its door
ONLY_LOOKS = "You may look at this, but change nothing"
_LOOKS = "_agterm_looks_only"


class Owned(Protocol):
    """Anything that belongs to a user: a session, a recording, a budget."""

    @property
    def owner_id(self) -> int | None: ...


def can(user: User | AnonymousUser, verb: Verb, thing: Owned) -> bool:
    """Whether `user` may `verb` this `thing`. Doors answer 404, not 403, when even `view` is refused."""
    if not user.is_active or not isinstance(user, User):
        return False
    if verb not in LOOKING and looks_only(user):
        return False
    if user.is_staff and not looks_only(user):
        return True
    if thing.owner_id is None:
        return False
    if thing.owner_id == user.pk:  # noqa: SIM103 - the last line is to say no, whatever is added above it
        return True
    return False


def bounded(login: Login) -> User:
    """The log-in's user, with no more power than their role and this log-in's scopes give.

    The object says so itself (`is_staff`, `looks_only`), to all who ask it; it must not be saved as a whole.
    """
    user, scopes = login.user, _scopes(login)
    looks = hasattr(user, "as_viewer") or not ({"write", "admin"} & scopes)
    if looks or "admin" not in scopes:
        user.is_staff = user.is_superuser = False
    setattr(user, _LOOKS, looks)
    return user


def _scopes(login: Login) -> set[str]:
    if login.kind != Login.Kind.TOKEN:
        return {"read", "write", "admin"}
    scopes = set(login.token.scopes) if hasattr(login, "token") else set()
    if not scopes & {"read", "write", "admin"}:
        raise Unauthorized("This token is good for nothing")
    return scopes


def looks_only(user: User) -> bool:
    """Whether this user, as they come now, may change nothing."""
    known: bool | None = getattr(user, _LOOKS, None)
    return hasattr(user, "as_viewer") if known is None else known


def must_change(user: User) -> User:
    """The user, who may change things; else `Forbidden`."""
    if looks_only(user):
        raise Forbidden(ONLY_LOOKS)
    return user


def role(user: User) -> Role:
    """What they are, or what they are as they come now: by a token that may only read, a viewer."""
    if looks_only(user):
        return "viewer"
    return "admin" if user.is_staff else "member"


def caller(request: Request) -> User:
    """Who sent this request; `Unauthorized` for nobody. The one place where a view asks."""
    if not isinstance(request.user, User):
        raise Unauthorized
    return request.user


class LoggedIn(BasePermission):
    """Anyone who is logged in. Others are told to log in (401) and counted: REST framework throttles only later.

    Who may only look may send what is safe, and what a view names in `for_viewers`: verbs that change nothing, or
    nothing but what only concerns the caller: their log-ins, and which browsers of theirs are told.
    """

    def has_permission(self, request: Request, view: object) -> bool:
        if not isinstance(request.user, User):
            throttling.limit_caller(request._request, None, None)
            raise Unauthorized
        if request.method not in (*SAFE_METHODS, *getattr(view, "for_viewers", ())):
            must_change(request.user)
        return True


class Staff(LoggedIn):
    """Administrators only; the others are told so (403)."""

    def has_permission(self, request: Request, view: object) -> bool:
        super().has_permission(request, view)
        if not caller(request).is_staff:
            raise Forbidden("Only an administrator may do this")
        return True
