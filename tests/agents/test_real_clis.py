"""The real CLIs on a real PTY, answered by the fake provider."""

import pytest
from fakes.provider import Provider
from support.agents import KEY, on_screen

from agents import services

# agent, what its screen shows when it waits for a prompt, the model that answers, what its calls carry the key in
CLIS = [
    ("claude", "❯", "claude-opus-5-5", "authorization"),
    ("codex", "Ask Codex to do anything", "gpt-6.1-sol", "authorization"),
    ("gemini", "Type your message", "gemini-3.8-flash", "x-goog-api-key"),
]


@pytest.fixture
def provider():
    with Provider() as running:
        yield running


@pytest.fixture
def real(config, provider, agents_home):
    return config.but(home=agents_home, provider_environment=provider.environment)


@pytest.mark.parametrize(("agent_id", "prompt", "model", "header"), CLIS, ids=[cli[0] for cli in CLIS])
def test_the_real_cli_shows_its_prompt_and_answers(real, provider, agent_id, prompt, model, header):
    with on_screen(services.prepare_launch(agent_id, config=real, key=KEY), provider.url) as screen:
        screen.wait_for(prompt)
        screen.say("Say ping")
        screen.wait_for(f"PONG from {model}")
        assert screen.process.poll() is None
    calls = [call for call in provider.calls if call["status"] == 200]
    assert model in {call["model"] for call in calls}
    shown = {(name, value) for call in calls for name, value in call["auth"].items()}
    assert shown == {(header, KEY if header.startswith("x-") else f"Bearer {KEY}")}


def test_a_named_model_is_the_one_that_answers(real, provider):
    launch = services.prepare_launch("claude", config=real, key=KEY, model="claude-sonnet-4-5")
    with on_screen(launch, provider.url) as screen:
        screen.wait_for("❯")
        screen.say("Say ping")
        screen.wait_for("PONG from claude-sonnet-4-5")


def test_a_shell_runs_commands(real):
    with on_screen(services.prepare_launch("shell", config=real)) as screen:
        screen.type("echo $((40 + 2)) $0\r")
        screen.wait_for("42 ")
