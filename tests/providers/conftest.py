"""What the tests of providers share: callers, and a provider that only says whether it knows the key."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

KEY = "sk-of-the-owner-0123456789-tail"


@pytest.fixture(autouse=True)
def _no_keys_of_the_environment(configure):
    configure(provider_environment={})


@pytest.fixture
def mine(client, owner):
    return client(owner)


@pytest.fixture
def theirs(client, teammate):
    return client(teammate)


@pytest.fixture
def boss(client, staff):
    return client(staff)


@pytest.fixture
def put(mine):
    """`put(provider, …)` stores a key, as the owner unless told, and returns the answer."""

    def store(provider="openai", key=KEY, *, by=mine, **fields):
        return by.put("/api/providers/keys", {"provider": provider, "key": key} | fields, format="json")

    return store


@pytest.fixture
def upstream():
    """A provider's list of models; `.heard` are (path, headers), `.status` is what it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.heard.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(self.server.status)
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.heard, server.status = [], 200
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
