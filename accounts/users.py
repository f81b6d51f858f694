"""What administrators do with people: let them in, give them a role, lock them out, let them go."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, QuerySet

from accounts import nudges, services
from accounts.models import Viewer
from accounts.permissions import Role
from core.errors import Conflict, Forbidden, InvalidRequest, NotFound

LAST = "This is the last administrator; make somebody else one first"


def everybody() -> QuerySet[User]:
    return User.objects.select_related("as_viewer").order_by("pk")


def find(user_id: int) -> User:
    found = everybody().filter(pk=user_id).first()
    if found is None:
        raise NotFound("There is no such user")
    return found


def page(cursor: int, limit: int) -> tuple[list[User], str | None]:
    """The users after `cursor`, and the cursor of the next page (None at the end)."""
    rows = list(everybody().filter(pk__gt=cursor)[: limit + 1])
    return rows[:limit], str(rows[limit - 1].pk) if len(rows) > limit else None


@transaction.atomic
def create(name: str, role: Role, password: str | None = None) -> User:
    """A new user, without a password if none is given; `InvalidRequest`, `Conflict` for a name that is taken."""
    user = User(username=User.normalize_username(name))
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise InvalidRequest(f"username: {' '.join(error.messages)}") from None
    if User.objects.filter(username__iexact=user.username).exists():
        raise Conflict(f"There is a user {user.username} already")
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise Conflict(f"There is a user {user.username} already") from None
    _give_role(user, role)
    if password is not None:
        services.set_password(user, password)
    return find(user.pk)


@transaction.atomic
def change(user: User, *, role: Role | None = None, is_active: bool | None = None, password: str | None = None) -> User:
    """What is not None is changed, and counts from now on; `Conflict` for the last administrator."""
    if role not in (None, "admin") or is_active is False:
        ensure_another_admin(user)
    if role is not None:
        _give_role(user, role)
    if is_active is not None:
        user.is_active = is_active
        user.save(update_fields=["is_active"])
    if password is not None:
        services.set_password(user, password)
    if is_active is False:
        services.log_out_everywhere(user)  # or they would be in again the moment they are let in
    nudges.user(user.pk)
    return find(user.pk)


def remove(user: User) -> list[str]:
    """Delete a user, or, where something must go on naming them, lock them out: then what that is, in words."""
    change(user, is_active=False)
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError as error:
        return _kinds(error.protected_objects)
    return []


def _kinds(kept: Iterable[models.Model]) -> list[str]:
    return sorted({str(type(row)._meta.verbose_name_plural) for row in kept})


def ensure_may_rule(by: User, user: User | None = None, role: Role | None = None) -> None:
    """`Forbidden` to make an administrator, or touch one, for staff with no rights but those given to them by name."""
    if not by.is_superuser and (role == "admin" or (user is not None and user.is_superuser)):
        raise Forbidden("Only an administrator with all rights may do this")


def admins() -> QuerySet[User]:
    """The administrators who could log in."""
    return User.objects.filter(is_staff=True, is_superuser=True, is_active=True, as_viewer=None)


def ensure_another_admin(user: User) -> None:
    """`Conflict` when without `user` nobody would be left who may do everything. In a transaction of the caller's."""
    others = admins().select_for_update(of=("self",)).exclude(pk=user.pk)
    if not others.exists() and admins().filter(pk=user.pk).exists():
        raise Conflict(LAST)


def _give_role(user: User, role: Role) -> None:
    user.is_staff = user.is_superuser = role == "admin"
    user.save(update_fields=["is_staff", "is_superuser"])
    if role == "viewer":
        Viewer.objects.get_or_create(user=user)
    else:
        Viewer.objects.filter(user=user).delete()


def told(user: User) -> dict[str, Any]:
    """For the audit log."""
    return {"target": f"user:{user.pk}", "name": user.get_username()}
