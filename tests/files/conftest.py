"""What every test of files can ask for: a session with a workspace, and callers at the whole ASGI application."""

import asyncio
from pathlib import Path

import httpx
import pytest
from support.rest import mine, no_runner, nobodys, row, runner, shared_runner, start  # noqa: F401


@pytest.fixture
def session(start):  # noqa: F811
    """A session of the owner's, as the API shows it."""
    return start()


@pytest.fixture
def workspace(session):
    return Path(session["workspaceDir"])


@pytest.fixture
def root(runner, configure, tmp_path_factory):  # noqa: F811
    """A folder that the operator has named for everybody."""
    folder = runner.roots / tmp_path_factory.mktemp("root").name
    folder.mkdir()
    configure(allowed_roots=(str(runner.roots),))
    return folder


@pytest.fixture
def own(session):
    """`own(path=…)`: parameters that name the session, too."""
    return lambda **fields: {"sessionId": session["id"], **fields}


@pytest.fixture
def application():
    """What stands behind the web server, less the providers' door."""
    from django.core.asgi import get_asgi_application

    from files.intake import Intake

    return Intake(get_asgi_application())


@pytest.fixture
def ask(application, mine, transactional_db):  # noqa: F811
    """`ask("GET", "/api/…", …)` as the owner asks, or as `by`; streams are real ones there."""

    def request(method, path, by=mine, headers=None, **options):
        async def sent():
            transport = httpx.ASGITransport(application)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as caller:
                return await caller.request(method, path, headers=credentials(by) | (headers or {}), **options)

        return asyncio.run(sent())

    return request


def credentials(by):
    """The headers that say who asks; none for None."""
    return {} if by is None else {"Authorization": by._credentials["HTTP_AUTHORIZATION"]}


@pytest.fixture
def by_hand(application, mine, transactional_db):  # noqa: F811
    """`by_hand(method, path, said, heard)`: the request as the ASGI server tells it, message by message."""

    def request(method, target, receive, send, by=mine, headers=None):
        path, _, query = target.partition("?")
        told = {"Host": "localhost"} | credentials(by) | (headers or {})
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in told.items()],
            "client": ("127.0.0.1", 1), "server": ("localhost", 80),
        }  # fmt: skip
        asyncio.run(application(scope, receive, send))

    return request


def data(answer, status=200):
    """The data of an answer of this status."""
    said = answer.json()
    assert (answer.status_code, said["success"]) == (status, True), said
    return said["data"]


def error(answer):
    """`(status, code, message)` of a failure."""
    said = answer.json()
    assert said["success"] is False, said
    return answer.status_code, said["error"]["code"], said["error"]["message"]


def code(answer):
    return error(answer)[:2]


@pytest.fixture
def said():
    return data


@pytest.fixture
def refused():
    return code
