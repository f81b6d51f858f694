"""One request of a session and its answer, as ASGI has them: reads the one, tells the other, knows who has gone."""

import asyncio
import logging
from contextlib import suppress

from gateway import bodies, refusals
from gateway.bodies import Body
from gateway.entrance import Message, Receive, Scope, Send
from gateway.headers import Headers
from gateway.refusals import Refusal

log = logging.getLogger("agterm.gateway")

PATIENCE_S = 60.0  # with a caller who does not read; so long the provider waits as well


class HungUp(Exception):
    """The caller is gone; nobody is left to answer."""


class CutOff(Exception):
    """The server is to close the connection: half an answer must not look like a whole one."""


class Exchange:
    """`gone` is done as soon as nothing more is told to the caller: he hung up, or he was `cut` off."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, provider_id: str, path: bytes) -> None:
        self.method: str = scope["method"]
        self.headers: Headers = [(bytes(name), bytes(value)) for name, value in scope["headers"]]
        self.query: bytes = scope["query_string"]
        self.provider_id, self.path = provider_id, path
        self.shape = provider_id  # of refusals; the dialect's, once that is known
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._reason: Exception = HungUp()  # for being gone
        self._receive, self._send = receive, send
        self._is_read = False  # the request's body; what `receive` says after it is about the connection
        self._is_begun = False  # the answer
        self._patience: asyncio.Timeout | None = None  # with what is being told

    def header(self, wanted: bytes) -> bytes:
        """All that the request's headers of this name say, as one."""
        return b",".join(value for name, value in self.headers if name == wanted)

    # --- the request's body ----------------------------------------------------------------------------------------

    async def read_body(self, body: Body) -> None:
        """Read it whole. Raises `Refusal` when there is too much of it."""
        length = self.header(b"content-length")
        if length.isdigit() and int(length) > bodies.MAX_BYTES:
            raise bodies.too_large()
        if not length and not self.header(b"transfer-encoding"):
            self._is_read = True
        while not self._is_read:
            if piece := await self._piece():
                await body.add(piece)

    async def _piece(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise HungUp
        self._is_read = not message.get("more_body", False)
        return message.get("body", b"")  # type: ignore[no-any-return]

    # --- the answer ------------------------------------------------------------------------------------------------

    @property
    def is_gone(self) -> bool:
        return self.gone.done()

    async def begin(self, status: int, headers: Headers) -> None:
        if self.is_gone:
            return
        self._is_begun = True
        await self._tell({"type": "http.response.start", "status": status, "headers": headers})

    async def pass_on(self, chunk: bytes, *, is_last: bool = False) -> None:
        await self._tell({"type": "http.response.body", "body": chunk, "more_body": not is_last})

    async def _tell(self, message: Message) -> None:
        """Waits while the caller does not read, but not for ever; then he is cut off."""
        if self.is_gone:
            return
        try:
            async with asyncio.timeout(PATIENCE_S) as self._patience:
                await self._send(message)
        except TimeoutError:
            if not self.is_gone:
                self.cut()
        except Exception as error:
            log.warning("an answer could not be passed on: %s", type(error).__name__)
            self.cut()
        finally:
            self._patience = None

    def cut(self, refusal: Refusal | None = None) -> None:
        """Tell nothing more, except for `refusal` if nothing was told yet, and have the server close the connection."""
        if not self.is_gone:
            self._reason = refusal if refusal is not None and not self._is_begun else CutOff()
        self._leave()

    def _leave(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)
        if self._patience is not None and not self._patience.expired():
            self._patience.reschedule(asyncio.get_running_loop().time())

    async def until(self, answering: asyncio.Task[None]) -> None:
        """Wait for the answer's end, or until nobody hears it any more: then this raises, and `answering` goes on."""
        watching = asyncio.create_task(self._watch())
        try:
            await asyncio.wait((answering, self.gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            watching.cancel()
            if not answering.done():
                self._leave()
        if not answering.done():
            raise self._reason
        answering.result()
        if self.is_gone:
            raise self._reason

    async def _watch(self) -> None:
        """Notice that the caller has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._leave()

    # --- refusals --------------------------------------------------------------------------------------------------

    async def refuse(self, refusal: Refusal) -> None:
        """Say no. The body is read first: a connection that is closed with something unread loses the answer."""
        if self._is_begun:
            raise refusal
        self._is_begun = True
        with suppress(HungUp):
            await self._read_away()
            status, headers, body = refusals.answer(refusal, self.shape)
            await self._send({"type": "http.response.start", "status": status, "headers": headers})
            await self._send({"type": "http.response.body", "body": b"" if self.method == "HEAD" else body})

    async def _read_away(self) -> None:
        left = bodies.MAX_BYTES
        while left > 0 and not self._is_read:
            left -= len(await self._piece())
