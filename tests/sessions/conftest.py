"""What every session test can ask for."""

import pytest
from support.rest import codex, mine, no_runner, nobodys, row, runner, shared_runner, start  # noqa: F401


@pytest.fixture(autouse=True)
def _named_roots(configure):
    """The operator has named folders to work in; which ones is the runner's to say."""
    configure(allowed_roots=("/",))
