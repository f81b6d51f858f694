"""The terminal WebSocket: one socket, one attached session; typing and output never leave the event loop."""

import asyncio
import codecs
import contextlib
import contextvars
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from channels.db import database_sync_to_async
from django.conf import settings

from accounts.nudges import Nudge
from core.envelope import parse
from core.errors import (
    AgtermError,
    AttachFailed,
    Conflict,
    Forbidden,
    HostUnavailable,
    InternalError,
    InvalidMessage,
    NoSession,
    SessionNotFound,
    Unauthorized,
)
from core.sockets import ClientGone, Socket
from runner.stream import Event, Item, Output, Repaint, TerminalStream
from sessions import lifecycle, serializers
from sessions import services as sessions
from sessions.figures import OVER_BUDGET
from sessions.models import Session, Status
from sessions.payloads import SwitchAgent
from terminals import access, events, payloads, services
from terminals.access import Access, Seen
from terminals.hub import Mailbox, hub_of
from terminals.protocol import Frame, TextOutput, binary_output, frame

log = logging.getLogger("agterm.sockets")

LOGIN_CHECK_S = 30.0

_switches: set[asyncio.Task[None]] = set()  # of all sockets; a task that nobody holds may vanish


class TerminalSocket(Socket):
    """Owns the connection to the runner of the attached session, and the task that carries output from it."""

    def __init__(self) -> None:
        self._access: Access | None = None
        self._access_watch: asyncio.Task[None] | None = None
        self._nudged = asyncio.Event()
        self._session_id: str | None = None
        self._stream: TerminalStream | None = None
        self._pump: asyncio.Task[None] | None = None
        self._purse: asyncio.Task[None] | None = None
        self._state: Frame = {}  # as the runner says it
        self._has_no_budget = False
        self._told_money: Frame = {}
        self._switching: asyncio.Task[None] | None = None
        self._user_name = ""
        self._binary = self._client_acknowledges = self._only_watches = False
        self._text: TextOutput | None = None

    async def on_connect(self) -> None:
        self._access = await database_sync_to_async(access.of_scope)(self.scope)
        self._access_watch = asyncio.create_task(self._watch_access(self._access))

    async def on_disconnect(self) -> None:
        if self._access_watch is not None:
            self._access_watch.cancel()
        self._switching = None  # it goes on to its end, as a REST call does whose caller has gone
        await self._detach()

    async def _watch_access(self, standing: Access) -> None:
        """A log-in or share that has ended or a user who lost a right loses the socket, or the session, as well."""
        nudge = Nudge(self._nudged.set, *standing.subjects)
        try:
            while await self._still_counts(standing):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._nudged.wait(), LOGIN_CHECK_S)
                self._nudged.clear()
        finally:
            nudge.close()

    async def _still_counts(self, standing: Access) -> bool:
        session_id = self._session_id
        try:
            await database_sync_to_async(standing.check)()
            if session_id is not None:
                seen = await self._seen(session_id)
                if not (seen.may_control or self._only_watches):
                    raise SessionNotFound("You may no longer type here; attach with mode view to look on")
        except SessionNotFound as error:
            if session_id == self._session_id:  # else it was left meanwhile, and perhaps another attached
                await self._detach()
                await self.send_error(error)
        except AgtermError as error:
            if access.is_final(error):
                self._access = None
                await self._detach()
                await self.refuse(error)
                return False
            log.exception("a socket's rights could not be checked; it is tried again")
        except ClientGone:
            return False
        except Exception:
            log.exception("a socket's rights could not be checked; it is tried again")
        return True

    def _may_go_on(self) -> Access:
        if self._access is None:
            raise Unauthorized
        return self._access

    async def _seen(self, session_id: str) -> Seen:
        """The session, as the socket's user may see it now."""
        seen = await database_sync_to_async(self._may_go_on().find)(session_id)
        self._user_name = seen.name
        return seen

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
        self._typist().type(data)

    def _attached(self) -> TerminalStream:
        if self._stream is None:
            raise NoSession
        return self._stream

    def _typist(self) -> TerminalStream:
        """The attached terminal, for what only one who may type may do."""
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
        self._typist().type(services.encodable(data).encode())

    async def resize(self, payload: dict[str, Any]) -> None:
        """The size of this client's window; what becomes of it is the runner's to say (`terminal:resized`)."""
        stream, size = self._typist(), parse(payloads.Size, payload)
        await stream.request("fit", cols=size.cols, rows=size.rows)

    async def take(self, payload: dict[str, Any]) -> None:
        stream, size = self._typist(), parse(payloads.Take, payload)
        await stream.request("take", cols=size.cols, rows=size.rows)
        seen = await self._seen(self._session_id or "")
        await database_sync_to_async(self._may_go_on().tell)("session.take_control", seen.row)

    async def refresh(self, payload: dict[str, Any]) -> None:
        await self._attached().request("refresh", history=parse(payloads.Refresh, payload).history)

    async def acknowledge(self, payload: dict[str, Any]) -> None:
        offset = parse(payloads.Acknowledge, payload).offset
        self._client_acknowledges = True
        self._attached().acknowledge(offset)

    async def attach(self, payload: dict[str, Any]) -> None:
        """What is attached already stays so until it is sure that the new one can be."""
        wanted = parse(payloads.Attach, payload)
        seen = await self._seen(wanted.sessionId)
        if wanted.mode == "control" and not seen.may_control:
            raise Forbidden("You may only look at this session; attach with mode view")
        row = seen.row
        if str(row.pk) == self._session_id:
            await self._leave()  # or it would meet itself at the wheel
        stream = await TerminalStream.open(row.runner)
        try:
            info = await self._join(row, stream, wanted)
            await self._detach()
            await self._begin(row, stream, wanted, info)
        except BaseException:
            stream.close()
            raise
        self._nudged.set()  # a right that went meanwhile
        await database_sync_to_async(self._may_go_on().tell)("session.attach", row, mode=wanted.mode)

    async def _leave(self) -> None:
        """Give up the seat for certain, before the same socket asks for one again."""
        with contextlib.suppress(HostUnavailable):
            await self._attached().request("detach")
        await self._detach()

    async def _join(self, row: Session, stream: TerminalStream, wanted: payloads.Attach) -> dict[str, Any]:
        asked = {"since": wanted.since, "history": wanted.history, "cols": wanted.cols, "rows": wanted.rows}
        control, who = wanted.mode == "control", {"user": self._user_name}
        try:
            info: dict[str, Any] = await stream.request("attach", id=str(row.pk), control=control, who=who, **asked)
        except SessionNotFound:
            await database_sync_to_async(sessions.look)(row)
            raise AttachFailed("The session's process is gone; the runner no longer knows it") from None
        await database_sync_to_async(sessions.note)(row, info)
        return info

    async def _begin(self, row: Session, stream: TerminalStream, wanted: payloads.Attach, info: dict[str, Any]) -> None:
        self._session_id, self._stream = str(row.pk), stream
        self._binary, self._client_acknowledges = wanted.binary, wanted.ack
        self._only_watches = wanted.mode == "view"
        self._text = TextOutput(self._session_id)
        self._state = _state(info["state"], info["state_since"])
        is_told, standing = asyncio.Event(), self._may_go_on()
        if not standing.is_guest:
            self._purse = asyncio.create_task(self._carry_money(row, is_told))  # listens while the figures are read
        session = await database_sync_to_async(standing.show)(row)
        self._has_no_budget, self._told_money = session.get("blockedBy") is not None, _money(session)
        facts = {name: info[name] for name in ("cols", "rows", "replay", "title")} | {
            "session": session,
            "offset": info["cursor"],
            "mode": wanted.mode,
            "control": info["driving"],
        }
        await self.send_json(frame("session:attached", self._session_id, **facts, **self._viewers(info)))
        self._pump = asyncio.create_task(self._carry(stream))
        is_told.set()

    async def detach(self, payload: dict[str, Any]) -> None:
        self._attached()
        session_id = self._session_id
        await self._detach()
        await self.send_json(frame("session:detached", session_id))

    async def switch_agent(self, payload: dict[str, Any]) -> None:
        """Everybody attached is told by the runner's event, the caller included; the socket does not wait for it."""
        self._typist()
        wanted = parse(SwitchAgent, payload)
        if self._switching is not None:
            raise Conflict("This socket is switching an agent already; wait until that is done")
        row = (await self._seen(self._session_id or "")).row
        if row.access != "own":
            raise Forbidden("Only its owner may switch the agent")
        self._switching = asyncio.create_task(self._switch(row, wanted), context=contextvars.Context())
        _switches.add(self._switching)
        self._switching.add_done_callback(_switches.discard)

    async def _switch(self, row: Session, wanted: SwitchAgent) -> None:
        """On a thread of its own: the socket's is for its other queries."""
        problem: AgtermError | None = None
        try:
            async with ThreadSensitiveContext():
                await database_sync_to_async(lifecycle.switch_agent)(row, wanted)
        except AgtermError as error:
            problem = error
        except Exception:
            log.exception("an agent could not be switched")
            problem = InternalError()
        if self._switching is not asyncio.current_task():  # the browser has gone
            return
        self._switching = None
        if problem is not None:
            with contextlib.suppress(ClientGone):
                await self.send_json({"type": "error", "sessionId": str(row.pk), "payload": problem.as_payload()})

    async def _detach(self) -> None:
        stream, tasks = self._stream, (self._pump, self._purse)
        self._stream = self._pump = self._purse = self._session_id = None
        if stream is not None:
            stream.close()
        for task in tasks:
            if task is not None and task is not asyncio.current_task():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

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
            stream.acknowledge(item.offset)
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
        facts = {"data": text, "offset": offset, "cols": repaint.cols, "rows": repaint.rows, "history": repaint.history}
        if self._binary:
            await self.send_json(frame("terminal:repaint", self._session_id, **facts))
        else:
            await self.send_json(frame("terminal:output", self._session_id, **facts, endOffset=offset, repaint=True))
        if begun:
            await self._send_output(Output(offset, begun))

    async def _send_event(self, event: Event) -> None:
        fields = event.fields
        if event.name == "exited":
            facts = {"code": fields["code"], "signal": fields["signal"], "endedBy": fields["ended_by"] or None}
            await self.send_json(frame("session:exited", self._session_id, **facts))
        elif event.name == "resized":
            await self.send_json(frame("terminal:resized", self._session_id, **fields))
        elif event.name == "state":
            self._state = _state(fields["state"], fields["since"])
            if not self._is_held():
                await self._send_state()
        elif event.name == "control":
            await self._send_control(fields)
        elif event.name == "title":
            await self.send_json(frame("terminal:title", self._session_id, **fields))
        elif event.name == "replaced":
            await self._send_switched()
        elif event.name == "failed":
            await self.send_json({"type": "error", "sessionId": self._session_id, "payload": fields["error"]})
        elif event.name == "closed":
            await self._send_deleted()

    async def _send_state(self) -> None:
        held = {"state": OVER_BUDGET} if self._is_held() else {}
        await self.send_json(frame("session:state", self._session_id, **(self._state | held)))

    def _is_held(self) -> bool:
        """By a budget, which stands above all states but the end."""
        return self._has_no_budget and self._state["state"] != Status.EXITED

    async def _carry_money(self, row: Session, begin: asyncio.Event) -> None:
        """What the session costs, and what its budgets say to it, until it is detached."""
        hub, mailbox = hub_of(settings.AGTERM.runner_address), Mailbox(row.owner_id, sees_all=False, only=str(row.pk))
        hub.join(mailbox)
        try:
            await begin.wait()
            while (news := await mailbox.take()) is not None:
                if news.name == events.COST:
                    await self._send_cost(news.data)
                elif news.name in events.OF_BUDGETS.values():
                    await self.send_json(frame(news.name, self._session_id, budget=news.data["budget"]))
        except OSError:  # the browser has gone
            pass
        except Exception:
            log.exception("costs could not be delivered")
        finally:
            hub.leave(mailbox)

    async def _send_cost(self, figures: dict[str, Any]) -> None:
        was_held, self._has_no_budget = self._is_held(), figures["blockedBy"] is not None
        if self._is_held() != was_held:
            await self._send_state()
        if (told := _money(figures)) != self._told_money:
            self._told_money = told
            await self.send_json(frame(events.COST, self._session_id, **told))

    async def _send_control(self, fields: dict[str, Any]) -> None:
        said = self._viewers(fields)
        driver = next(({"user": v["user"], "id": v["id"]} for v in said["viewers"] if v["drives"]), None)
        await self.send_json(frame("control:changed", self._session_id, driver=driver, you=fields["you"], **said))

    def _viewers(self, info: dict[str, Any]) -> Frame:
        """Who is here; a guest is not told their names."""
        seen = serializers.viewers(info["viewers"])
        if self._may_go_on().is_guest:
            seen = [viewer | {"user": None} for viewer in seen]
        return {"viewers": seen, "viewerCount": info["viewer_count"]}

    async def _send_switched(self) -> None:
        try:
            row = (await self._seen(self._session_id or "")).row
            row = await database_sync_to_async(sessions.refreshed)(row)
        except AgtermError as error:
            await self.send_error(error)
            return
        session = await database_sync_to_async(self._may_go_on().show)(row)
        await self.send_json(frame("agent:switched", self._session_id, session=session))

    async def _send_deleted(self) -> None:
        await self.send_error(SessionNotFound("The session was deleted"))
        await self._detach()


def _money(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: figures.get(name) for name in ("cost", "budget", "blockedBy")}


def _state(state: str, since: float) -> Frame:
    return {"state": state, "since": serializers.timestamp(datetime.fromtimestamp(since, UTC))}


_HANDLERS: dict[str, Callable[[TerminalSocket, dict[str, Any]], Awaitable[None]]] = {
    "ping": TerminalSocket.ping,
    "session:attach": TerminalSocket.attach,
    "session:detach": TerminalSocket.detach,
    "terminal:input": TerminalSocket.input,
    "terminal:resize": TerminalSocket.resize,
    "terminal:ack": TerminalSocket.acknowledge,
    "terminal:refresh": TerminalSocket.refresh,
    "control:take": TerminalSocket.take,
    "agent:switch": TerminalSocket.switch_agent,
}
