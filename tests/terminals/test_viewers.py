"""The terminal's socket for those who may not do all: viewers, tokens that read, users and guests shared with."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.test import Client

from accounts import api_tokens, users
from accounts import services as accounts
from agterm.urls import websocket
from audit.models import AuditEvent
from sessions import shares
from sessions.models import Session
from terminals import consumers, event_views
from terminals.hub import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_S = 30
GUEST_SEES = {"id", "name", "agent", "status", "state", "cols", "rows"}


class Line:
    """One socket to our own application, as a page has it."""

    def __init__(self, app):
        self._app = app

    async def say(self, kind, **payload):
        await self._app.send_input(
            {"type": "websocket.receive", "text": json.dumps({"type": kind, "payload": payload})}
        )

    async def hear(self, *kinds):
        """The next frame of one of these types, or how the socket was closed."""
        while True:
            message = await self._app.receive_output(PATIENCE_S)
            if message["type"] == "websocket.close":
                return message
            frame = json.loads(message["text"].encode())
            if frame["type"] in kinds:
                return frame

    async def attach(self, session, mode):
        await self.say("session:attach", sessionId=session["id"], mode=mode)
        return await self.hear("session:attached", "error")


@asynccontextmanager
async def line(token=None, cookie=None, origin="http://testserver"):
    headers = [(b"host", b"testserver")] + ([(b"origin", origin.encode())] if origin else [])
    headers += [(b"cookie", f"agterm_share={cookie}".encode())] if cookie else []
    query = f"token={token}" if token else "shared=1"
    scope = {"type": "websocket", "path": "/ws", "query_string": query.encode(), "headers": headers}
    app = ApplicationCommunicator(websocket, scope)
    await app.send_input({"type": "websocket.connect"})
    assert (await app.receive_output(PATIENCE_S))["type"] == "websocket.accept"
    try:
        yield Line(app)
    finally:
        await app.send_input({"type": "websocket.disconnect", "code": 1000})
        await app.wait(PATIENCE_S)


def talk(scene):
    return asyncio.run(scene())


def token_of(user):
    return accounts.issue_tokens(accounts.start(user, kind="api")).access


def code(frame):
    return frame["payload"]["code"]


@pytest.fixture
def session(start):
    return start(name="Mine")


@pytest.fixture
def guest(session, owner):
    """`guest("view")`: a share by a link, and the cookie of whoever followed it."""

    def make(mode):
        share, secret = shares.create(Session.objects.get(pk=session["id"]), owner, mode=mode)
        browser = Client()
        browser.get(f"/s/{secret}")
        return share, browser.cookies["agterm_share"].value

    return make


@pytest.mark.parametrize("who", ["token", "viewer", "teammate", "guest"])
def test_who_may_only_look_sees_the_terminal_and_types_nothing(who, session, owner, teammate, guest):
    token, cookie = None, None
    if who == "guest":
        _share, cookie = guest("view")
    elif who == "token":
        token = api_tokens.create(owner, "CI", ["read"])[1]
    elif who == "viewer":
        users.change(users.find(owner.pk), role="viewer")
        token = token_of(owner)
    else:
        shares.create(Session.objects.get(pk=session["id"]), owner, mode="view", with_name="teammate")
        token = token_of(teammate)

    async def scene():
        async with line(token, cookie) as here:
            refused = await here.attach(session, "control")
            attached = await here.attach(session, "view")
            answers = []
            for kind, payload in (
                ("terminal:input", {"data": "x"}),
                ("terminal:resize", {"cols": 80, "rows": 24}),
                ("control:take", {"cols": 80, "rows": 24}),
                ("agent:switch", {"agent": "shell"}),
            ):
                await here.say(kind, **payload)
                answers.append(code(await here.hear("error")))
            return refused, attached, answers

    refused, attached, answers = talk(scene)
    assert (code(refused), attached["type"], attached["payload"]["mode"]) == ("FORBIDDEN", "session:attached", "view")
    assert answers == ["FORBIDDEN"] * 4
    [event] = AuditEvent.objects.filter(action="session.attach")
    assert (event.target, event.details["mode"]) == (f"session:{session['id']}", "view")
    assert event.via == {"guest": "share", "token": "token"}.get(who, "api")


def test_a_guest_sees_no_money_no_folder_and_no_names_and_nothing_else_at_all(session, start, owner, guest):
    other, (_share, cookie) = start(), guest("control")

    async def scene():
        async with line(token_of_owner) as own, line(cookie=cookie) as here:
            await own.attach(session, "control")
            elsewhere = await here.attach(other, "view")
            attached = await here.attach(session, "control")
            await here.say("agent:switch", agent="shell")
            return elsewhere, attached, await here.hear("error")

    token_of_owner = token_of(owner)
    elsewhere, attached, switched = talk(scene)
    assert (code(elsewhere), code(switched)) == ("SESSION_NOT_FOUND", "FORBIDDEN")
    assert set(attached["payload"]["session"]) == GUEST_SEES
    assert {viewer["user"] for viewer in attached["payload"]["viewers"]} == {None}
    assert not {"cost", "budget", "blockedBy"} & set(attached["payload"])


def test_a_guest_with_control_types(session, guest):
    _share, cookie = guest("control")

    async def scene():
        async with line(cookie=cookie) as here:
            await here.attach(session, "control")
            await here.say("terminal:input", data="echo ty''ped\n")
            said = ""
            while "typed" not in said:
                said += (await here.hear("terminal:output"))["payload"]["data"]
            return said

    assert "typed" in talk(scene)


def test_a_share_that_is_taken_back_closes_its_sockets_at_once(session, owner, guest):
    share, cookie = guest("view")

    async def scene():
        async with line(cookie=cookie) as here:
            await here.attach(session, "view")
            await sync_to_async(shares.take_back)(share.session, str(share.pk))
            return await here.hear("error"), await here.hear()

    error, closed = talk(scene)
    assert (code(error), closed) == ("FORBIDDEN", {"type": "websocket.close", "code": 4403})


def test_a_token_that_is_revoked_closes_its_sockets_at_once(session, owner):
    token, secret = api_tokens.create(owner, "CI", ["read"])

    async def scene():
        async with line(secret) as here:
            await here.attach(session, "view")
            await sync_to_async(api_tokens.revoke)(owner, str(token.pk))
            return await here.hear("error"), await here.hear()

    error, closed = talk(scene)
    assert (code(error), closed["code"]) == ("UNAUTHORIZED", 4401)


def test_who_becomes_a_viewer_types_no_more(session, owner):
    token = token_of(owner)

    async def scene():
        async with line(token) as here:
            await here.attach(session, "control")
            await sync_to_async(lambda: users.change(users.find(owner.pk), role="viewer"))()
            error = await here.hear("error")
            await here.say("terminal:input", data="x")
            return error, await here.hear("error"), await here.attach(session, "view")

    error, typed, attached = talk(scene)
    assert (code(error), code(typed), attached["type"]) == ("SESSION_NOT_FOUND", "NO_SESSION", "session:attached")


@pytest.mark.parametrize("origin", ["https://evil.example", None])
def test_a_shares_cookie_counts_only_for_a_page_of_ours(session, guest, origin):
    _share, cookie = guest("view")

    async def scene():
        async with line(cookie=cookie, origin=origin) as here:
            return await here.hear("error"), await here.hear()

    error, closed = talk(scene)
    assert (code(error), closed["code"]) == ("FORBIDDEN", 4403)


def test_a_shares_cookie_is_no_log_in_and_a_log_in_no_share(session, owner, guest):
    _share, cookie = guest("view")

    async def scene():
        async with line(token="x", cookie=cookie) as here, line(cookie="x") as there:
            return await here.hear("error"), await there.hear("error")

    assert [code(error) for error in talk(scene)] == ["UNAUTHORIZED", "UNAUTHORIZED"]


def test_the_events_of_a_shared_session_reach_who_it_is_shared_with(session, owner, teammate, runner, monkeypatch):
    monkeypatch.setattr(event_views, "BEAT_S", 0.1)
    login, row = accounts.start(teammate, kind="api"), Session.objects.get(pk=session["id"])
    box = Mailbox(teammate.pk, False)

    async def scene():
        said = ""
        async with asyncio.timeout(PATIENCE_S):
            body = event_views.stream(box, login.pk, runner.address)
            async for piece in body:
                said += piece.decode()
                if "available" in said and not box.shared:
                    await sync_to_async(shares.create)(row, owner, mode="view", with_name="teammate")
                if box.shared and '"changed"' not in said:
                    await sync_to_async(lambda: runner.call("publish", id=session["id"], event="changed"))()
                if '"changed"' in said:
                    break
            await body.aclose()
        return said

    said = talk(scene)
    whole = next(json.loads(line[6:]) for line in said.splitlines() if line.startswith("data: ") and "changed" in line)
    assert (whole["session"]["access"], whole["session"]["sharedBy"]) == ("view", "owner")


def test_the_rights_are_looked_at_also_when_nobody_nudges(session, guest, monkeypatch):
    """As where another process took the share back."""
    monkeypatch.setattr(consumers, "LOGIN_CHECK_S", 0.1)
    _share, cookie = guest("view")

    async def scene():
        async with line(cookie=cookie) as here:
            await here.attach(session, "view")
            await sync_to_async(shares.Share.objects.all().delete)()
            return await here.hear("error")

    assert code(talk(scene)) == "FORBIDDEN"
