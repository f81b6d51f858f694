"""OpenCode's recipe: one provider at a time, by the door alone, whatever a repository says."""

import json

import pytest

from agents import registry, services
from agents.declaration import DOOR, LaunchContext
from providers.credentials import Credential


@pytest.fixture
def ready(config, fake_cli):
    return config.but(agent_path=(fake_cli("opencode"),))


def told(launch):
    return json.loads(launch.env["OPENCODE_CONFIG_CONTENT"])


@pytest.mark.parametrize(
    ("provider", "model", "address"),
    [
        ("anthropic", "claude-sonnet-4-5", f"{DOOR}/llm/anthropic/v1"),
        ("openai", "gpt-5.5", f"{DOOR}/llm/openai"),
        ("google", "gemini-2.5-pro", f"{DOOR}/llm/google/v1beta"),
    ],
)
def test_each_provider_is_asked_at_the_door_and_no_other_is_offered(ready, provider, model, address):
    launch = services.prepare_launch("opencode", config=ready, key="agt-of-a-session", provider=provider)
    config = told(launch)
    assert (launch.provider, launch.model) == (provider, model)
    assert config["model"] == f"{provider}/{model}"
    assert config["enabled_providers"] == [provider] == list(config["provider"])
    assert config["provider"][provider]["options"] == {"baseURL": address, "apiKey": "{env:GW_KEY}"}
    assert launch.env["GW_KEY"] == "agt-of-a-session"


def test_a_compatible_provider_is_asked_by_chat_where_it_has_it(ready):
    config = ready.but(provider_environment={"GROQ_API_KEY": "gsk-of-the-server"})
    launch = services.prepare_launch("opencode", config=config, provider="groq", model="llama-3.3-70b-versatile")
    asked = told(launch)
    assert asked["model"] == "gw/llama-3.3-70b-versatile"
    assert asked["provider"]["gw"]["npm"] == "@ai-sdk/openai-compatible"
    assert asked["provider"]["gw"]["options"]["baseURL"] == f"{DOOR}/llm/groq/openai/v1"


def test_a_model_that_it_does_not_know_yet_is_made_known_to_it(ready):
    launch = services.prepare_launch("opencode", config=ready, model="gpt-6.1-sol")
    assert told(launch)["provider"]["openai"]["models"] == {"gpt-6.1-sol": {}}


def test_a_repository_can_not_send_its_traffic_elsewhere(ready):
    launch = services.prepare_launch("opencode", config=ready)
    assert launch.env["OPENCODE_DISABLE_PROJECT_CONFIG"] == "1"


def test_it_goes_on_with_its_last_conversation():
    given = LaunchContext(
        executable="/opt/opencode", credential=Credential("anthropic", "k", DOOR), args=("--agent", "plan")
    )
    resume = registry.get("opencode").resume(given)
    assert resume.argv == ["/opt/opencode", "--agent", "plan", "--continue"]
