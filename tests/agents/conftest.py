"""What the tests of agents share: a configuration, folders with fake CLIs, and the real CLIs."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from support.agents import agents_home  # noqa: F401 - a fixture

from agents import discovery, registry

KEYS = {
    "ANTHROPIC_API_KEY": "sk-ant-secret-of-anthropic-0123456789",
    "OPENAI_API_KEY": "sk-secret-of-openai-0123456789",
    "GEMINI_API_KEY": "AIza-secret-of-google-0123456789",
}


@dataclass(frozen=True)
class Settings:
    """The part of the server's configuration that agents read."""

    home: Path
    agent_path: tuple[str, ...] = ()
    disabled_agents: tuple[str, ...] = ()
    run_policy: tuple[str, ...] = ()
    provider_environment: dict[str, str] = field(default_factory=lambda: dict(KEYS))

    def but(self, **fields):
        discovery.forget()
        return replace(self, **fields)


@pytest.fixture(autouse=True)
def _fresh_look(monkeypatch, tmp_path):
    """Nothing is remembered between tests, and PATH holds only the system's own programs."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr(discovery, "search_path", lambda: ["/usr/bin", "/bin"])
    discovery.forget()
    registry.reload()
    yield
    discovery.forget()
    registry.reload()


@pytest.fixture
def config(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture
def fake_cli(tmp_path):
    """`fake_cli("claude")` makes a program of that name and returns its folder."""
    folder = tmp_path / "clis"
    folder.mkdir()

    def make(name):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho {name} 1.2.3\n")
        program.chmod(0o755)
        discovery.forget()
        return str(folder)

    return make
