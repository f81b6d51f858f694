"""Base class of every WebSocket: keeps the hot path off threads and one socket's queries from delaying another's.

Channels hops to a thread on every message and shares one ORM thread between all sockets (165-260 µs a message, and a
slow query of a stranger delays a keystroke). Here a received frame is handled on the event loop at once, and each
socket has an ORM thread of its own, made only when it first needs one.
"""

import contextlib
import logging
from typing import Any, Self

import orjson
from asgiref.sync import ThreadSensitiveContext
from autobahn.exception import Disconnected
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer

from core.errors import AgtermError, InternalError, InvalidMessage, TooLarge

log = logging.getLogger("agterm.sockets")

MAX_FRAME_BYTES = 1024 * 1024
CLOSE_CODES = {
    "UNAUTHORIZED": 4401,
    "FORBIDDEN": 4403,
    "SESSION_NOT_FOUND": 4404,
    "NOT_FOUND": 4404,
    "RATE_LIMITED": 4429,
}


class EncodedText(str):
    """Text for an ASGI server that is UTF-8 already.

    ASGI wants `str`, and uvicorn and Daphne do nothing with it but `encode` it: that is answered with the bytes as they
    are. It spares two conversions, which in a flood were half of the web's work. As a `str` it is only a placeholder.
    """

    _data: bytes

    def __new__(cls, data: bytes) -> Self:
        made = super().__new__(cls, "(encoded)")
        made._data = data
        return made

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return self._data


class ClientGone(ConnectionError):
    """Nobody is there to send to any more; the disconnect message, which follows, does the rest."""


class Socket(AsyncConsumer):
    """JSON objects in text frames, bytes in binary ones; every failure is an `error` frame."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with ThreadSensitiveContext():
            await super().__call__(scope, receive, send)

    async def dispatch(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(ClientGone):
            if message["type"] == "websocket.receive":
                await self._receive(message.get("text"), message.get("bytes"))
            else:
                await super().dispatch(message)

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        """Accept first, then refuse: a close before accept reaches browsers as a bare 403."""
        await self.send({"type": "websocket.accept"})
        try:
            await self.on_connect()
        except AgtermError as error:
            await self.refuse(error)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        await self.on_disconnect()
        raise StopConsumer

    async def _receive(self, text: str | None, data: bytes | None) -> None:
        try:
            if text is not None:
                if len(text) > MAX_FRAME_BYTES or len(text.encode()) > MAX_FRAME_BYTES:
                    raise TooLarge("A frame may have 1 MiB at most")
                await self.on_json(self._parse(text))
            elif data is not None:
                if len(data) > MAX_FRAME_BYTES:
                    raise TooLarge("A frame may have 1 MiB at most")
                await self.on_bytes(data)
        except AgtermError as error:
            await self.send_error(error)
        except ClientGone:
            raise
        except Exception:
            log.exception("a socket message failed")
            await self.send_error(InternalError())

    @staticmethod
    def _parse(text: str) -> dict[str, Any]:
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise InvalidMessage from None
        if not isinstance(message, dict):
            raise InvalidMessage("A message must be a JSON object")
        return message

    async def send(self, message: dict[str, Any]) -> None:
        """Raises `ClientGone`."""
        try:
            await super().send(message)
        except (OSError, Disconnected) as error:  # uvicorn's word for it, and Daphne's
            raise ClientGone from error
        except RuntimeError as error:  # uvicorn's, for a socket that we have closed ourselves
            if "websocket.close" not in str(error):
                raise
            raise ClientGone from error

    async def send_json(self, message: dict[str, Any]) -> None:
        await self.send({"type": "websocket.send", "text": EncodedText(orjson.dumps(message))})

    async def send_bytes(self, data: bytes) -> None:
        await self.send({"type": "websocket.send", "bytes": data})

    async def send_error(self, error: AgtermError) -> None:
        await self.send_json({"type": "error", "payload": error.as_payload()})

    async def refuse(self, error: AgtermError) -> None:
        """Say why, then close with the code that goes with it."""
        await self.send_error(error)
        await self.send({"type": "websocket.close", "code": CLOSE_CODES.get(error.code, 1011)})

    # --- for the consumer ----------------------------------------------------------------------------------------

    async def on_connect(self) -> None:
        """Authenticate; an `AgtermError` closes the socket."""

    async def on_json(self, message: dict[str, Any]) -> None: ...

    async def on_bytes(self, data: bytes) -> None: ...

    async def on_disconnect(self) -> None: ...
