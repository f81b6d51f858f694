"""Built-in agents and plug-ins come through one hook."""

from importlib.metadata import EntryPoint

import pytest

from agents import registry
from agents.declaration import Agent
from core.errors import AgentNotFound

SOURCE = """
from agents.declaration import Agent

NOT_ONE = 1

def make(id):
    return Agent(id=id, name="X", icon="x", color="#123456", welcome="Hi", command="s", executables=("s",))
STRANGER = make("stranger")
IMPOSTOR = make("claude")
"""


@pytest.fixture
def plugged_in(monkeypatch, tmp_path):
    """`plugged_in("name:ATTRIBUTE")` makes the entry points of an installed plug-in."""
    module = tmp_path / "plugin_of_a_stranger.py"
    module.write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))

    def plug(*attributes):
        points = [EntryPoint(a.lower(), f"{module.stem}:{a}", registry.GROUP) for a in attributes]
        monkeypatch.setattr(registry, "entry_points", lambda group: points)
        registry.reload()

    return plug


def test_the_built_in_agents_are_there():
    assert {"shell", "claude", "codex", "gemini", "opencode"} <= {agent.id for agent in registry.all()}


def test_an_unknown_agent_raises():
    with pytest.raises(AgentNotFound):
        registry.get("nobody")


def test_a_plug_in_adds_an_agent(plugged_in):
    plugged_in("STRANGER")
    assert registry.get("stranger").command == "s"


def test_a_plug_in_can_not_take_the_place_of_a_built_in_agent(plugged_in):
    plugged_in("IMPOSTOR")
    assert registry.get("claude").name == "Claude Code"


def test_a_broken_plug_in_is_left_out_and_the_others_stay(plugged_in, caplog):
    plugged_in("MISSING", "NOT_ONE", "STRANGER")
    assert registry.get("stranger")
    assert registry.get("claude")
    assert "MISSING" in caplog.text
    assert "NOT_ONE" in caplog.text


@pytest.mark.parametrize("fields", [{"id": "../x"}, {"id": "Claude"}, {"color": "red"}])
def test_a_malformed_declaration_is_refused(fields):
    good = {"id": "a", "name": "A", "icon": "a", "color": "#000000", "welcome": "", "command": "a", "executables": ()}
    with pytest.raises(ValueError):
        Agent(**good | fields)
