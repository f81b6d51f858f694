"""A session's workspace, and a folder beside it."""

import uuid

import pytest
from support.porter import Workspace


@pytest.fixture
def workspace(runner):
    return Workspace(runner, runner.program("/bin/cat", network="none"))


@pytest.fixture
def outside(runner):
    """A folder beside the workspaces that everybody may read and write: only the porter keeps callers out of it."""
    folder = runner.roots / f"outside-{uuid.uuid4()}"
    folder.mkdir()
    (folder / "secret").write_bytes(b"needle of others")
    (folder / "inner").mkdir()
    for each in (folder, folder / "secret", folder / "inner"):
        each.chmod(0o777)
    return folder
