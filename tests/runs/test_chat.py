"""The chat socket: a message starts a run, whose events come one a frame; the socket stays open for the next."""

import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator
from support.scripts import END, TRAIL, says
from support.sockets import wait_until

from accounts import services as accounts
from agterm.urls import websocket
from agterm_agent import events
from runs import consumers
from runs.models import LIVE, Run
from runs.trail import PIECES

PATIENCE_S = 30
WAITS = events.awaiting_input("t-1", "May it?", ["once", "always", "no"])


class Chat:
    """One socket to our own application, as a page has it."""

    def __init__(self, token, path="/ws/chat"):
        query = f"token={token}".encode() if token else b""
        scope = {"type": "websocket", "path": path, "query_string": query, "headers": [(b"host", b"testserver")]}
        self._app = ApplicationCommunicator(websocket, scope)

    async def __aenter__(self):
        await self._app.send_input({"type": "websocket.connect"})
        assert (await self._app.receive_output(PATIENCE_S))["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *_error):
        await self._app.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._app.wait(PATIENCE_S)

    async def say(self, **message):
        await self._app.send_input({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear(self):
        message = await self._app.receive_output(PATIENCE_S)
        return json.loads(message["text"].encode()) if "text" in message else message

    async def until(self, name):
        """All frames up to the first one of that kind or type."""
        heard = [await self.hear()]
        while name not in (heard[-1].get("kind"), heard[-1].get("type")):
            heard.append(await self.hear())
        return heard


@pytest.fixture
def token(owner, scripted):
    return accounts.issue_tokens(accounts.start(owner, kind="api")).access


def test_a_turn_and_the_next_one_in_the_same_session(token):
    async def talk():
        async with Chat(token) as chat:
            await chat.say(message=says(*TRAIL, END))
            about, *trail = await chat.until("done")
            await chat.say(message=says(END), sessionId=about["sessionId"])
            return about, trail, await chat.until("done")

    about, trail, again = asyncio.run(talk())
    assert (about["type"], set(about)) == ("run", {"type", "runId", "sessionId"})
    assert events.check(trail) == []
    assert (again[0]["sessionId"], again[-1]["status"]) == (about["sessionId"], "done")
    assert again[0]["runId"] != about["runId"]


def test_a_question_is_answered_by_the_socket(token):
    call = events.tool_call("t-1", "write_file", {}, safety="mutating")
    end = says(events.tool_result("t-1", "written", ok=True, duration_ms=1), END)

    async def talk():
        async with Chat(token) as chat:
            await chat.say(message=f"{says(call, WAITS)}; read answer; {end}", confirm=True)
            await chat.until("awaiting_input")
            await chat.say(type="answer", id="t-1", decision="sure")
            refused = await chat.hear()
            await chat.say(type="answer", id="t-1", decision="no")
            return refused, await chat.until("done")

    refused, rest = asyncio.run(talk())
    assert (refused["type"], refused["payload"]["code"]) == ("error", "INVALID_REQUEST")
    assert [event["kind"] for event in rest] == ["tool_result", "assistant_message", "done"]


def test_a_cancel_ends_the_turn_and_the_socket_goes_on(token):
    async def talk():
        async with Chat(token) as chat:
            await chat.say(message=says(*TRAIL[:3]) + "; sleep 600")
            await chat.until(PIECES[0])  # pieces are told while a run is under way, and kept no longer
            await chat.say(message="true")
            busy = await chat.hear()
            await chat.say(type="cancel")
            ended = await chat.until("done")
            await chat.say(type="ping")
            return busy, ended[-1], await chat.hear()

    busy, ended, pong = asyncio.run(talk())
    assert busy["payload"]["code"] == "CONFLICT"
    assert (ended["status"], ended["reason"]) == ("cancelled", "Cancelled")
    assert pong == {"type": "pong"}


@pytest.mark.parametrize("ends", [False, True])
def test_a_run_goes_on_without_its_socket_unless_it_was_to_end_with_it(token, ends):
    async def leave():
        async with Chat(token) as chat:
            await chat.say(message="sleep 600", cancelOnClose=ends)
            run_id = (await chat.until("run"))[0]["runId"]
        if ends:  # the server goes on meanwhile
            await asyncio.to_thread(wait_until, "its end", lambda: status(run_id) == "cancelled")
        return run_id

    def status(run_id):
        return Run.objects.get(pk=run_id).status

    assert (status(asyncio.run(leave())) in LIVE) is not ends


def test_what_makes_no_sense_is_an_error_and_the_socket_stays_open(token):
    async def talk():
        async with Chat(token) as chat:
            said = []
            for message in ({"message": ""}, {"message": "x", "readonly": True}, {"type": "shout"}, {"type": "cancel"},
                            {"message": "x", "agent": "nobody"}, {"message": "x", "async": True}):  # fmt: skip
                await chat.say(**message)
                said.append((await chat.until("error"))[-1]["payload"]["code"])
            await chat.say(type="ping")
            return said, await chat.hear()

    said, pong = asyncio.run(talk())
    assert said == ["INVALID_REQUEST", "INVALID_REQUEST", "INVALID_MESSAGE", "NOT_FOUND", "AGENT_NOT_FOUND",
                    "INVALID_REQUEST"]  # fmt: skip
    assert pong == {"type": "pong"}
    assert not Run.objects.exists()


def test_nobody_talks_without_a_token_or_too_often(token, configure):
    async def refused(token):
        async with Chat(token) as chat:
            return await chat.hear(), await chat.hear()

    error, closed = asyncio.run(refused(None))
    assert (error["payload"]["code"], closed["code"]) == ("UNAUTHORIZED", 4401)
    configure(rate_limit_max=1)

    async def talk():
        async with Chat(token) as chat:
            await chat.say(message=says(END))
            await chat.until("done")
            await chat.say(message=says(END))
            return await chat.hear()

    assert asyncio.run(talk())["payload"]["code"] == "RATE_LIMITED"


def test_a_log_in_that_ends_closes_the_socket(owner, scripted, monkeypatch):
    monkeypatch.setattr(consumers, "LOGIN_CHECK_S", 0.05)
    login = accounts.start(owner, kind="api")
    token = accounts.issue_tokens(login).access

    async def talk():
        async with Chat(token) as chat:
            await consumers.in_thread(accounts.log_out, login)
            return await chat.hear(), await chat.hear()

    error, closed = asyncio.run(talk())
    assert (error["payload"]["code"], closed["code"]) == ("UNAUTHORIZED", 4401)
