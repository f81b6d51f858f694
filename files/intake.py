"""Stands before Django, which keeps every body on the disk before it knows who calls.

A file that is uploaded is kept back for the view that stores it, which reads it as it comes. Any other body is short;
where it is longer than what stays in memory, its caller must be logged in.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from accounts.authentication import BearerAuthentication, BrowserAuthentication
from core import envelope
from core.errors import AgtermError, InvalidRequest, TooLarge, Unauthorized

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

UPLOADS = "/api/files/upload"
MAX_BODY_BYTES = 12 * 1024 * 1024  # an image, and a little more, so that the view can say what is too much
STALLED_S = 60.0
_KEY = "agterm.body"
_PIECE_BYTES = 256 * 1024


class Interrupted(InvalidRequest):
    """The caller has gone, or sends nothing any more."""

    default_message = "The upload broke off; nothing of the file was stored"


class Body:
    """The body of one request, read piece by piece in a view's thread while Django waits for its end.

    `size`: as the caller announced it, if he did.
    """

    def __init__(self, receive: Receive, size: int | None) -> None:
        self.size = size
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()  # nothing of it is to come any more
        self._is_begun = self._is_broken = False

    def pieces(self) -> Iterator[bytes]:
        """Blocks while nothing comes; raises `Interrupted` when the rest is missing."""
        while not self._over.is_set():
            waiting = asyncio.run_coroutine_threadsafe(self._next(), self._loop)
            try:
                piece = waiting.result(STALLED_S)
            except TimeoutError:
                waiting.cancel()
                raise Interrupted from None
            if piece:
                yield piece

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._is_broken = True
            self._over.set()
            raise Interrupted
        if not message.get("more_body", False):
            self._over.set()
        return bytes(message.get("body", b""))

    async def for_django(self) -> Message:
        """An empty body; and then whether the caller goes, as far as anybody reads what he sends."""
        if not self._is_begun:
            self._is_begun = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._over.wait()
        return {"type": "http.disconnect"} if self._is_broken else await self._receive()


def body_of(request: HttpRequest) -> tuple[Iterator[bytes], int | None]:
    """The body and its announced size: as it comes where it was kept back, else as Django has it."""
    body: Body | None = getattr(request, "scope", {}).get(_KEY)
    if body is not None:
        return body.pieces(), body.size
    said = request.headers.get("Content-Length", "")
    return iter(lambda: request.read(_PIECE_BYTES), b""), int(said) if said.isdigit() else None


class Intake:
    """Leaves everything to the application behind it, but not every body."""

    def __init__(self, behind: Application) -> None:
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._behind(scope, receive, send)
        elif scope["path"] == UPLOADS:
            body = Body(receive, _announced(scope))
            await self._behind({**scope, _KEY: body}, body.for_django, send)
        else:
            await self._measured(scope, receive, send)

    async def _measured(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal: AgtermError | None = None
        size = 0

        async def measured() -> Message:
            nonlocal refusal, size
            message = await receive()
            before, size = size, size + len(message.get("body", b""))
            if (refusal := refusal or await _objection(scope, before, size)) is not None:
                return {"type": "http.disconnect"}
            return message

        if (refusal := await _objection(scope, 0, _announced(scope) or 0)) is None:
            await self._behind(scope, measured, send)
        if refusal is not None:
            await _say(refusal, send)


async def _objection(scope: Scope, before: int, size: int) -> AgtermError | None:
    """Why a body that has become so large is not read on."""
    if size > most_of(scope):
        return too_large(scope)
    if before <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE < size:
        try:
            await database_sync_to_async(check_log_in, thread_sensitive=False)(scope)
        except AgtermError as error:
            return error
    return None


def most_of(scope: Scope) -> int:
    """The size that a body may have at most."""
    return (settings.AGTERM.upload_max_mb + 1) << 20 if scope["path"] == UPLOADS else MAX_BODY_BYTES


def too_large(scope: Scope) -> TooLarge:
    return TooLarge("File too large" if scope["path"] == "/api/upload" else None)


def check_log_in(scope: Scope) -> None:
    """Raises `Unauthorized`. Not counted: the view counts the request."""
    no_body = [(name, value) for name, value in scope["headers"] if not name.lower().startswith(b"content-")]
    asked = Request(ASGIRequest({**scope, "headers": no_body}, io.BytesIO()))
    if not any(way.authenticate(asked) for way in (BearerAuthentication(), BrowserAuthentication())):
        raise Unauthorized


def _announced(scope: Scope) -> int | None:
    said = next((value for name, value in scope["headers"] if name.lower() == b"content-length"), b"")
    return int(said) if said.isdigit() else None


async def _say(error: AgtermError, send: Send) -> None:
    response: HttpResponse = envelope.render(error)
    response["Cache-Control"] = "no-store"
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
