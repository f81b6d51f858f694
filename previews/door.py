"""The previews' door: an ASGI application in front of all others, at `/preview/<port>/…` and at hosts of its own.

At a preview's own host nothing but the previewed server is to be had, whatever the path. At our own address a page is
sent on to its own host where there is one; what is answered here is sandboxed, so that it can't act as its user.
"""

import asyncio
import html
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from asgiref.sync import ThreadSensitiveContext
from channels.db import database_sync_to_async
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from accounts import clients, cookies
from accounts import origins as pages
from accounts import services as accounts
from core import envelope
from core.errors import AgtermError, BrokenOff, Forbidden, InternalError, InvalidRequest, RateLimited, Unauthorized
from previews import exchange, origins, passing, relay, services
from previews.exchange import Receive, Scope, Send
from previews.origins import Headers, Label
from previews.passing import Way
from previews.services import Seen
from runner.porter import client as porter

log = logging.getLogger("agterm.previews")

PREFIX = b"/preview/"
TICKET, CHOICE = "agtermTicket", "agtermSession"
COOKIE, SECURE_COOKIE = "agterm_preview", "__Host-agterm_preview"  # that one no page of a neighbour host can plant
LOOK_EVERY_S = 30.0
MOST_AT_ONCE = 64  # requests and sockets of one user, so that there is room for the others'
FOREIGN = ("cross-site", "same-site")
ALONE: Headers = [  # of our own answers on the way to a preview: whoever opened the window loses hold of it
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]
UNKNOWN = "<!doctype html><meta charset=utf-8><title>Preview</title><p>{}. Open the preview from AGTerm again.</p>"


class Door:
    """Answers what is for previews, and leaves all else to the application behind it."""

    def __init__(self, behind: Any) -> None:
        self._behind = behind
        self._under_way: Counter[int] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or _is_local(scope):
            await self._behind(scope, receive, send)
            return
        label = origins.label_of(origins.value(scope["headers"], b"host"), settings.AGTERM.preview_host)
        if label is None and not bytes(scope.get("raw_path") or b"").startswith(PREFIX):
            await self._behind(scope, receive, send)
            return
        visit = Visit(scope, receive, send)
        try:
            async with ThreadSensitiveContext():  # a thread of its own, which is not kept while bytes pass
                found = await (visit.at_own_host(label) if label is not None else visit.at_ours())
            if found is not None:
                with self._room(found.seen.user_id):
                    await visit.pass_on(found)
        except BrokenOff:
            if not (visit.is_socket and visit.is_begun):
                raise
            await send({"type": "websocket.close", "code": 1008})
        except AgtermError as error:
            await visit.refuse(error, is_page=label is not None)
        except Exception:
            log.exception("a preview failed")
            if visit.is_begun:
                raise
            await visit.refuse(InternalError(), is_page=label is not None)

    @contextmanager
    def _room(self, user_id: int) -> Iterator[None]:
        if self._under_way[user_id] >= MOST_AT_ONCE:
            raise RateLimited("Too many previews are open at once", limit=MOST_AT_ONCE, retry_after_s=1)
        self._under_way[user_id] += 1
        try:
            yield
        finally:
            self._under_way[user_id] -= 1
            if not self._under_way[user_id]:
                del self._under_way[user_id]


@dataclass(frozen=True, slots=True)
class Found:
    """What a visit is for. `base`: our address of the server's `/`."""

    seen: Seen
    path: bytes
    query: bytes
    base: str
    is_own: bool


class Visit:
    """One request, or one socket."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._headers: Headers = [(bytes(name).lower(), bytes(value)) for name, value in scope["headers"]]
        self._host = origins.value(self._headers, b"host")
        self.is_socket = scope["type"] == "websocket"
        self._path: bytes = scope.get("raw_path") or scope["path"].encode()
        self._query: bytes = scope.get("query_string") or b""
        self._scheme = _scheme(scope, self._headers)
        self._origin = f"{self._scheme}://{self._host.lower()}"
        self._is_navigation = self._value(b"sec-fetch-mode") == "navigate" and scope.get("method") == "GET"
        self.is_begun = False

    async def at_ours(self) -> Found | None:
        """By log-in cookie or Bearer token, as the API. None: it has its answer."""
        if not validate_host(split_domain_port(self._host)[0], settings.ALLOWED_HOSTS):
            raise InvalidRequest("This server does not answer to that host name (AGTERM_ALLOWED_HOSTS)")
        port, rest = _port(self._path)
        login_id, is_browser = await database_sync_to_async(self._login)()
        if self._value(b"service-worker"):
            raise Forbidden("A preview has no service worker at this address")
        choice = dict(parse_qsl(self._query.decode("latin-1"))).get(CHOICE)
        seen = await database_sync_to_async(services.find)(login_id, port, choice)
        query = _without(self._query, CHOICE)
        host = origins.host_for(self._host, settings.AGTERM.preview_host, seen.session_id, port)
        if is_browser and self._is_navigation and host is not None:
            query += (b"&" if query else b"") + urlencode({TICKET: services.ticket(seen)}).encode()
            target = (rest or b"/").decode("latin-1")
            await self._redirect(f"{self._scheme}://{host}{target}?{query.decode('latin-1')}")
        elif not rest:
            await self._redirect(f"/preview/{port}/" + (f"?{query.decode('latin-1')}" if query else ""))
        else:
            return Found(seen, rest, query, f"{self._origin}/preview/{port}", is_own=False)
        return None

    async def at_own_host(self, label: Label) -> Found | None:
        """By the cookie of this very host, which a ticket is exchanged for. None: it has its answer."""
        if len(origins.values(self._headers, b"host")) != 1 or not self._path.startswith(b"/"):
            raise InvalidRequest("One host and a path of it, please")
        raw = dict(parse_qsl(self._query.decode("latin-1"))).get(TICKET)
        name = SECURE_COOKIE if self._scheme == "https" else COOKIE
        if raw is not None and not self.is_socket:
            seen = await database_sync_to_async(services.redeem)(raw)
            if not label.fits(seen.session_id, seen.port):
                raise Unauthorized("This is another preview's address")
            query = _without(self._query, TICKET)
            cookie = f"{name}={services.cookie(seen)}; Path=/; HttpOnly; {self._reach()}"
            target = (b"/" + self._path.lstrip(b"/\\")).decode("latin-1")  # two of either would name another host
            await self._redirect(
                target + (f"?{query.decode('latin-1')}" if query else ""), (b"set-cookie", cookie.encode())
            )
            return None
        self._refuse_foreign_pages()
        values = passing.cookies_named(self._headers, name)
        seen = await database_sync_to_async(services.by_cookie)(values, label.fits)
        return Found(seen, self._path, self._query, self._origin, is_own=True)

    def _reach(self) -> str:
        """Within a frame of our page, another site, browsers drop a lax cookie; one that is bound to it they keep."""
        is_safe = self._scheme == "https" or origins.split(self._host)[0].endswith(".localhost")
        if is_safe and self._value(b"sec-fetch-dest") == "iframe":
            return "SameSite=None; Secure; Partitioned"
        return "SameSite=Lax; Secure" if self._scheme == "https" else "SameSite=Lax"

    def _refuse_foreign_pages(self) -> None:
        """Other previews may be of the same site, so that the browser sends our cookie along for them."""
        site, origin = self._value(b"sec-fetch-site"), self._value(b"origin").lower()
        is_own = origin in ("", self._origin, f"https://{self._host.lower()}")  # TLS that nobody told us about
        if site == "same-origin":  # so says the browser, also of a page that hides its origin by its referrer policy
            is_own = is_own or origin == "null"
        if (site in FOREIGN and not self._is_navigation) or not is_own:
            raise Forbidden("Pages of other origins may not do this")

    def _login(self) -> tuple[Any, bool]:
        """Whose request it is, and whether the browser's cookie says so. Sync, uses the ORM."""
        scheme, _, raw = self._value(b"authorization").partition(" ")
        if scheme.lower() == "bearer":
            return accounts.find_login(raw.strip(), {"access"}).pk, False
        found = passing.cookies_named(self._headers, cookies.NAME)
        if not found:
            raise Unauthorized
        origin = self._value(b"origin") or None
        if self.is_socket and origin is None:
            raise Forbidden("A log-in cookie counts only together with an Origin header")
        is_foreign = origin is None and self._value(b"sec-fetch-site") in FOREIGN and not self._is_navigation
        if is_foreign or not pages.is_allowed(origin, self._host, self._scheme, settings.AGTERM):
            raise Forbidden(pages.REFUSAL)
        return accounts.find_login(found[-1], {"browser"}).pk, True

    async def pass_on(self, found: Found) -> None:
        """Until it is answered, or may be seen no more."""
        seen = found.seen
        connection = await porter.raw(seen.runner, "preview", port=seen.port, session=str(seen.session_id))
        client = (self._scope.get("client") or ("",))[0]
        way = Way(seen.port, self._origin, found.base, found.is_own, client)
        target = found.path + (b"?" + found.query if found.query else b"")
        work = relay.pass_on if self.is_socket else exchange.pass_on
        passing_on = asyncio.ensure_future(work(connection, self._scope, target, way, self._receive, self._tell))
        watching = asyncio.create_task(_until_barred(seen))
        try:
            await asyncio.wait((passing_on, watching), return_when=asyncio.FIRST_COMPLETED)
            if not passing_on.done():
                raise BrokenOff("the log-in has ended")
            passing_on.result()
        finally:
            for task in (passing_on, watching):
                task.cancel()
            await asyncio.gather(passing_on, watching, return_exceptions=True)

    async def _tell(self, message: Any) -> None:
        self.is_begun = True
        await self._send(message)

    async def _redirect(self, target: str, *more: tuple[bytes, bytes]) -> None:
        if self.is_socket:
            raise InvalidRequest("A socket can't be redirected")
        headers = [(b"location", target.encode("latin-1")), (b"content-length", b"0"), *ALONE, *more]
        await self._tell({"type": "http.response.start", "status": 307, "headers": headers})
        await self._tell({"type": "http.response.body", "body": b""})

    async def refuse(self, error: AgtermError, *, is_page: bool) -> None:
        if self.is_begun:
            raise error
        if self.is_socket:
            await self._send({"type": "websocket.close"})  # before it is accepted: the browser sees 403
            return
        said = envelope.render(error)
        body = bytes(said.content)
        if is_page and error.status in (401, 404):
            body = UNKNOWN.format(html.escape(error.message)).encode()
            said.headers["Content-Type"] = "text/html; charset=utf-8"
        said.headers["Content-Length"], said.headers["Cache-Control"] = str(len(body)), "no-store"
        headers = [(name.lower().encode(), value.encode()) for name, value in said.headers.items()]
        headers += [each for each in passing.SANDBOX if each[0] != b"cache-control"]
        await self._tell({"type": "http.response.start", "status": error.status, "headers": headers})
        await self._tell({"type": "http.response.body", "body": b"" if self._scope["method"] == "HEAD" else body})

    def _value(self, name: bytes) -> str:
        return origins.value(self._headers, name)


async def _until_barred(seen: Seen) -> None:
    """Until the log-in has ended, or the session is gone or somebody else's."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        try:
            async with ThreadSensitiveContext():
                await database_sync_to_async(services.again)(seen)
        except AgtermError:
            return
        except Exception:  # a database that is busy is no reason to cut anybody off
            log.exception("can't see whether a preview may go on")


def _port(path: bytes) -> tuple[int, bytes]:
    """The port, and the rest of the path as it came; b"" when not even a slash follows."""
    text, slash, rest = path.removeprefix(PREFIX).partition(b"/")
    if not text.isdigit() or len(text) > 5 or not 1 <= int(text) <= 65535:
        raise InvalidRequest("Invalid port: must be an integer between 1 and 65535")
    return int(text), slash + rest


def _without(query: bytes, name: str) -> bytes:
    return b"&".join(part for part in query.split(b"&") if part.partition(b"=")[0] != name.encode())


def _is_local(scope: Scope) -> bool:
    """Whether it came through the sessions' own entrance, a Unix socket."""
    return scope.get("server") is not None and scope["server"][1] is None


def _scheme(scope: Scope, headers: Headers) -> str:
    forwarded = origins.value(headers, b"x-forwarded-proto").partition(",")[0].strip().lower()
    if forwarded and clients.is_trusted((scope.get("client") or ("",))[0], settings.AGTERM.trusted_proxies):
        return "https" if forwarded in ("https", "wss") else "http"
    return "https" if scope.get("scheme") in ("https", "wss") else "http"
