"""The providers' door, `/llm/<provider>/…`: an ASGI application in front of Django, made for streams.

Sessions reach it through their relay alone (`runner.egress`), which comes by a Unix socket. Nothing of Django's stands
in the way: no middleware, no throttle. What costs money passes as a `Call`, what is free passes as it is, and what this
server can't meter does not pass.
"""

import asyncio
import uuid
from collections import Counter

from django.conf import settings

from costs.desk import Desk
from gateway import headers as passing
from gateway import telemetry, upstream
from gateway.bodies import LARGE_BYTES, Body, Contents, Room
from gateway.call import Call, Question, pass_through
from gateway.callers import Standing, key_of, vouched_for
from gateway.entrance import PREFIX, Application, Receive, Scope, Send, is_local
from gateway.exchange import Exchange, HungUp
from gateway.refusals import Refusal
from gateway.upstream import Upstream
from providers import credentials
from providers.credentials import Credential
from providers.dialects import Dialect, route

MOST_AT_ONCE = 64  # calls of one session, also those that nobody hears any more
LOOK_EVERY_S = 1.0


class Door:
    """Answers what is for providers, and leaves all else to the application behind it."""

    def __init__(self, behind: Application, desk: Desk | None = None) -> None:
        self._behind = behind
        self._desk = desk or Desk()
        self._upstream = Upstream()
        self._standing = Standing()
        self._room, self._contents = Room(), Contents()
        self._at_once: Counter[uuid.UUID] = Counter()
        self._calls: dict[asyncio.Task[None], Call] = {}
        self._looking: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = bytes(scope.get("raw_path") or b"")
        if scope["type"] != "http" or not path.startswith(PREFIX):
            await self._behind(scope, receive, send)
            return
        provider_id, _, rest = path.removeprefix(PREFIX).partition(b"/")
        exchange = Exchange(scope, receive, send, provider_id.decode("latin-1"), rest)
        try:
            if not is_local(scope):
                raise Refusal(403, "this door is for sessions only")
            await self._serve(exchange)
        except Refusal as refusal:
            await exchange.refuse(refusal)
        except HungUp:
            pass

    def close(self) -> None:
        """End what is under way: lost, and written down as far as it was heard. The event loop's end does the same."""
        for task in [*self._calls, *([self._looking] if self._looking else [])]:
            task.cancel()
        self._upstream.close()

    async def _serve(self, exchange: Exchange) -> None:
        session_id = vouched_for(exchange.headers, settings.AGTERM.runner_address)
        if exchange.provider_id == telemetry.NAME:
            await self._take_report(exchange, session_id)
            return
        holder, serial = key_of(exchange.headers, exchange.query)
        if holder != session_id:
            raise Refusal(403, "the key is another session's")
        owner_id = await self._standing.check(session_id, serial)
        credential = await _credential(exchange.provider_id, owner_id)
        await self._ask_provider(exchange, credential, session_id, serial)

    async def _take_report(self, exchange: Exchange, session_id: uuid.UUID) -> None:
        body = Body(self._room, session_id)
        self._come_in(session_id)
        try:
            await telemetry.take(exchange, session_id, body)
        finally:
            body.drop()
            self._go(session_id)

    # --- providers ---------------------------------------------------------------------------------------------------

    async def _ask_provider(
        self, exchange: Exchange, credential: Credential, session_id: uuid.UUID, serial: int
    ) -> None:
        path, query = exchange.path.decode("latin-1"), passing.query_without_key(exchange.query)
        found = route(exchange.provider_id, exchange.method, path, query.decode("latin-1"))
        if found is None:
            raise Refusal(404, "this server can't meter this, so it is not served")
        headers = passing.to_provider(exchange.headers, credential, is_metered=found.dialect is not None)
        request = upstream.request(exchange.method, credential, exchange.path, query, headers)
        body = Body(self._room, session_id)
        self._come_in(session_id)
        task = None
        try:
            await exchange.read_body(body)
            if found.dialect is None:
                await self._pass_through(exchange, request, body)
                return
            exchange.shape = found.dialect.name
            question = await self._question(exchange, found.dialect, request, body)
            task = self._begun(Call((session_id, serial), exchange, question, body, self._desk, self._upstream))
        finally:
            if task is None:
                body.drop()
                self._go(session_id)
        await exchange.until(task)

    async def _question(self, exchange: Exchange, dialect: Dialect, request: upstream.Request, body: Body) -> Question:
        """What the request asks for, as far as its cost depends on it. Raises `Refusal` for what can't be metered."""
        content = await self._contents.read(body.whole, exchange.header(b"content-encoding"))
        size = len(content.text)
        says_all = size > LARGE_BYTES or not dialect.points_elsewhere(content.text)  # a large one fills any window
        asked = dialect.asked(exchange.path.decode("ascii"), content.said)
        if asked.refusal is not None or not asked.model:
            raise Refusal(400, asked.refusal or "the request names no model")
        if (rewritten := dialect.rewritten(content.text, asked)) is not content.text:
            request = request.without("content-encoding")
            await body.become(rewritten)
        return Question(
            provider_id=exchange.provider_id,
            dialect=dialect,
            asked=asked,
            request=request,
            input_bytes=size,
            says_all=says_all,
        )

    def _begun(self, call: Call) -> asyncio.Task[None]:
        """The call's own task, which goes on when the caller's ends."""
        task = asyncio.create_task(call.run())
        self._calls[task] = call
        task.add_done_callback(self._ended)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_after_keys())
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._go(self._calls.pop(task).holder[0])
        if not task.cancelled():
            task.exception()  # it was told to the caller, if he was still there, and to the log

    async def _look_after_keys(self) -> None:
        """Cut off the callers whose key counts no more; what they asked for is metered to its end all the same."""
        while self._calls:
            await asyncio.sleep(LOOK_EVERY_S)
            holders = list({call.holder for call in self._calls.values()})
            found = await asyncio.gather(*(self._standing.check(*each) for each in holders), return_exceptions=True)
            refused = {holder: said for holder, said in zip(holders, found, strict=True) if isinstance(said, Refusal)}
            for call in self._calls.values():
                refusal = refused.get(call.holder)
                if refusal is not None and refusal.status in (401, 403):  # else the database did not say
                    call.exchange.cut(refusal)

    async def _pass_through(self, exchange: Exchange, request: upstream.Request, body: Body) -> None:
        """What is free, as it is; a caller who hangs up ends the provider's work as well."""
        answering = asyncio.create_task(pass_through(exchange, request, body, self._upstream))
        try:
            await exchange.until(answering)
        finally:
            answering.cancel()
            await asyncio.wait((answering,))

    # --- at most so many at once -------------------------------------------------------------------------------------

    def _come_in(self, session_id: uuid.UUID) -> None:
        if self._at_once[session_id] >= MOST_AT_ONCE:
            raise Refusal(429, f"this session waits for {MOST_AT_ONCE} answers already", retry_after_s=2)
        self._at_once[session_id] += 1

    def _go(self, session_id: uuid.UUID) -> None:
        self._at_once[session_id] -= 1
        if not self._at_once[session_id]:
            del self._at_once[session_id]


async def _credential(provider_id: str, owner_id: int) -> Credential:
    found = await credentials.afind(provider_id, user_id=owner_id)
    if found is None:
        raise Refusal(404, f"this server has no provider {provider_id[:64]!r}")
    return found
