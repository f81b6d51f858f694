"""The server's second entrance, a Unix socket for the sessions' relay: behind it is the providers' door alone."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gateway import refusals
from gateway.refusals import Refusal

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = b"/llm/"


def is_local(scope: Scope) -> bool:
    """Whether the request came through a Unix socket, which has a path and no port."""
    server = scope.get("server")
    return server is not None and server[1] is None


class Entrance:
    """Stands before the whole application, and lets through from the socket only what is for the door."""

    def __init__(self, behind: Callable[..., Awaitable[None]]) -> None:
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_local(scope) or (scope["type"] == "http" and bytes(scope.get("raw_path") or b"").startswith(PREFIX)):
            await self._behind(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})  # before it is accepted: the server answers 403
        else:
            status, headers, body = refusals.answer(Refusal(404, "only providers are behind this door"), "")
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
