"""What every test of recordings can ask for: a recorded session, rows without one, files as callers get them."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from support.rest import codex, mine, no_runner, nobodys, row, runner, shared_runner, start  # noqa: F401

from recordings.models import Recording


@pytest.fixture
def begin(mine):  # noqa: F811
    """`begin(session, **body)`: starts a recording; what the API says of it."""

    def post(session, **body):
        answer = mine.post(f"/api/recordings/start/{session['id']}", body, format="json")
        assert answer.status_code == 201, answer.json()
        return answer.json()["data"]["recording"]

    return post


@pytest.fixture
def end(mine):  # noqa: F811
    """`end(id)`: stops it; what the API says of it."""

    def post(some_id):
        answer = mine.post(f"/api/recordings/stop/{some_id}")
        assert answer.status_code == 200, answer.json()
        return answer.json()["data"]["recording"]

    return post


@pytest.fixture
def execute(mine):  # noqa: F811
    """`execute(session, command)`: in its shell; returns when it is done."""

    def post(session, command):
        body = {"prompt": command, "waitFor": "idle"}
        answer = mine.post(f"/api/sessions/{session['id']}/execute", body, format="json")
        assert answer.status_code == 200, answer.json()
        return answer.json()["data"]["output"]

    return post


@pytest.fixture
def fetch(client, owner):
    """`fetch(path, body=None, by=owner, **headers)`: the answer of one that may be a file, with all of its bytes."""

    def get(path, body=None, by=owner, **headers):
        caller = client(by)
        headers = {"authorization": caller._credentials["HTTP_AUTHORIZATION"]} | headers

        async def whole():
            asked = AsyncClient()
            if body is None:
                answer = await asked.get(path, headers=headers)
            else:
                answer = await asked.post(path, body, content_type="application/json", headers=headers)
            return answer, b"".join([piece async for piece in answer]) if answer.streaming else answer.content

        return async_to_sync(whole)()

    return get


@pytest.fixture
def export(fetch):
    """`export(recording, format, **fields)`: the file, which must come."""

    def post(recording, kind, **fields):
        answer, content = fetch(f"/api/recordings/{recording['id']}/export", {"format": kind} | fields)
        assert answer.status_code == 200, content
        return content.decode()

    return post


@pytest.fixture
def past(owner):
    """`past(days=1, **fields)`: the row of a recording that ended so long ago, of a session that is gone."""

    def make(days=1.0, **fields):
        at = datetime.now(UTC) - timedelta(days=days)
        usual = {"status": "stopped", "started_at": at, "ended_at": at, "runner": "unix:/nowhere", "size_bytes": 1000}
        return Recording.objects.create(
            **{"owner": owner, "session_key": uuid.uuid4(), "session_name": "gone", "agent": "shell"} | usual | fields
        )

    return make
