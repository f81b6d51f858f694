"""One real runner process for all tests of the engine; every session a test makes is gone after it."""

import pytest
from support.server import RunnerProcess

SECRETS = {"ANTHROPIC_API_KEY": "sk-ant-of-the-server", "OWN_SECRET": "of the server's environment"}


@pytest.fixture(scope="session")
def shared_runner(tmp_path_factory):
    roots = tmp_path_factory.mktemp("roots")
    for folder in (roots, *roots.parents[:2]):
        folder.chmod(0o755)  # pytest's own are closed to the sessions' users
    seen = {"AGTERM_ALLOWED_ROOTS": str(roots), "AGTERM_SANDBOX_READABLE": str(roots)}
    with RunnerProcess({**seen, **SECRETS}) as started:
        started.roots = roots
        yield started


@pytest.fixture
def runner(shared_runner):
    yield shared_runner
    for info in shared_runner.call("list"):
        shared_runner.call("remove", id=info["id"])


@pytest.fixture
def own_runner():
    """A runner that a test may kill."""
    with RunnerProcess() as started:
        yield started
