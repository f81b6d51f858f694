"""Sessions without a program: a row, what the ledger knows of it, and a runner's answers from a real folder."""

from datetime import UTC, datetime

import pytest

from costs.models import MeteredSession
from runner.workspace import home_files
from sessions.models import Session, Status


@pytest.fixture
def session(owner):
    """`session(agent)`: a running session of that agent."""

    def make(agent, **fields):
        row = Session.objects.create(owner=owner, name="one", agent=agent, runner="unix:/nowhere",
                                     status=Status.RUNNING, **fields)  # fmt: skip
        MeteredSession.objects.get_or_create(
            pk=row.pk, defaults={"owner": owner, "name": "one", "agent": agent, "created_at": datetime.now(UTC)}
        )
        return row

    return make


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The HOME of every session, read by what the runner reads it with."""

    def ask(_row, op, *, patterns, since=None, max_bytes=1 << 20):
        assert op == "home_files"
        return home_files.read(tmp_path, patterns, since or {}, max_bytes)

    monkeypatch.setattr("sessions.services.ask", ask)
    return tmp_path
