"""REST callers in front of a real runner; every session a test makes is gone after it."""

import uuid

import pytest
from support.server import RunnerProcess

from agents import discovery
from sessions.models import Session

KEY = "sk-of-the-server-0123456789"


@pytest.fixture(scope="session")
def shared_runner(tmp_path_factory):
    roots = tmp_path_factory.mktemp("roots")
    for folder in (roots, *roots.parents[:2]):
        folder.chmod(0o755)  # pytest's own are closed to the sessions' users
    with RunnerProcess({"AGTERM_ALLOWED_ROOTS": str(roots)}) as started:
        started.roots = roots
        yield started


@pytest.fixture
def runner(shared_runner, configure, db):
    """The runner that the settings name."""
    configure(runner=shared_runner.address)
    yield shared_runner
    for info in shared_runner.call("list"):
        shared_runner.call("remove", id=info["id"])


@pytest.fixture
def no_runner(configure, tmp_path):
    """`no_runner()`: from now on nobody answers where the runner should be, also for sessions that are there."""

    def go_away():
        nowhere = f"unix:{tmp_path / 'nowhere.sock'}"
        configure(runner=nowhere)
        Session.objects.update(runner=nowhere)

    return go_away


@pytest.fixture
def codex(runner, configure):
    """A program in place of the agent `codex`, with its key: it says what it was started with and echoes its input."""
    folder = runner.roots / "bin"
    folder.mkdir(exist_ok=True)
    program = folder / "codex"
    program.write_text('#!/bin/sh\necho "codex here: $*"\nexec cat\n')
    program.chmod(0o755)
    configure(agent_path=(str(folder),), provider_environment={"OPENAI_API_KEY": KEY})
    discovery.forget()
    yield program
    program.unlink(missing_ok=True)
    discovery.forget()


@pytest.fixture
def mine(client, owner):
    """The owner's client."""
    return client(owner)


@pytest.fixture
def start(mine, runner):
    """`start(**fields)` makes a session of the owner's and returns it as the API shows it."""

    def make(**fields):
        answer = mine.post("/api/sessions", {"agent": "shell"} | fields, format="json")
        assert answer.status_code == 201, answer.json()
        return answer.json()["data"]["session"]

    return make


@pytest.fixture
def row():
    """`row(session)`: what the database says."""
    return lambda session: Session.objects.get(pk=session["id"])


@pytest.fixture
def nobodys():
    """The id of a session that never was."""
    return str(uuid.uuid4())
