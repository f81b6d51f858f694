"""The door of `/api/events`: one endless answer of server-sent events, for as long as the log-in counts."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID
from weakref import WeakSet

import orjson
from channels.db import database_sync_to_async
from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts import nudges
from accounts import services as accounts
from accounts.models import Login
from accounts.nudges import Nudge
from accounts.permissions import looks_only
from accounts.streams import admit
from core import envelope
from core.described import Raw, described
from core.errors import AgtermError, RateLimited, Unauthorized
from sessions import shares
from terminals.events import Happening
from terminals.hub import Mailbox, hub_of

MAX_STREAMS = 20  # a user; every open page has one
BEAT_S = 15.0
BEATS_PER_CHECK = 2
RETRY_MS = 2000
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}

_open: dict[int, WeakSet[Mailbox]] = {}  # by user; a stream that is never begun counts until it is forgotten


@method_decorator(csrf_exempt, name="dispatch")  # it only reads; a wrong verb is told so, as everywhere
class Events(View):
    """Everything that happens to the caller's sessions, as it happens; staff hear of all."""

    http_method_names = ("get",)

    @described(
        "watchEvents",
        "All that happens to your sessions, as it happens: server-sent events",
        Raw("text/event-stream"),
        details="The events and their data: docs/api.md.",
    )
    async def get(self, request: HttpRequest) -> HttpResponseBase:
        try:
            login = await database_sync_to_async(admit)(request)
            mailbox = _new_mailbox(login)
        except AgtermError as error:
            return envelope.render(error)
        body = stream(mailbox, login.pk, settings.AGTERM.runner_address)
        return StreamingHttpResponse(body, content_type="text/event-stream", headers=HEADERS)


def _new_mailbox(login: Login) -> Mailbox:
    boxes = _open.setdefault(login.user_id, WeakSet())
    if len(boxes) >= MAX_STREAMS:
        raise RateLimited("Too many event streams are open; close one", limit=MAX_STREAMS, remaining=0, retry_after_s=5)
    mailbox = Mailbox(login.user_id, login.user.is_staff)
    boxes.add(mailbox)
    return mailbox


async def stream(mailbox: Mailbox, login_id: UUID, address: str) -> AsyncIterator[bytes]:
    """The bytes of the answer. The first go out at once: Daphne sends no header before them."""
    hub = hub_of(address)
    hub.join(mailbox)
    nudge = Nudge(mailbox.stir, nudges.of_user(mailbox.user_id))
    try:
        yield f"retry: {RETRY_MS}\n: AGTerm\n\n".encode()
        while not mailbox.closed and await _still_counts(login_id, mailbox):
            for _ in range(BEATS_PER_CHECK):
                if mailbox.stirred:
                    break
                beat_at = asyncio.get_running_loop().time() + BEAT_S
                while (happening := await _next(mailbox, beat_at)) is not None:
                    yield _written(happening)
                yield b": beat\n\n"
    finally:
        nudge.close()
        hub.leave(mailbox)
        _forget(mailbox)


async def _next(mailbox: Mailbox, beat_at: float) -> Happening | None:
    """The next thing to say, None when it is time for a beat, also in a flood, or for the end."""
    if asyncio.get_running_loop().time() >= beat_at:
        return None
    try:
        async with asyncio.timeout_at(beat_at):
            return await mailbox.take()
    except TimeoutError:
        return None


async def _still_counts(login_id: UUID, mailbox: Mailbox) -> bool:
    """Whether the log-in lives; what its user may see is looked at again."""
    mailbox.stirred = False
    try:
        sees_all, own, shared = await database_sync_to_async(_sight)(login_id)
    except Unauthorized:
        return False
    if mailbox.has_looked and (mailbox.sees_all, mailbox.own, mailbox.shared) != (sees_all, own, shared):
        mailbox.missed()
    mailbox.sees_all, mailbox.own, mailbox.shared, mailbox.has_looked = sees_all, own, shared, True
    return True


def _sight(login_id: UUID) -> tuple[bool, dict[str, str], dict[str, dict[str, str | None]]]:
    """Whether the log-in's user sees all, what their own rows say to them, and the sessions that others share."""
    user = accounts.live_user(login_id, looking=True)
    shared = {str(row.pk): {"access": row.access, "sharedBy": row.shared_by} for row in shares.with_user(user)}
    return user.is_staff, {"access": "view"} if looks_only(user) else {}, shared


def end_all() -> None:
    """The server stops: every stream ends by itself, or it would be waited for in vain."""
    for boxes in tuple(_open.values()):
        for mailbox in tuple(boxes):
            mailbox.close()


def _forget(mailbox: Mailbox) -> None:
    boxes = _open.get(mailbox.user_id)
    if boxes is not None:
        boxes.discard(mailbox)
        if not boxes:
            del _open[mailbox.user_id]


def _written(happening: Happening) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (happening.name.encode(), orjson.dumps(happening.data))
