"""Who is let through to which preview, at which host; in this process, with a server that answers at once."""

import asyncio
import socket
import uuid
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from asgiref.sync import sync_to_async
from support.sockets import wait_until

from accounts import services as accounts
from core.errors import HostUnavailable
from previews import door, services
from sessions import services as sessions
from sessions.models import Session

pytestmark = pytest.mark.django_db(transaction=True)
PORT = 5173
MAIN = "localhost:8000"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def behind(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 299, "headers": []})


class House:
    """A user with a session that listens on `PORT`, and the door to it. `said`: what its server answers with."""

    def __init__(self, make_user, monkeypatch):
        self.user = make_user("owner")
        self.login = accounts.start(self.user, kind="browser")
        self.session = self.row()
        self.own_host = f"p{PORT}-{str(self.session.pk)[:8]}.{MAIN}"
        self.login_cookie = f"agterm_login={accounts.issue_browser_token(self.login)}"
        self.seen = services.Seen(self.login.pk, self.user.pk, self.session.pk, "", PORT)
        self.cookie = f"agterm_preview={services.cookie(self.seen)}"
        self.door, self.said, self.dialled, self.asked = door.Door(behind), OK, [], []
        monkeypatch.setattr(sessions, "ask", self._ask)
        monkeypatch.setattr(door.porter, "raw", self._raw)

    def row(self, **fields):
        return Session.objects.create(owner=self.user, agent="shell", runner="r", status="running", **fields)

    def _ask(self, row, _op):
        self.asked.append(row.pk)
        return [{"port": PORT}] if row.pk == self.session.pk else []

    async def _raw(self, _address, _what, *, port, session):
        ours, theirs = socket.socketpair()
        theirs.sendall(self.said)
        self.dialled.append((session, port, theirs))
        return ours

    async def get(self, path="/", host=None, *, kind="http", method="GET", query=b"", scheme="http", **headers):
        """`headers`: as in `sec_fetch_site="none"`. What was sent, as status, headers (joined) and body."""
        told = [(b"host", (self.own_host if host is None else host).encode())]
        told += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": kind, "method": method, "path": path, "raw_path": path.encode(), "query_string": query,
            "headers": told, "scheme": scheme, "server": ["127.0.0.1", 8000], "client": ["127.0.0.1", 1],
        }  # fmt: skip
        sent, asked = [], [{"type": "http.request", "body": b""}]

        async def receive():
            if not asked:
                await asyncio.Event().wait()
            return asked.pop()

        async def send(message):
            sent.append(message)

        async with asyncio.timeout(20):
            await self.door(scope, receive, send)
        headers = {name.decode(): value.decode() for each in sent for name, value in each.get("headers", [])}
        body = b"".join(each.get("body", b"") for each in sent)
        return SimpleNamespace(
            status=sent[0].get("status"), headers=headers, body=body, types=[m["type"] for m in sent]
        )


@pytest.fixture
def house(make_user, monkeypatch):
    return House(make_user, monkeypatch)


async def test_at_a_hosts_own_spelling_nothing_of_ours_is_to_be_had(house):
    paths = ("/api/sessions", "/admin/", "/ws", "/static/x", "/llm/x", "/login/x", f"/preview/{PORT}/", "//x/api")
    bearer = f"Bearer {accounts.issue_tokens(house.login).access}"
    for host in ("{}", "{}.", "{}:8000", "{}.:8000"):
        own = host.format(house.own_host.partition(":")[0].upper())
        for path in paths:
            answer = await house.get(path, own, cookie=f"{house.login_cookie}; {house.cookie}")
            assert (answer.status, answer.body) == (200, b"ok")
        assert (await house.get("/api/sessions", own, cookie=house.login_cookie)).status == 401
        assert (await house.get("/", own, authorization=bearer)).status == 401


async def test_other_hosts_are_not_previews(house):
    name = house.own_host.partition(":")[0]
    others = (
        f"x@{name}",
        f"{name}..",
        f"x.{name}",
        name.replace("p5", "p05"),
        "p\uff15173-0123abcd.localhost",
        f"{name}.x",
    )
    for host in others:
        raw = host.encode().decode("latin-1")
        assert (await house.get("/", raw, cookie=house.cookie)).status == 299
    assert (await house.get("/preview/5173/", "evil.example", cookie=house.login_cookie)).status == 400
    assert (await house.get("http://evil.example/", cookie=house.cookie)).status == 400
    assert house.dialled == []


async def test_only_ports_are_ports(house):
    for port in ("0", "65536", "05173x", "0005173", "000005173", "5173%2f", "-1", "%35173", ""):
        assert (await house.get(f"/preview/{port}/", MAIN, cookie=house.login_cookie)).status == 400


async def test_a_ticket_is_of_one_host_good_once_and_leads_nowhere_else(house):
    ticket = services.ticket(house.seen)
    wrong = f"p{PORT + 1}-{str(house.session.pk)[:8]}.{MAIN}"
    for path in ("//evil.example/x", "/\\evil.example/x", "/\\/\\evil.example/x"):
        fresh = services.ticket(house.seen)
        answer = await house.get(path, query=f"a=1&agtermTicket={fresh}".encode())
        assert (answer.status, answer.headers["location"]) == (307, "/evil.example/x?a=1")
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["set-cookie"].startswith("agterm_preview=")
        assert "Domain" not in answer.headers["set-cookie"]
        assert (await house.get(path, query=f"agtermTicket={fresh}".encode())).status == 401
    assert (await house.get(host=wrong, query=f"agtermTicket={ticket}".encode())).status == 401
    assert (await house.get(cookie=f"agterm_preview={services.ticket(house.seen)}")).status == 401
    assert (await house.get(query=f"agtermTicket={house.cookie.partition('=')[2]}".encode())).status == 401


async def test_over_tls_the_cookie_is_one_that_no_neighbour_can_plant(house):
    ticket = services.ticket(house.seen)
    answer = await house.get(query=f"agtermTicket={ticket}".encode(), scheme="https")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-agterm_preview=")
    assert {"Secure", "Path=/", "HttpOnly"} <= set(cookie.split("; "))
    assert (await house.get(cookie=cookie.partition(";")[0], scheme="https")).status == 200
    assert (await house.get(cookie=house.cookie, scheme="https")).status == 401


async def test_cookies_of_a_page_do_not_hide_ours_whatever_they_are(house):
    elsewhere = services.cookie(services.Seen(house.login.pk, house.user.pk, uuid.uuid4(), "", PORT))
    for planted in ("agterm_preview=planted", f"agterm_preview={elsewhere}", 'theme={"a": "b, c"}', "\u00e9", "=x; ;"):
        assert (await house.get(cookie=f"{planted}; {house.cookie}; {planted}")).status == 200


async def test_pages_of_other_origins_reach_nothing(house):
    own = f"http://{house.own_host}"
    neighbour = {"sec_fetch_site": "same-site", "sec_fetch_mode": "no-cors"}
    refused = (
        {"origin": "null"}, {"origin": f"http://{MAIN}"}, {"origin": own + "0"}, neighbour,
        {**neighbour, "sec_fetch_mode": "navigate", "origin": "http://p1-0123abcd.localhost:8000"},
    )  # fmt: skip
    for headers in refused:
        assert (await house.get(method="POST", cookie=house.cookie, **headers)).status == 403
        assert (await house.get(kind="websocket", cookie=house.cookie, **headers)).types == ["websocket.close"]
    assert (await house.get("/preview/5173/x", MAIN, cookie=house.login_cookie, **neighbour)).status == 403
    assert (await house.get("/preview/5173/x", MAIN, kind="websocket", cookie=house.login_cookie)).status is None
    assert house.dialled == []
    allowed = ({"origin": own}, {"origin": "null", "sec_fetch_site": "same-origin"}, {"origin": own.upper()}, {})
    for headers in allowed:
        assert (await house.get(method="POST", cookie=house.cookie, **headers)).status == 200


async def test_another_user_s_log_in_and_another_session_open_nothing(house, make_user):
    def others():
        other = accounts.start(make_user("other"), kind="browser")
        seen = services.Seen(other.pk, other.user_id, house.session.pk, "", PORT)
        return f"agterm_login={accounts.issue_browser_token(other)}", services.cookie(seen), services.ticket(seen)

    login, cookie, ticket = await sync_to_async(others)()
    assert (await house.get(cookie=f"agterm_preview={cookie}")).status == 404
    assert (await house.get(query=f"agtermTicket={ticket}".encode())).status == 404
    assert (await house.get(f"/preview/{PORT}/", MAIN, cookie=login)).status == 404
    chosen = f"agtermSession={house.session.pk}".encode()
    assert (await house.get(f"/preview/{PORT}/", MAIN, cookie=login, query=chosen)).status == 404
    await sync_to_async(accounts.log_out)(house.login)
    assert (await house.get(cookie=house.cookie)).status == 401
    assert house.dialled == []


async def test_what_is_under_way_ends_with_its_log_in(house, monkeypatch):
    monkeypatch.setattr(door, "LOOK_EVERY_S", 0.01)
    house.said = b"HTTP/1.1 200 OK\r\n\r\nfirst"
    visit = asyncio.create_task(house.get(cookie=house.cookie))
    await asyncio.to_thread(wait_until, "the connection", lambda: house.dialled)
    calls = []
    again = services.again
    monkeypatch.setattr(services, "again", lambda seen: calls.append(1) or 1 / 0)
    await asyncio.to_thread(wait_until, "two looks", lambda: len(calls) > 1)  # a database that fails ends nothing
    assert not visit.done()
    monkeypatch.setattr(services, "again", again)
    await sync_to_async(accounts.log_out)(house.login)
    with pytest.raises(door.BrokenOff):
        await visit
    theirs = house.dialled[0][2]
    theirs.settimeout(20)
    while theirs.recv(65536):  # ends: the server's connection is closed, too
        pass


async def test_nobody_takes_all_the_places(house, monkeypatch):
    monkeypatch.setattr(door, "MOST_AT_ONCE", 2)
    house.said = b"HTTP/1.1 200 OK\r\n\r\nfirst"
    visits = [asyncio.create_task(house.get(cookie=house.cookie)) for _ in range(2)]
    await asyncio.to_thread(wait_until, "two connections", lambda: len(house.dialled) == 2)
    refused = await house.get(cookie=house.cookie)
    assert (refused.status, refused.headers["retry-after"]) == (429, "1")
    assert (await house.get(kind="websocket", cookie=house.cookie)).types == ["websocket.close"]
    for *_, theirs in house.dialled:
        theirs.shutdown(socket.SHUT_WR)
    await asyncio.gather(*visits)
    house.said = OK
    assert (await house.get(cookie=house.cookie)).status == 200


async def test_sessions_are_asked_in_turn_once_a_second_and_not_all(house, monkeypatch):
    await sync_to_async(lambda: [house.row() for _ in range(3)])()
    for _ in range(3):
        assert (await house.get("/preview/5173/", MAIN, cookie=house.login_cookie)).status == 200
    assert house.asked.count(house.session.pk) == 1
    assert len(house.asked) <= 4
    monkeypatch.setattr(services, "MOST_ASKED", 2)
    house.asked.clear()
    assert (await house.get("/preview/5174/", MAIN, cookie=house.login_cookie)).status == 404
    assert len(house.asked) == 2


async def test_without_a_runner_a_socket_and_a_request_are_refused_at_once(house, monkeypatch):
    async def raw(*_args, **_kwargs):
        raise HostUnavailable

    monkeypatch.setattr(door.porter, "raw", raw)
    assert (await house.get(cookie=house.cookie)).status == 503
    assert (await house.get(kind="websocket", cookie=house.cookie)).types == ["websocket.close"]


async def test_a_redirect_of_a_browser_names_no_host_but_the_previews(house):
    navigate = {"sec_fetch_mode": "navigate", "cookie": house.login_cookie}
    for path in ("/preview/5173//evil.example/x", "/preview/5173/%2f%2fevil", "/preview/5173"):
        answer = await house.get(path, MAIN, **navigate)
        assert urlsplit(answer.headers["location"]).netloc == house.own_host
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
