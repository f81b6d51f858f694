"""A whole server of each kind before providers of the tests' own, sessions that say their key, and a relay's voice."""

import asyncio
import contextlib
import hmac
import json
import os
import secrets
import shutil
import socket
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from fakes.provider import Provider
from support.recorder import Recorder
from support.server import AgtermServer
from support.sockets import wait_until

from costs import ledger
from costs.desk import Desk
from gateway.door import Door
from sessions import keys
from sessions.models import Session

# Unlike those of the tests that run beside these in another process.
GOOGLE_KEY = f"AIza-of-the-server-0123456789-{os.getpid()}"
OPENAI_KEY = f"sk-of-the-server-0123456789-{os.getpid()}"
RELAY_KEY = b"\x07" * 32
CALL = b'{"model": "gpt-5.5", "input": "Say ping"}'
PROMPT = {"model": "claude-sonnet-4-5", "stream": True, "max_tokens": 100, "messages": []}


@pytest.fixture(scope="session")
def provider():
    with Provider() as running:
        yield running


@pytest.fixture(scope="session")
def recorder():
    with Recorder() as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_heard(request):
    if "recorder" in request.fixturenames:
        recorder = request.getfixturevalue("recorder")
        recorder.heard.clear()
        recorder.gone.clear()
        recorder.is_told.clear()
        recorder.go_on.clear()


@pytest.fixture(scope="session")
def agents_folder():
    """Programs in place of the agents, which write down what they were started with."""
    folder = Path(tempfile.mkdtemp(prefix="agterm-agents-"))
    folder.chmod(0o755)
    for name in ("codex", "claude", "gemini"):
        program = folder / name
        program.write_text("#!/bin/sh\nenv > told.part\nmv told.part told\nexec cat\n")
        program.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def nowhere():
    """An address where nobody listens, and nobody else will."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{kept.getsockname()[1]}"


@pytest.fixture(scope="session", params=["uvicorn", "daphne"])
def server(request, provider, recorder, agents_folder, nowhere):
    """Anthropic is the fake provider, OpenAI the recorder, and Google is down."""
    started = AgtermServer({
        **provider.environment,
        "OPENAI_API_KEY": OPENAI_KEY,
        "OPENAI_BASE_URL": recorder.url,
        "GEMINI_API_KEY": GOOGLE_KEY,
        "GOOGLE_GEMINI_BASE_URL": nowhere,
        "AGTERM_SERVER": request.param,
        "AGTERM_AGENT_PATH": str(agents_folder),
        "AGTERM_LOG_LEVEL": "debug",
        "AGTERM_STOP_GRACE_MS": "400",
    })  # fmt: skip
    run = started.home / "run"
    run.mkdir(mode=0o700)
    started.relay_key = secrets.token_bytes(32)
    (run / "relay.key").write_text(started.relay_key.hex())
    with started:
        started.kind = request.param
        yield started


@pytest.fixture
def relay(server):
    """A client that comes as the relay does, without its word."""
    with through_the_socket(server, timeout=60) as client:
        yield client


def through_the_socket(server, **settings):
    """A client that comes as the relay does; paths as in `/llm/openai/responses`."""
    way = httpx.HTTPTransport(uds=str(server.home / "run" / "web.sock"), limits=httpx.Limits(max_connections=None))
    return httpx.Client(transport=way, base_url="http://agterm", **settings)


class Inside:
    """A session, and its requests as the relay passes them on."""

    def __init__(self, server, agent):
        self.server, self.id = server, server.start_session(agent)
        self.key = self.told()

    def told(self):
        """The key that its program was started with last."""
        place = self.server.home / "workspaces" / self.id / "told"
        wait_until("the program to say what it was told", place.exists)
        told = dict(line.split("=", 1) for line in place.read_text().splitlines() if "=" in line)
        place.unlink()
        return next(told[name] for name in ("GW_KEY", "ANTHROPIC_AUTH_TOKEN", "GEMINI_API_KEY") if name in told)

    def headers(self, key=None, **others):
        headers = {"x-agterm-session": self.id, "x-agterm-relay": self.proof(), "connection": "close"}
        shown = self.key if key is None else key
        return headers | ({"authorization": f"Bearer {shown}"} if shown else {}) | others

    def proof(self, at=None):
        """The relay's, of this moment unless told otherwise."""
        at = int(time.time()) if at is None else at
        return f"{at}." + hmac.new(self.server.relay_key, f"{self.id}.{at}".encode(), "sha256").hexdigest()

    def ask(self, path, *, method="POST", **request):
        """A call, unless told otherwise."""
        said = {} if "json" in request else {"content": self._said(method)}
        with through_the_socket(self.server, timeout=60) as relay:
            return relay.request(method, path, **{"headers": self.headers()} | said | request)

    @contextmanager
    def stream(self, path, method="POST"):
        client = through_the_socket(self.server, timeout=30)
        said = {"headers": self.headers(), "content": self._said(method)}
        with client, client.stream(method, path, **said) as answer:
            yield answer

    @staticmethod
    def _said(method):
        return CALL if method == "POST" else b""

    def change(self, what, **body):
        answer = self.server.api.post(f"/api/sessions/{self.id}/{what}", json=body)
        assert answer.status_code == 200, answer.text


@pytest.fixture
def inside(server):
    """`inside(agent)` starts a session that is gone after the test."""
    made = []

    def make(agent="codex"):
        made.append(Inside(server, agent))
        return made[-1]

    yield make
    for session in made:
        server.api.delete(f"/api/sessions/{session.id}")


@pytest.fixture
def codex(inside):
    return inside("codex")


# --- the door in the test's own process -------------------------------------------------------------------------------


class ProviderAtHand:
    """A provider in the test's own event loop; `plays(act)` says what it does with each connection's request."""

    def __init__(self):
        self.heard = []
        self._act = None

    def plays(self, act):
        self._act = act

    async def open(self):
        self._server = await asyncio.start_server(self._on_connection, "127.0.0.1", 0, limit=2**20)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self):
        self._server.close()

    async def _on_connection(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                line, *fields = head.decode("latin-1").rstrip().split("\r\n")
                headers = dict(field.split(": ", 1) for field in fields)
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                self.heard.append(SimpleNamespace(line=line, headers=headers, body=body))
                await self._act(Way(reader, writer))
        writer.close()


class Way:
    """Back to whoever asked."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def head(self, status=200, **headers):
        lines = [
            f"HTTP/1.1 {status} X",
            "request-id: req_1",
            *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items()),
        ]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        await self.writer.drain()

    async def chunk(self, data):
        self.writer.write(b"%x\r\n%s\r\n" % (len(data), data))
        await self.writer.drain()

    async def stream(self, chunks):
        await self.head(content_type="text/event-stream", transfer_encoding="chunked")
        for chunk in chunks:
            await self.chunk(chunk)
        await self.chunk(b"")

    async def whole(self, body, status=200, **headers):
        await self.head(status, content_type="application/json", content_length=len(body), **headers)
        self.writer.write(body)


class Visitor:
    """A caller at the door, without a server in between; `is_deaf`: he takes nothing of what he is told."""

    def __init__(self, door, method, path, headers, body, is_deaf):
        target, _, query = path.partition("?")
        scope = {
            "type": "http", "method": method, "raw_path": target.encode(), "query_string": query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
            "server": ("/sock", None),
        }  # fmt: skip
        self._body, self._is_deaf = body, is_deaf
        self.status, self.headers, self.body, self.is_whole = None, {}, b"", False
        self._gone, self._came = asyncio.Event(), asyncio.Event()
        self.task = asyncio.create_task(door(scope, self._receive, self._send))

    async def _receive(self):
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if self._is_deaf:
            await asyncio.Event().wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")
            self.is_whole = not message.get("more_body", False)
        self._came.set()

    def hang_up(self):
        self._gone.set()

    async def heard(self, words):
        """Wait for them."""
        async with asyncio.timeout(20):
            while words not in self.body:
                self._came.clear()
                await self._came.wait()

    async def heard_to_the_end(self):
        async with asyncio.timeout(20):
            await self.task
        return self

    def error(self):
        return json.loads(self.body)["error"]


@pytest.fixture
async def provider_at_hand():
    provider = ProviderAtHand()
    await provider.open()
    yield provider
    await provider.close()


@pytest.fixture
def session_row(transactional_db, owner):
    """A session that runs, and is known to the ledger."""
    row = Session.objects.create(owner=owner, name="mine", agent="claude", runner="", status="running", key_serial=1)
    ledger.know(row.pk, owner.pk, row.name, row.agent, row.created_at)
    return row


@pytest.fixture
def desk():
    made = Desk()
    yield made
    made.close()


@pytest.fixture
async def door(configure, desk, provider_at_hand, tmp_path, session_row):
    """A door before the provider at hand, and nothing behind it."""
    environment = {
        "ANTHROPIC_API_KEY": "sk-ant-0123456789", "ANTHROPIC_BASE_URL": provider_at_hand.url,
        "OPENAI_API_KEY": OPENAI_KEY, "OPENAI_BASE_URL": f"{provider_at_hand.url}/v1",
        "GEMINI_API_KEY": GOOGLE_KEY, "GOOGLE_GEMINI_BASE_URL": provider_at_hand.url,
    }  # fmt: skip
    (tmp_path / "relay.key").write_text(RELAY_KEY.hex())
    configure(provider_environment=environment, runner=f"unix:{tmp_path}/runner.sock")
    made = Door(None, desk)
    yield made
    made.close()


@pytest.fixture
def visit(door, session_row):
    """`visit(path, body)` comes through the relay with the session's key."""

    def come(path="/llm/anthropic/v1/messages", body=PROMPT, *, method="POST", row=session_row, is_deaf=False, **more):
        data, at = body if isinstance(body, bytes) else json.dumps(body).encode(), int(time.time())
        proof = f"{at}." + hmac.new(RELAY_KEY, f"{row.pk}.{at}".encode(), "sha256").hexdigest()
        headers = {"x-agterm-session": str(row.pk), "x-agterm-relay": proof, "content-length": str(len(data))}
        headers |= {"authorization": f"Bearer {keys.issue(row)}"} | more
        return Visitor(door, method, path, headers, data, is_deaf)

    return come
