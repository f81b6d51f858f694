"""What every terminal test can ask for."""

from support.rest import codex, mine, no_runner, nobodys, row, runner, shared_runner, start  # noqa: F401
