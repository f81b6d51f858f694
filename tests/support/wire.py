"""Speaks to the ASGI application itself, as the web server does, without one: request by request, on one event loop."""

import asyncio
from urllib.parse import unquote, urlsplit

from schemathesis.core.transport import Response

TIMEOUT_S = 30.0
EVENTS = b"text/event-stream"


class Wire:
    """`ask(request)`: what `requests` has prepared, answered. Of a stream that may never end, what comes first."""

    def __init__(self, application):
        self._application = application
        self._runner = asyncio.Runner()

    def __enter__(self):
        return self

    def __exit__(self, *_why):
        self._runner.close()

    def ask(self, request):
        return self._runner.run(asyncio.wait_for(self._asked(request), TIMEOUT_S))

    async def _asked(self, request):
        body = request.body or b""
        exchange = _Exchange(body.encode() if isinstance(body, str) else body)
        await self._application(_scope(request), exchange.receive, exchange.send)
        return exchange.answer(request)


class _Exchange:
    def __init__(self, body):
        self._body = [body]
        self._over = asyncio.Event()
        self._start, self._pieces, self._is_cut = None, [], False

    async def receive(self):
        if self._body:
            return {"type": "http.request", "body": self._body.pop(), "more_body": False}
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            self._over.set()
        elif self._pieces[-1] and dict(self._start["headers"]).get(b"Content-Type", b"").startswith(EVENTS):
            self._is_cut = True
            self._over.set()

    def answer(self, request):
        headers = {}
        for name, value in self._start["headers"]:
            headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        return Response(
            status_code=self._start["status"], headers=headers, content=b"".join(self._pieces), request=request,
            elapsed=0.0, verify=False, stream_cut_short=self._is_cut,
        )  # fmt: skip


def _scope(request):
    parts, told = urlsplit(request.url), request.headers.items()
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method, "scheme": "http",
        "path": unquote(parts.path), "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
        "root_path": "", "client": ("127.0.0.1", 1), "server": ("localhost", 80),
        "headers": [(b"host", b"localhost"), *((_raw(name).lower(), _raw(text)) for name, text in told)],
    }  # fmt: skip


def _raw(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")
