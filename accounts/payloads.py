"""What callers of /api/auth send and get."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Self
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from pydantic import BaseModel, Field, StringConstraints, field_validator, model_validator

from accounts import api_tokens, permissions, running
from accounts.models import ApiToken, Login
from accounts.permissions import Role, Scope
from accounts.running import Stopped
from accounts.services import Tokens
from core.moments import timestamp

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


class CreateToken(BaseModel):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)]
    expiresIn: Annotated[int, Field(ge=60, le=api_tokens.LONGEST_LIFE_S)] = api_tokens.LIFE_S


class ListUsers(BaseModel):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class CreateUser(BaseModel):
    username: Name
    role: Role = "member"
    password: Password | None = None


class PatchUser(BaseModel):
    """What is missing stays as it is. `stopSessions`: with `isActive` false, what runs of theirs is ended as well."""

    role: Role | None = None
    isActive: bool | None = None
    password: Password | None = None
    stopSessions: bool = False

    @field_validator("role", "isActive", "password")
    @classmethod
    def _not_null(cls, value: object) -> object:
        if value is None:
            raise ValueError("may be left out, but not null")
        return value

    @model_validator(mode="after")
    def _stops_with_a_lock_out(self) -> Self:
        if self.stopSessions and self.isActive is not False:
            raise ValueError("stopSessions goes with isActive: false alone")
        return self


class DeleteUser(BaseModel):
    """Query parameters; `stopSessions`: what runs of one who is locked out instead is ended as well."""

    stopSessions: bool = False


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


def people(rows: Sequence[User]) -> list[dict[str, Any]]:
    """Users as administrators see them."""
    live = running.count(row.pk for row in rows)
    return [
        {
            **user(row),
            "isActive": row.is_active,
            "createdAt": timestamp(row.date_joined),
            "lastLoginAt": timestamp(row.last_login) if row.last_login else None,
            "liveSessions": live[row.pk],
        }
        for row in rows
    ]


def person(row: User) -> dict[str, Any]:
    return people([row])[0]


def stopped(found: Iterable[Stopped]) -> dict[str, Any]:
    """Sessions of somebody who was locked out."""
    ended: list[str] = []
    left: list[dict[str, Any]] = []
    for one in found:
        if one.failure is None:
            ended.append(one.id)
        else:
            left.append({"id": one.id, "name": one.name, "code": one.failure.code, "message": one.failure.message})
    return {"stopped": ended, "notStopped": left}


def token(row: ApiToken) -> dict[str, Any]:
    login = row.login
    return {
        "id": str(login.pk),
        "name": row.name,
        "scopes": row.scopes,
        "createdAt": timestamp(login.created_at),
        "expiresAt": timestamp(login.expires_at),
        "lastUsedAt": timestamp(login.last_used_at) if login.last_used_at != login.created_at else None,
    }


def login(row: Login, current: Login) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "userAgent": row.user_agent,
        "createdAt": timestamp(row.created_at),
        "lastUsedAt": timestamp(row.last_used_at),
        "expiresAt": timestamp(row.expires_at),
        "isCurrent": row.pk == current.pk,
    }


def link(raw: str, request: HttpRequest) -> str:
    """A one-time log-in link, at the server's public address, or where the caller reached it."""
    base = settings.AGTERM.public_url or request.build_absolute_uri("/")
    return f"{base.rstrip('/')}/login/{quote(raw)}"
