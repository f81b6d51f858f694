"""The terminal WebSocket: one socket, one attached session; typing and output never leave the event loop."""

import asyncio
import codecs
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async

from accounts import services as accounts
from accounts import sockets
from core.envelope import parse
from core.errors import (
    AgtermError,
    AttachFailed,
    Forbidden,
    HostUnavailable,
    InternalError,
    InvalidMessage,
    NoSession,
    SessionNotFound,
    Unauthorized,
)
from core.sockets import Socket
from runner.stream import Event, Item, Output, Repaint, TerminalStream
from sessions import payloads, serializers, services
from sessions.models import Session
from sessions.protocol import Frame, TextOutput, binary_output, frame

log = logging.getLogger("agterm.sockets")

LOGIN_CHECK_S = 30.0


class TerminalSocket(Socket):
    """Owns the connection to the runner of the attached session, and the task that carries output from it."""

    def __init__(self) -> None:
        self._login_id: UUID | None = None
        self._login_watch: asyncio.Task[None] | None = None
        self._session_id: str | None = None
        self._stream: TerminalStream | None = None
        self._pump: asyncio.Task[None] | None = None
        self._binary = self._client_acknowledges = self._only_watches = False
        self._text: TextOutput | None = None

    async def on_connect(self) -> None:
        caller = await database_sync_to_async(sockets.authenticate_scope)(self.scope)
        self._login_id = caller.login_id
        self._login_watch = asyncio.create_task(self._watch_login())

    async def on_disconnect(self) -> None:
        if self._login_watch is not None:
            self._login_watch.cancel()
        await self._detach()

    async def _watch_login(self) -> None:
        """A log-in that was revoked or a user who lost a right loses the socket, or the session, as well."""
        while True:
            await asyncio.sleep(LOGIN_CHECK_S)
            try:
                await database_sync_to_async(accounts.live_user)(self._may_go_on())
                if self._session_id is not None:
                    await self._row(self._session_id)
            except Unauthorized as error:
                self._login_id = None
                await self._detach()
                await self.refuse(error)
                return
            except SessionNotFound as error:
                await self._detach()
                await self.send_error(error)
            except Exception:
                log.exception("a socket's log-in could not be checked; it is tried again")

    def _may_go_on(self) -> UUID:
        if self._login_id is None:
            raise Unauthorized
        return self._login_id

    async def _row(self, session_id: str) -> Session:
        """The session's row, for the socket's user as that user is now."""
        return await database_sync_to_async(_visible_row)(self._may_go_on(), session_id)

    async def on_json(self, message: Frame) -> None:
        kind, payload = message.get("type"), message.get("payload", {})
        handler = _HANDLERS.get(kind) if isinstance(kind, str) else None
        if handler is None:
            problem = f"Unknown message type: {kind!r:.80}" if isinstance(kind, str) else "type must be a string"
            raise InvalidMessage(problem)  # a list nested a thousand times has no repr
        if not isinstance(payload, dict):
            raise InvalidMessage("payload must be an object")
        self._may_go_on()
        await handler(self, payload)

    async def on_bytes(self, data: bytes) -> None:
        """Binary frames are typed as they are."""
        self._driven().type(data)

    def _attached(self) -> TerminalStream:
        if self._stream is None:
            raise NoSession
        return self._stream

    def _driven(self) -> TerminalStream:
        """The attached terminal, for what only one who controls it may do."""
        stream = self._attached()
        if self._only_watches:
            raise Forbidden("This attachment only watches; attach with mode control to type")
        return stream

    # --- messages in ---------------------------------------------------------------------------------------------

    async def ping(self, payload: dict[str, Any]) -> None:
        await self.send_json({"type": "pong"})

    async def input(self, payload: dict[str, Any]) -> None:
        data = payload.get("data")
        if not isinstance(data, str):
            data = parse(payloads.Input, payload).data
        self._driven().type(services.encodable(data).encode())

    async def resize(self, payload: dict[str, Any]) -> None:
        stream, size = self._driven(), parse(payloads.Size, payload)
        await stream.request("resize", id=self._session_id, cols=size.cols, rows=size.rows)

    async def acknowledge(self, payload: dict[str, Any]) -> None:
        offset = parse(payloads.Acknowledge, payload).offset
        self._client_acknowledges = True
        self._attached().acknowledge(offset)

    async def attach(self, payload: dict[str, Any]) -> None:
        wanted = parse(payloads.Attach, payload)
        await self._detach()
        row = await self._row(wanted.sessionId)
        stream = await TerminalStream.open(row.runner)
        try:
            await self._attach(row, stream, wanted)
        except BaseException:
            stream.close()
            raise

    async def _attach(self, row: Session, stream: TerminalStream, wanted: payloads.Attach) -> None:
        session_id = str(row.pk)
        try:
            if wanted.cols is not None and wanted.rows is not None and wanted.mode == "control":
                await stream.request("resize", id=session_id, cols=wanted.cols, rows=wanted.rows)
            info = await stream.request("attach", id=session_id, since=wanted.since, control=wanted.mode == "control")
        except SessionNotFound:
            await database_sync_to_async(services.look)(row)
            raise AttachFailed("The session's process is gone; the runner no longer knows it") from None
        await database_sync_to_async(services.note)(row, info)
        self._session_id, self._stream = session_id, stream
        self._binary, self._client_acknowledges = wanted.binary, wanted.ack
        self._only_watches = wanted.mode == "view"
        self._text = TextOutput(session_id)
        facts = {"cols": info["cols"], "rows": info["rows"], "offset": info["cursor"], "replay": info["replay"]}
        control = not self._only_watches
        await self.send_json(
            frame("session:attached", session_id, session=serializers.session(row), **facts, control=control)
        )
        self._pump = asyncio.create_task(self._carry(stream))

    async def detach(self, payload: dict[str, Any]) -> None:
        self._attached()
        session_id = self._session_id
        await self._detach()
        await self.send_json(frame("session:detached", session_id))

    async def switch_agent(self, payload: dict[str, Any]) -> None:
        """Everybody attached is told by the runner's event, the caller included."""
        self._driven()
        wanted = parse(payloads.SwitchAgent, payload)
        row = await self._row(self._session_id or "")
        await database_sync_to_async(services.switch_agent)(row, wanted)

    async def _detach(self) -> None:
        stream, pump = self._stream, self._pump
        self._stream = self._pump = self._session_id = None
        if stream is not None:
            stream.close()
        if pump is not None and pump is not asyncio.current_task():
            pump.cancel()
            await asyncio.gather(pump, return_exceptions=True)

    # --- output --------------------------------------------------------------------------------------------------

    async def _carry(self, stream: TerminalStream) -> None:
        """Runner to browser, until either goes away. Ends loudly: a socket that is attached but mute helps nobody."""
        problem: AgtermError = HostUnavailable("The connection to the runner was lost")
        try:
            while (item := await stream.next()) is not None:
                await self._pass_on(stream, item)
        except OSError:  # the browser has gone; its disconnect message does the rest
            return
        except Exception:
            log.exception("output could not be delivered")
            problem = InternalError("The terminal's output could not be delivered; attach again")
        if self._stream is stream:
            await self._detach()
            await self.send_error(problem)

    async def _pass_on(self, stream: TerminalStream, item: Item) -> None:
        if isinstance(item, Output):
            await self._send_output(item)
            if not self._client_acknowledges:
                stream.acknowledge(item.offset + len(item.data))
        elif isinstance(item, Repaint):
            await self._send_repaint(item)
        else:
            await self._send_event(item)

    async def _send_output(self, output: Output) -> None:
        if self._binary:
            await self.send_bytes(binary_output(output.offset, output.data))
        elif self._text is not None and (message := self._text.frame(output.offset, output.data)) is not None:
            await self.send_json(message)

    async def _send_repaint(self, repaint: Repaint) -> None:
        """Binary readers must tell a repaint from bytes of the stream; others get it as ordinary output.

        The beginning of a character at its end belongs to the bytes that follow, so it is sent as such.
        """
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        text = decoder.decode(repaint.data)
        begun = decoder.getstate()[0]
        offset = repaint.offset - len(begun)
        facts = {"data": text, "offset": offset, "cols": repaint.cols, "rows": repaint.rows}
        if self._binary:
            await self.send_json(frame("terminal:repaint", self._session_id, **facts))
        else:
            await self.send_json(frame("terminal:output", self._session_id, **facts, endOffset=offset, repaint=True))
        if begun:
            await self._send_output(Output(offset, begun))

    async def _send_event(self, event: Event) -> None:
        fields = event.fields
        if event.name == "exited":
            await self.send_json(
                frame("session:exited", self._session_id, code=fields["code"], signal=fields["signal"])
            )
        elif event.name == "resized":
            await self.send_json(frame("terminal:resized", self._session_id, **fields))
        elif event.name == "state":
            since = serializers.timestamp(datetime.fromtimestamp(fields["since"], UTC))
            await self.send_json(frame("session:state", self._session_id, state=fields["state"], since=since))
        elif event.name == "title":
            await self.send_json(frame("terminal:title", self._session_id, **fields))
        elif event.name == "replaced":
            await self._send_switched()
        elif event.name == "failed":
            await self.send_json({"type": "error", "sessionId": self._session_id, "payload": fields["error"]})
        elif event.name == "closed":
            await self._send_deleted()

    async def _send_switched(self) -> None:
        try:
            row = await self._row(self._session_id or "")
            row = await database_sync_to_async(services.refreshed)(row)
        except AgtermError as error:
            await self.send_error(error)
            return
        await self.send_json(frame("agent:switched", self._session_id, session=serializers.session(row)))

    async def _send_deleted(self) -> None:
        await self.send_error(SessionNotFound("The session was deleted"))
        await self._detach()


def _visible_row(login_id: UUID, session_id: str) -> Session:
    return services.find(accounts.live_user(login_id), session_id)


_HANDLERS: dict[str, Callable[[TerminalSocket, dict[str, Any]], Awaitable[None]]] = {
    "ping": TerminalSocket.ping,
    "session:attach": TerminalSocket.attach,
    "session:detach": TerminalSocket.detach,
    "terminal:input": TerminalSocket.input,
    "terminal:resize": TerminalSocket.resize,
    "terminal:ack": TerminalSocket.acknowledge,
    "agent:switch": TerminalSocket.switch_agent,
}
