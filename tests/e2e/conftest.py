"""Whole servers, as their users meet them: one of each kind for all tests, and one that a test may break."""

import shutil
import tempfile
from pathlib import Path

import pytest
from support.server import AgtermServer
from support.sockets import WebSocket

KEY = "sk-of-the-server-0123456789"


@pytest.fixture(scope="session")
def agents_folder():
    """A folder any user may enter, with a program in place of `codex`."""
    folder = Path(tempfile.mkdtemp(prefix="agterm-agents-"))
    folder.chmod(0o755)
    program = folder / "codex"
    program.write_text('#!/bin/sh\necho "codex here"\nexec cat\n')
    program.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def settings_of_servers(agents_folder):
    return {
        "AGTERM_AGENT_PATH": str(agents_folder),
        "OPENAI_API_KEY": KEY,
        "AGTERM_DISABLED_AGENTS": "gemini",
        "AGTERM_STOP_GRACE_MS": "400",
        "AGTERM_JOURNAL_BYTES": str(1 << 20),
    }


def running(settings, **more):
    return AgtermServer(settings | more)


@pytest.fixture(scope="session", params=["uvicorn", "daphne"])
def server(request, settings_of_servers):
    """Both servers the project works with; nothing in these tests may end it."""
    with running(settings_of_servers, AGTERM_SERVER=request.param) as started:
        started.kind = request.param
        started.stranger = started.make_user("stranger")
        started.token = started.command("token", "--access").stdout.strip()
        started.strangers_token = started.access_token("stranger")
        yield started


@pytest.fixture(scope="module")
def frail(settings_of_servers):
    """A server whose processes a test may kill, and starts again."""
    with running(settings_of_servers) as started:
        started.token = started.access_token()
        yield started


@pytest.fixture
def session(server):
    """A shell that says nothing but what it is told to."""
    listen = 'while read -r line; do eval "$line"; done'
    script = f"stty -echo; echo ready; exec bash --norc --noprofile -c '{listen}'"
    session_id = server.start_session("shell", args=["-c", script])
    yield session_id
    server.api.delete(f"/api/sessions/{session_id}")


@pytest.fixture
def connect(server):
    """`connect()` opens a socket as the admin; `token=`, `origin=` as somebody else."""
    opened = []

    def make(token="", **options):
        opened.append(WebSocket(server.socket_url, server.token if token == "" else token, **options))
        return opened[-1]

    yield make
    for socket in opened:
        socket.close()


@pytest.fixture
def attached(connect, session):
    """A socket attached to the session, from its first byte."""
    socket = connect()
    socket.attach(session, since=0)
    socket.see("ready")
    return socket
