"""The chat WebSocket: a message starts a run, whose events come one a frame; the socket stays open for the next."""

import asyncio
import contextlib
import contextvars
import logging
import math
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth.models import User

from accounts import services as accounts
from accounts import sockets
from accounts.sockets import SocketCaller
from core import throttling
from core.envelope import parse
from core.errors import AgtermError, Conflict, InternalError, InvalidMessage, NotFound, Unauthorized
from core.sockets import ClientGone, Socket
from runs import listening, payloads, serializers, services
from runs.follow import in_thread
from runs.models import LIVE, Run

log = logging.getLogger("agterm.sockets")

LOGIN_CHECK_S = 30.0
Frame = dict[str, Any]

_cancels: set[asyncio.Task[Any]] = set()  # of all sockets; a task that nobody holds may vanish


class ChatSocket(Socket):
    """One run at a time. It goes on when the socket closes, unless its message said `cancelOnClose`."""

    def __init__(self) -> None:
        self._caller: SocketCaller | None = None
        self._login_watch: asyncio.Task[None] | None = None
        self._run_id: UUID | None = None
        self._ends_with_socket = self._has_told_all = False
        self._carrying: asyncio.Task[None] | None = None

    async def on_connect(self) -> None:
        self._caller = await database_sync_to_async(sockets.authenticate_scope)(self.scope)
        self._login_watch = asyncio.create_task(self._watch_login())

    async def on_disconnect(self) -> None:
        if self._login_watch is not None:
            self._login_watch.cancel()
        await self._leave()

    async def _leave(self) -> None:
        if self._carrying is not None:
            self._carrying.cancel()
        if self._run_id is not None and self._ends_with_socket:
            task = asyncio.create_task(_cancel_quietly(self._run_id), context=contextvars.Context())
            _cancels.add(task)
            task.add_done_callback(_cancels.discard)

    async def _watch_login(self) -> None:
        while True:
            await asyncio.sleep(LOGIN_CHECK_S)
            try:
                await in_thread(accounts.live_user, self._known().login_id)
            except Unauthorized as error:
                self._caller = None
                await self._leave()
                with contextlib.suppress(ClientGone):
                    await self.refuse(error)
                return
            except Exception:
                log.exception("a socket's log-in could not be checked; it is tried again")

    def _known(self) -> SocketCaller:
        if self._caller is None:
            raise Unauthorized
        return self._caller

    async def on_json(self, message: Frame) -> None:
        self._known()
        if "type" not in message:
            await self._start(message)
            return
        handler = _HANDLERS.get(message["type"]) if isinstance(message["type"], str) else None
        if handler is None:
            raise InvalidMessage("type must be ping, cancel or answer; a message for the agent has none")
        await handler(self, {name: value for name, value in message.items() if name != "type"})

    async def on_bytes(self, data: bytes) -> None:
        raise InvalidMessage("A message is a JSON object in a text frame")

    async def _start(self, message: Frame) -> None:
        """The socket goes on listening while the agent is started."""
        wanted = parse(payloads.ChatMessage, message)
        if self._carrying is not None and not (self._carrying.done() or self._has_told_all):
            raise Conflict("A run of this socket is under way; wait for its done, or cancel it")
        _count(self._known())
        self._run_id, self._ends_with_socket, self._has_told_all = None, wanted.cancelOnClose, False
        self._carrying = asyncio.create_task(self._carry(wanted), context=contextvars.Context())

    async def _carry(self, wanted: payloads.ChatMessage) -> None:
        problem: AgtermError | None = None
        try:
            run = await asyncio.shield(self._started(wanted))
            await self.send_json({"type": "run", **serializers.names(run)})
            async for event in listening.events(run.pk, beat_s=math.inf):
                if event is not None:
                    self._has_told_all = event.kind == "done"  # before it is heard: the next message may follow at once
                    await self.send_json({**event.body, "number": event.number})
        except ClientGone:
            return
        except AgtermError as error:
            problem = error
        except Exception:
            log.exception("a run's events could not be delivered")
            problem = InternalError("The run's events could not be delivered")
        if problem is not None:
            with contextlib.suppress(ClientGone):
                await self.send_error(problem)

    async def _started(self, wanted: payloads.ChatMessage) -> Run:
        """A socket that closes meanwhile must not leave a run behind that was to end with it."""
        login_id = self._known().login_id
        run: Run = await in_thread(_start, login_id, wanted)
        self._run_id = run.pk
        if self._carrying is not None and self._carrying.cancelled() and self._ends_with_socket:
            await _cancel_quietly(run.pk)
        return run

    # --- messages with a type ----------------------------------------------------------------------------------------

    async def ping(self, _message: Frame) -> None:
        await self.send_json({"type": "pong"})

    async def cancel(self, _message: Frame) -> None:
        await in_thread(_cancel, self._known().login_id, self._current())

    async def answer(self, message: Frame) -> None:
        given = parse(payloads.AnswerRun, message)
        await in_thread(_answer, self._known().login_id, self._current(), given)

    def _current(self) -> UUID:
        if self._run_id is None:
            raise NotFound("No run of this socket is under way")
        return self._run_id


_HANDLERS: dict[str, Callable[[ChatSocket, Frame], Awaitable[None]]] = {
    "ping": ChatSocket.ping,
    "cancel": ChatSocket.cancel,
    "answer": ChatSocket.answer,
}


def _count(caller: SocketCaller) -> None:
    """A run is a request like those of REST; raises `RateLimited`."""
    config = settings.AGTERM
    limit = config.rate_limit_browser_max if caller.kind == "browser" else config.rate_limit_max
    window_s = math.ceil(config.rate_limit_window / 1000)
    throttling.enforce(throttling.count(caller.kind, str(caller.user.pk), limit=limit, window_s=window_s))


def _start(login_id: UUID, wanted: payloads.ChatMessage) -> Run:
    return services.start(accounts.live_user(login_id), wanted, answers=True)


def _cancel(login_id: UUID, run_id: UUID) -> None:
    services.cancel(services.find(accounts.live_user(login_id), str(run_id)))


def _answer(login_id: UUID, run_id: UUID, given: payloads.AnswerRun) -> None:
    user: User = accounts.live_user(login_id)
    services.answer(services.find(user, str(run_id)), given)


async def _cancel_quietly(run_id: UUID) -> None:
    """Nobody is there to hear of a failure; the run's follower tries again."""
    with contextlib.suppress(AgtermError, Run.DoesNotExist):
        await in_thread(lambda: services.cancel(Run.objects.get(pk=run_id, status__in=LIVE)))
