"""What callers of /api/auth send and get."""

from typing import Annotated, Any

from django.contrib.auth.models import User
from pydantic import BaseModel, StringConstraints

from accounts import permissions
from accounts.services import Tokens

Name = Annotated[str, StringConstraints(min_length=1, max_length=150, pattern=r"^[^\x00]+$")]
Password = Annotated[str, StringConstraints(max_length=1024)]


class LogIn(BaseModel):
    username: Name
    password: Password
    browser: bool = False


class Refresh(BaseModel):
    refresh: str


class NewPassword(BaseModel):
    new: Password
    current: Password | None = None


def user(person: User) -> dict[str, Any]:
    return {
        "id": person.pk,
        "username": person.get_username(),
        "isStaff": person.is_staff,
        "role": permissions.role(person),
        "hasPassword": person.has_usable_password(),
    }


def tokens(issued: Tokens, person: User) -> dict[str, Any]:
    return {
        "access": issued.access,
        "refresh": issued.refresh,
        "expiresIn": issued.expires_in_s,
        "user": user(person),
    }
