"""A real workspace with a toolbox, the temporary folder elsewhere, and small servers for what tools talk to."""

import json
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agterm_agent.policy import Modes
from agterm_agent.tools.toolbox import Toolbox

MCP_SERVER = Path(__file__).parent / "mcp_server.py"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """The temporary folder is one beside it, so that everything else of the machine is outside."""
    for name in ("workspace", "tmp", "outside"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path / "workspace"


@pytest.fixture
def outside(workspace):
    return workspace.parent / "outside"


@pytest.fixture
def box(workspace):
    made = Toolbox(workspace, workspace.parent / "changes")
    made.begin_turn()
    return made


@pytest.fixture
def call(box):
    """`await call("read_file", path=…)`; modes, approve and emit as `Toolbox.call` takes them."""

    async def called(name, *, modes=Modes(), approve=None, emit=lambda text: None, **arguments):  # noqa: B008
        return await box.call("call-1", name, arguments, modes=modes, approve=approve, emit=emit)

    return called


@pytest.fixture
def mcp_program(workspace):
    """The settings of an MCP server that is a program; it works in a folder of its own, `.folder`."""
    folder = workspace.parent / "mcp"
    folder.mkdir()

    def settings(**env):
        return {"command": sys.executable, "args": ["-S", str(MCP_SERVER), str(folder)], "env": env}

    settings.folder = folder
    return settings


@pytest.fixture
def web():
    """A web server of this machine. `.pages[path]` is (status, headers, body) or a function of the request."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.pages, server.asked = {}, []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class _Handler(BaseHTTPRequestHandler):
    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body.decode()}
        self.server.asked.append(request)
        page = self.server.pages.get(self.path.partition("?")[0], (404, {}, b"nothing here"))
        status, headers, data = page(request) if callable(page) else page
        data = json.dumps(data).encode() if not isinstance(data, bytes) else data
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data)
        except ConnectionError:
            return

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _answer

    def log_message(self, *_):
        return
