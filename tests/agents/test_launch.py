"""What a session is started with, and every reason to refuse."""

import json
import tomllib

import pytest

from agents import registry, services
from agents.declaration import DOOR, HOME, WORD, WORKSPACE, LaunchContext
from core.errors import AgentDisabled, AgentNotFound, Conflict, InvalidRequest
from providers.credentials import Credential


@pytest.fixture
def ready(config, fake_cli):
    """A configuration with every CLI and every key there."""
    for name in ("claude", "codex", "gemini", "opencode"):
        folder = fake_cli(name)
    return config.but(agent_path=(folder,))


def test_an_unknown_agent_is_not_found(ready):
    with pytest.raises(AgentNotFound, match="claude"):
        services.prepare_launch("cobol", config=ready)


def test_a_disabled_agent_is_refused(ready):
    with pytest.raises(AgentDisabled):
        services.prepare_launch("shell", config=ready.but(disabled_agents=("shell",)))


def test_a_missing_cli_is_a_conflict_that_says_how_to_mend_it(config):
    with pytest.raises(Conflict, match="Claude Code: the CLI `claude` is not on this machine") as caught:
        services.prepare_launch("claude", config=config.but(provider_environment={}))
    assert caught.value.status == 409
    assert caught.value.details == {
        "agent": "claude",
        "installHint": "Run: agterm agents install claude",
        "missingEnvVars": ["ANTHROPIC_API_KEY"],
    }


def test_a_missing_key_is_a_conflict_that_names_the_variable(ready):
    with pytest.raises(Conflict, match=r"log in with your subscription .* set GEMINI_API_KEY") as caught:
        services.prepare_launch("gemini", config=ready.but(provider_environment={}))
    assert caught.value.details["missingEnvVars"] == ["GEMINI_API_KEY"]
    assert caught.value.details["installHint"] is None


@pytest.mark.parametrize(
    ("agent_id", "fields", "said"),
    [
        ("claude", {"provider": "openai"}, "only anthropic"),
        ("shell", {"provider": "openai"}, "no provider"),
        ("shell", {"model": "gpt-6.1-sol"}, "takes no model"),
        ("claude", {"model": "gpt-6.1-sol"}, "a model of OpenAI"),
        ("claude", {"model": "--dangerous"}, "model must be"),
        ("codex", {"model": 'x"\ny'}, "model must be"),
        ("claude", {"args": ["a\0b"]}, "NUL"),
        ("claude", {"args": "--help"}, "list of strings"),
        ("claude", {"args": [1]}, "list of strings"),
        ("claude", {"args": ["x"] * 65}, "at most"),
        ("claude", {"shell": "bash"}, "Invalid shell"),
        ("shell", {"shell": "/bin/false"}, "Invalid shell"),
    ],
)
def test_what_does_not_fit_the_agent_is_refused(ready, agent_id, fields, said):
    with pytest.raises(InvalidRequest, match=said):
        services.prepare_launch(agent_id, config=ready, **fields)


def test_a_shell_is_a_login_shell_and_takes_arguments(ready):
    launch = services.prepare_launch("shell", config=ready, shell="sh", args=["-c", "echo hi"])
    assert launch.argv == ["/usr/bin/sh", "-l", "-c", "echo hi"]
    assert launch.env == {"SHELL": "/usr/bin/sh"}
    assert launch.home_files == {}


@pytest.mark.parametrize("agent_id", ["claude", "codex", "gemini", "opencode"])
def test_the_sessions_key_is_in_the_environment_and_nowhere_else(ready, agent_id):
    launch = services.prepare_launch(agent_id, config=ready, key="agt-of-this-session")
    assert "agt-of-this-session" in launch.env.values()
    assert "agt-of-this-session" not in json.dumps([launch.argv, launch.home_files, launch.readable])


@pytest.mark.parametrize("agent", registry.all(), ids=lambda agent: agent.id)
def test_no_key_and_no_address_of_the_servers_is_in_a_launch(ready, agent):
    secret = {"ANTHROPIC_BASE_URL", "OPENAI_BASE_URL", "GOOGLE_GEMINI_BASE_URL"}
    config = ready.but(
        provider_environment={**ready.provider_environment, **dict.fromkeys(secret, "http://of-the-server.invalid")}
    )
    launch = repr(services.prepare_launch(agent.id, config=config, key="agt-of-this-session"))
    for value in config.provider_environment.values():
        assert value not in launch


@pytest.mark.parametrize(("agent_id", "provider"), [("claude", "anthropic"), ("codex", "openai"), ("gemini", "google")])
def test_an_agent_is_sent_to_the_door_for_its_provider(ready, agent_id, provider):
    launch = services.prepare_launch(agent_id, config=ready, key="agt-of-this-session")
    assert f"{DOOR}/llm/{provider}" in json.dumps([launch.env, launch.home_files])
    assert services.needs_provider(registry.get(agent_id))


def test_a_shell_gets_no_key_and_needs_no_provider(ready):
    launch = services.prepare_launch("shell", config=ready, key="agt-of-this-session")
    assert "agt-of-this-session" not in repr(launch)
    assert not services.needs_provider(registry.get("shell"))


def test_a_launch_tells_what_runs(ready):
    launch = services.prepare_launch("codex", config=ready)
    assert (launch.agent_name, launch.provider, launch.model) == ("Codex", "openai", "gpt-6.1-sol")


def context(provider_id, base_url, **fields):
    return LaunchContext(executable="/opt/cli", credential=Credential(provider_id, "the-key", base_url), **fields)


def test_claude_behind_a_gateway_uses_a_bearer_token_and_keeps_repositories_from_redirecting_it():
    agent, given = registry.get("claude"), context("anthropic", "http://gw/s1", model="claude-sonnet-4-5", args=("-c",))
    assert agent.argv(given) == ["/opt/cli", "--permission-mode", "default", "--model", "claude-sonnet-4-5", "-c"]
    environment = agent.environment(given)
    assert environment["ANTHROPIC_BASE_URL"] == "http://gw/s1"
    assert environment["ANTHROPIC_AUTH_TOKEN"] == "the-key"
    assert environment["CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"] == "1"
    state = json.loads(agent.home_files(given)[".claude.json"])
    assert state == {"hasCompletedOnboarding": True, "projects": {WORKSPACE: {"hasTrustDialogAccepted": True}}}


def test_codex_gets_a_provider_of_its_own_and_no_daemon():
    given = context("openai", "http://gw/s1/v1", model="gpt-6.1-sol")
    files = registry.get("codex").home_files(given)
    config = tomllib.loads(files[".codex/config.toml"])
    assert config["model"] == "gpt-6.1-sol"
    assert config["model_providers"][config["model_provider"]] == {
        "name": "AGTerm",
        "base_url": "http://gw/s1/v1",
        "env_key": "GW_KEY",
        "wire_api": "responses",
    }
    assert config["features"]["daemon_auto_start"] is False
    assert config["projects"] == {WORKSPACE: {"trust_level": "trusted"}}
    assert registry.get("codex").environment(given) == {"GW_KEY": "the-key"}


def test_gemini_is_started_by_node_and_pins_a_model_only_when_told():
    agent = registry.get("gemini")
    given = LaunchContext(executable="/x/gemini.js", node="/y/node", model="auto")
    assert agent.argv(given) == ["/y/node", "/x/gemini.js"]
    assert agent.argv(LaunchContext(executable="/bin/gemini", model="gemini-2.5-pro", args=("-d",))) == [
        "/bin/gemini", "--model", "gemini-2.5-pro", "-d",
    ]  # fmt: skip
    settings = json.loads(agent.home_files(given)[".gemini/settings.json"])
    assert settings["security"]["auth"]["selectedType"] == "gemini-api-key"


@pytest.mark.parametrize("agent_id", ["shell", "claude", "codex", "gemini", "opencode"])
def test_only_the_documented_marks_are_left_for_the_runner(ready, agent_id):
    launch = services.prepare_launch(agent_id, config=ready)
    text = json.dumps([launch.argv, launch.env, launch.home_files])
    for mark in (WORKSPACE, HOME, WORD, DOOR):
        text = text.replace(mark, "")
    assert "@AGTERM_" not in text
    assert all(not name.startswith("/") and ".." not in name for name in launch.home_files)


def test_the_model_of_a_session_is_the_agents_default_unless_named():
    claude = registry.get("claude")
    assert services.model_config(claude, provider=None, model=None) == {
        "provider": "anthropic",
        "model": "claude-opus-5-5",
    }
    assert services.model_config(claude, provider="anthropic", model="opus")["model"] == "opus"
