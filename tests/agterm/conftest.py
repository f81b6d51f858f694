"""What the tests of the command share: a home of their own, and a way to type `agterm …` into it."""

from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from agents import discovery
from agterm.cli import command
from agterm.config import PREFIX
from providers import catalog


@pytest.fixture
def home(tmp_path, monkeypatch):
    """`AGTERM_HOME`, empty; no other setting, no key, and only the system's programs on PATH."""
    import os

    for name in [name for name in os.environ if name.startswith(PREFIX) or name in catalog.variables()]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("AGTERM_HOME", str(folder))
    monkeypatch.setattr(discovery, "search_path", lambda: ["/usr/bin", "/bin"])
    discovery.forget()
    yield folder
    discovery.forget()


@pytest.fixture
def agterm(home, monkeypatch):
    """`agterm("doctor", AGTERM_PORT="1")` runs the command; `.code` and `.said` (without colours) tell the outcome."""

    def run(*arguments, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(command, arguments)
        said = result.output + (str(result.exception.code) if isinstance(result.exception, SystemExit) else "")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return SimpleNamespace(code=result.exit_code, said=said)

    return run
