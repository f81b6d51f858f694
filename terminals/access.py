"""By what right a terminal's socket is open, a log-in's or a shared link's: asked again whenever it matters."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qs
from uuid import UUID

from accounts import nudges, sockets
from accounts import services as accounts
from core.errors import AgtermError, Forbidden, SessionNotFound, Unauthorized
from core.happenings import tell
from sessions import serializers, share_views, shares
from sessions.models import Session, ShareMode

GUEST = "guest"


class Seen(NamedTuple):
    """A session that may be looked at, by whom, and whether more."""

    name: str
    row: Session

    @property
    def may_control(self) -> bool:
        return self.row.access in ("own", ShareMode.CONTROL)


class Access(Protocol):
    """All of it is sync and uses the ORM, but for `subjects` and `is_guest`."""

    is_guest: bool

    @property
    def subjects(self) -> tuple[str, ...]:
        """Whose nudges say that it is to be looked at again."""
        ...

    def check(self) -> None:
        """Raises `Unauthorized` or `Forbidden` when the socket must close."""

    def find(self, session_id: str) -> Seen:
        """Raises `SessionNotFound` for what may not be looked at, and as `check`."""

    def show(self, row: Session) -> dict[str, Any]:
        """The session in words for this socket."""

    def tell(self, action: str, row: Session, **details: Any) -> None:
        """Let the audit log know."""


class ByLogin:
    """A user's, or one of their tokens'."""

    is_guest = False

    def __init__(self, caller: sockets.SocketCaller, address: str) -> None:
        self._login_id, self._user_id = caller.login_id, caller.user.pk
        self._via, self._address = caller.via, address

    @property
    def subjects(self) -> tuple[str, ...]:
        return (nudges.of_user(self._user_id),)

    def check(self) -> None:
        accounts.live_user(self._login_id, looking=True)

    def find(self, session_id: str) -> Seen:
        user = accounts.live_user(self._login_id, looking=True)
        return Seen(user.get_username(), shares.reach(user, session_id, ShareMode.VIEW))

    def show(self, row: Session) -> dict[str, Any]:
        return serializers.session(row)

    def tell(self, action: str, row: Session, **details: Any) -> None:
        user = accounts.live_user(self._login_id, looking=True)
        tell(action, actor=user, via=self._via, target=f"session:{row.pk}", address=self._address, **details)


class ByShare:
    """Of somebody who followed a link: one session, and nothing else."""

    is_guest = True

    def __init__(self, share_id: UUID, session_id: UUID, address: str) -> None:
        self._share_id, self._session_id, self._address = share_id, session_id, address

    @property
    def subjects(self) -> tuple[str, ...]:
        return (nudges.of_session(self._session_id),)

    def check(self) -> None:
        self._row()

    def find(self, session_id: str) -> Seen:
        row = self._row()
        if session_id != str(row.pk):
            raise SessionNotFound
        return Seen(GUEST, row)

    def _row(self) -> Session:
        try:
            return shares.by_id(self._share_id).session
        except Unauthorized as error:
            raise Forbidden(error.message) from None

    def show(self, row: Session) -> dict[str, Any]:
        return share_views.for_guests(row)

    def tell(self, action: str, row: Session, **details: Any) -> None:
        about = {"share": str(self._share_id), **details}
        tell(action, via="share", target=f"session:{row.pk}", address=self._address, **about)


def of_scope(scope: Mapping[str, Any]) -> Access:
    """Of a handshake: `?shared=1` asks for the share's cookie, all else for a log-in. Sync, uses the ORM."""
    address = sockets.address_of(scope)
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    if query.get("shared") != ["1"]:
        return ByLogin(sockets.authenticate_scope(scope, looking=True), address)
    share = shares.by_cookie(sockets.cookie_of_own_page(scope, share_views.COOKIE))
    return ByShare(share.pk, share.session_id, address)


def is_final(error: AgtermError) -> bool:
    """Whether the socket itself must close, not only what is attached be left."""
    return isinstance(error, (Unauthorized, Forbidden))
