"""What every test of runs can ask for: an agent whose message is the shell script that it runs, and its words."""

import pytest
from support.rest import mine, no_runner, nobodys, runner, shared_runner  # noqa: F401
from support.scripts import data
from support.sockets import wait_until

from agents import registry
from agents.declaration import Agent
from agents.headless import FLAGS, Headless
from agents.headless.agterm import Translator
from runs.models import LIVE, Run


def _agent(agent_id, **headless):
    return Agent(
        id=agent_id, name=agent_id.capitalize(), icon=agent_id, color="#000000", welcome="", command="sh",
        executables=("sh",),
        headless=Headless(argv=lambda _context, ask: ["/bin/sh", "-c", ask.message], translator=Translator, **headless),
    )  # fmt: skip


@pytest.fixture
def scripted(runner, configure, monkeypatch):  # noqa: F811
    """The agent `script` runs its message in a shell; `timid` does too, and can keep readOnly alone."""
    known = dict(registry._agents())
    known["script"] = _agent("script", flags=frozenset(FLAGS), takes_answers=True)
    known["timid"] = _agent("timid", flags=frozenset({"readOnly"}))
    monkeypatch.setattr(registry, "_agents", lambda: known)
    configure(run_agent="script")


@pytest.fixture(autouse=True)
def _all_runs_end(transactional_db):
    """No follower is left at work in a database that is about to be emptied."""
    yield
    from runs import services

    for run in Run.objects.filter(status__in=LIVE):
        services.cancel(run)
    wait_until("all runs have ended", lambda: not Run.objects.filter(status__in=LIVE).exists())


@pytest.fixture
def ask(mine, scripted):  # noqa: F811
    """`ask(script, **fields)`: what `POST /api/run` answers."""

    def post(script="true", headers=None, **fields):
        return mine.post("/api/run", {"message": script} | fields, format="json", headers=headers or {})

    return post


@pytest.fixture
def run(ask):
    """`run(script, **fields)`: the data of the answer, which must be a success."""

    def done(script="true", **fields):
        return data(ask(script, **fields))

    return done


@pytest.fixture
def ended():
    """`ended(run_id)`: its row, once it has ended."""

    def wait(run_id):
        wait_until("the run has ended", lambda: Run.objects.get(pk=run_id).status not in LIVE)
        return Run.objects.get(pk=run_id)

    return wait
