"""The doors of runs that wait: start one and hear how it ends, or hear its events as they come; none holds a thread."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import orjson
from channels.db import database_sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from accounts import services as accounts
from accounts.models import Login
from accounts.streams import StreamView, admit
from core import envelope
from core.described import Raw, Sent, described
from core.errors import (
    AgentDisabled,
    AgentNotFound,
    BudgetExceeded,
    Conflict,
    HostUnavailable,
    InvalidRequest,
    IsolationTooWeak,
    RateLimited,
    SessionNotFound,
    StorageFull,
    Unauthorized,
)
from core.payloads import Model, parse
from runs import answers, examples, listening, payloads, serializers, services
from runs.models import LIVE, Run

EVENT_STREAM = "text/event-stream"
EVENTS = Raw(EVENT_STREAM, answers.ServerSentEvent)
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
BEAT_S = 15.0
BEATS_PER_CHECK = 2
MAX_STREAMS = 50  # a user, waiting answers among them
CANCEL_PATIENCE_S = 25.0

_open: dict[int, int] = {}  # by user; this process's own


class StartRun(StreamView):
    """`POST /api/run`: the end of it as JSON, or all that happens as it happens."""

    http_method_names = ("post",)

    @described(
        "startRun", "Gives one message to an agent and answers with what came of it",
        (answers.RunOutcome, EVENTS), also={202: answers.RunNames}, asks=payloads.PostRun,
        errors=(
            AgentDisabled, AgentNotFound, BudgetExceeded, Conflict, HostUnavailable, IsolationTooWeak, SessionNotFound,
            StorageFull,
        ),
        sends=(Sent("Idempotency-Key", "A request that is sent again with it finds the run of the first."),),
        details="With `Accept: text/event-stream` its events as they come; with `async: true` 202 at once.",
        example=examples.OUTCOME, example_asked=examples.START,
    )  # fmt: skip
    async def post(self, request: HttpRequest) -> HttpResponseBase:
        login, wanted = await _in_thread(_read, request, payloads.PostRun)
        streams = _wants_stream(request)
        key = payloads.idempotency_key(request.headers.get("Idempotency-Key"))
        is_heard = streams or wanted.is_async
        with _place(login.user_id):
            run = await _in_thread(lambda: services.start(login.user, wanted, answers=is_heard, key=key))
            if wanted.is_async and not streams:
                return _said(serializers.names(run), run, status=202)
            if streams:
                return _streamed(run, login, 0)
            return StreamingHttpResponse(
                _told_at_the_end(run, login.user_id), content_type="application/json", headers=HEADERS | _location(run)
            )


class RunEvents(StreamView):
    """`GET /api/runs/:id/events`: from the beginning, or behind `Last-Event-ID` (or `?after=`)."""

    http_method_names = ("get",)

    @described(
        "streamRun", "The events of a run as server-sent events, from the beginning or behind one", EVENTS,
        sends=(
            Sent("Last-Event-ID", "The number of the event behind which to begin."),
            Sent("after", "The same, for what can set no header.", "query"),
        ),
    )  # fmt: skip
    async def get(self, request: HttpRequest, run_id: str) -> HttpResponseBase:
        login = await _in_thread(admit, request)
        run = await _in_thread(services.find, login.user, run_id)
        after = _number(request.headers.get("Last-Event-ID") or request.GET.get("after") or "0")
        with _place(login.user_id):
            return _streamed(run, login, after)


class CancelRun(StreamView):
    """`POST /api/runs/:id/cancel`: answers when nothing of it runs any more."""

    http_method_names = ("post",)

    @described(
        "cancelRun", "Ends a run and all that it has started", answers.RunCancelled,
        errors=(HostUnavailable,), example=examples.CANCELLED,
    )  # fmt: skip
    async def post(self, request: HttpRequest, run_id: str) -> HttpResponseBase:
        login = await _in_thread(admit, request)
        run = await _in_thread(services.find, login.user, run_id)
        await _in_thread(services.cancel, run)
        run = await listening.ended(run.pk, CANCEL_PATIENCE_S)
        return _said({"run": await _in_thread(serializers.run, run)}, run)


async def _in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    return await database_sync_to_async(function, thread_sensitive=False)(*arguments)


def _read(request: HttpRequest, model: type[Model]) -> tuple[Login, Model]:
    """Who calls, and the body, checked."""
    login = admit(request)
    asked = Request(request, parsers=[envelope.StrictJSONParser()], negotiator=envelope.JSONOnly())
    return login, parse(model, asked.data)


def _wants_stream(request: HttpRequest) -> bool:
    return EVENT_STREAM in request.headers.get("Accept", "")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidRequest("Last-Event-ID must be the number of an event")
    return int(text)


def _said(data: dict[str, Any], run: Run, status: int = 200) -> HttpResponse:
    body = orjson.dumps({"success": True, "data": data})
    return HttpResponse(body, status=status, content_type="application/json", headers=_location(run))


def _location(run: Run) -> dict[str, str]:
    return {"Location": f"/api/runs/{run.pk}"}


def _streamed(run: Run, login: Login, after: int) -> StreamingHttpResponse:
    body = stream(run, login.pk, login.user_id, after)
    return StreamingHttpResponse(body, content_type=EVENT_STREAM, headers=HEADERS | _location(run))


async def _told_at_the_end(run: Run, user_id: int) -> AsyncIterator[bytes]:
    """The outcome as JSON. Blanks come before it: with the first the header goes out, for the rest the line lives.

    It is a stream because a view that waits would hold a thread: some of the middlewares are synchronous.
    """
    with _place(user_id):
        while run.status in LIVE:
            yield b" "
            run = await listening.ended(run.pk, BEAT_S)
        yield orjson.dumps({"success": True, "data": await _in_thread(serializers.outcome, run)})


async def stream(run: Run, login_id: UUID, user_id: int, after: int) -> AsyncIterator[bytes]:
    """The bytes of the answer, to the run's end or that of the log-in. The first go out at once."""
    with _place(user_id):
        yield b"retry: 2000\nevent: run\ndata: %s\n\n" % orjson.dumps(serializers.names(run))
        beats = 0
        async for event in listening.events(run.pk, after, beat_s=BEAT_S):
            if event is not None:
                yield b"id: %d\ndata: %s\n\n" % (event.number, orjson.dumps(event.body))
                continue
            beats += 1
            if beats % BEATS_PER_CHECK == 0 and not await _in_thread(_still_counts, login_id):
                return
            yield b": beat\n\n"


def _still_counts(login_id: UUID) -> bool:
    try:
        accounts.live_user(login_id, looking=True)
    except Unauthorized:
        return False
    return True


@contextmanager
def _place(user_id: int) -> Iterator[None]:
    """One of the waits that a user may have at once; raises `RateLimited`."""
    if _open.get(user_id, 0) >= MAX_STREAMS:
        raise RateLimited("Too many runs are being waited for; close one", limit=MAX_STREAMS, retry_after_s=5)
    _open[user_id] = _open.get(user_id, 0) + 1
    try:
        yield
    finally:
        _open[user_id] -= 1
        if not _open[user_id]:
            del _open[user_id]
