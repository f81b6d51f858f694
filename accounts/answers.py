"""What callers of /api/auth get, for the OpenAPI document."""

from typing import Literal

from core.described import MAY_BE_MISSING, Answer, Timestamp

Scope = Literal["read", "write", "admin"]


class User(Answer):
    """`hasPassword`: false for somebody who has only ever come by a link."""

    id: int
    username: str
    isStaff: bool
    role: Literal["admin", "member", "viewer"]
    hasPassword: bool


class TokensAnswer(Answer):
    """`expiresIn`: seconds for which `access` counts; `refresh` is good once, for the next pair."""

    access: str
    refresh: str
    expiresIn: int
    user: User


class MeAnswer(Answer):
    user: User


class SocketTokenAnswer(Answer):
    """`expiresIn`: seconds."""

    token: str
    expiresIn: int


class ApiToken(Answer):
    """`lastUsedAt`: null until it was."""

    id: str
    name: str
    scopes: list[Scope]
    createdAt: Timestamp
    expiresAt: Timestamp
    lastUsedAt: Timestamp | None


class ApiTokensAnswer(Answer):
    tokens: list[ApiToken]


class NewApiTokenAnswer(Answer):
    """`secret` is told this once."""

    token: ApiToken
    secret: str


class ApiTokenRevokedAnswer(Answer):
    id: str
    revoked: Literal[True]


class BrowserLogin(Answer):
    """Where the caller is logged in. `isCurrent`: it is the one that this request came with."""

    id: str
    kind: Literal["browser", "api"]
    userAgent: str
    createdAt: Timestamp
    lastUsedAt: Timestamp
    expiresAt: Timestamp
    isCurrent: bool


class BrowserLoginsAnswer(Answer):
    logins: list[BrowserLogin]


class LoginEndedAnswer(Answer):
    id: str
    ended: Literal[True]


class ShareTokenAnswer(Answer):
    """A link that logs its maker in, once."""

    url: str
    expiresAt: Timestamp


class Person(User):
    """A user as administrators see them."""

    isActive: bool
    createdAt: Timestamp
    lastLoginAt: Timestamp | None
    liveSessions: int


class UsersAnswer(Answer):
    users: list[Person]
    nextCursor: str | None


class UserAnswer(Answer):
    user: Person


class Unstopped(Answer):
    """A session that may run on, and why: the code and the message of an error."""

    id: str
    name: str
    code: str
    message: str


class StoppedSessions(Answer):
    """`stopped`: ids of the sessions that ran, and were ended."""

    stopped: list[str]
    notStopped: list[Unstopped]


class UserChangedAnswer(UserAnswer):
    """`sessions`: where they were to be stopped. The user is locked out whatever became of them."""

    sessions: StoppedSessions = MAY_BE_MISSING


class NewUserAnswer(Answer):
    """`loginLink`: of one who was given no password."""

    user: Person
    loginLink: str = MAY_BE_MISSING


class UserDeletedAnswer(Answer):
    """`keptFor`: what still needs the row; the user is locked out then instead. `sessions`: as of `changeUser`."""

    id: int
    deleted: bool
    keptFor: list[str]
    sessions: StoppedSessions = MAY_BE_MISSING


class LoginLinkAnswer(Answer):
    loginLink: str
