"""Prompts sent to the real CLIs by the runner as their declarations say: each arrives as one, and is answered."""

import re
import uuid

import pytest
from fakes.provider import DIALECTS, Provider
from support.agents import KEY
from support.server import RunnerProcess

from agents import services

NAMES = ["claude", "codex", "gemini"]
PROMPT = "Say ping.\n\tIt has\ttabs, ümlauts, 漢字 and 🙂,\n\nand \x1b[201~its end\rin another line."
CLEAN = "Say ping.\n\tIt has\ttabs, ümlauts, 漢字 and 🙂,\n\nand [201~its end\nin another line."


class Listener:
    """A provider that remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.provider = Provider(reply=self.reply)

    def reply(self, call, model):
        words = next((d.asked(call) for d in DIALECTS.values() if d.matches(call.route)), "")
        self.asked.append(words)
        return f"PONG {len(self.asked)} from {model}"


@pytest.fixture
def listener():
    heard = Listener()
    with heard.provider:
        yield heard


@pytest.fixture(scope="module")
def runner():
    with RunnerProcess() as started:
        yield started


@pytest.fixture
def begin(config, listener, agents_home, runner):
    """`begin(agent, **create)` starts the real CLI in a terminal of the runner's; its id and its launch.

    Behind the sessions' door stands the provider itself instead of the web side.
    """
    (runner.folder / "door").write_text(f"127.0.0.1:{listener.provider.port}")

    def make(agent_id, first=None):
        real = config.but(home=agents_home, provider_environment=listener.provider.environment)
        launch = services.prepare_launch(agent_id, config=real, key=KEY)
        names = ("argv", "env", "home_files", "path_prefix", "readable", "state_patterns")
        session_id = str(uuid.uuid4())
        opening = {"opening": services.opening(launch, first)} if first else {}
        told = {name: getattr(launch, name) for name in names}
        runner.call("create", id=session_id, launch=told, cols=120, rows=40, **opening)
        started.append(session_id)
        return session_id, launch

    started = []
    yield make
    for session_id in started:
        runner.call("remove", id=session_id)


def tidy(words):
    """Claude Code and Codex make spaces of tabs, each as many as they like."""
    return re.sub(r"[ \t]+", " ", words)


def execute(runner, session_id, launch, text, **how):
    asked = services.opening(launch, text) | {"wait": "idle", "timeout_ms": 60_000} | how
    return runner.call("execute", id=session_id, reply_timeout_s=100, **asked)


@pytest.mark.parametrize("agent_id", NAMES)
def test_a_prompt_of_many_lines_arrives_as_one_and_its_answer_is_the_output(runner, begin, listener, agent_id):
    session_id, launch = begin(agent_id)
    said = execute(runner, session_id, launch, PROMPT)
    screen = runner.call("text", id=session_id, history=100)
    assert said["reason"] == "idle", screen
    assert any(tidy(CLEAN) in tidy(words) for words in listener.asked), (listener.asked, screen)
    assert "PONG" in said["output"], (said, screen)
    again = execute(runner, session_id, launch, "Say ping again")
    assert "PONG" in again["output"]
    assert again["output"].count("PONG") == 1, again


@pytest.mark.parametrize("agent_id", NAMES)
def test_what_a_session_begins_with_is_asked_once_the_agent_is_ready(runner, begin, listener, agent_id):
    session_id, launch = begin(agent_id, first="Say ping\nat once")
    said = execute(runner, session_id, launch, "And then?")
    screen = runner.call("text", id=session_id, history=100)
    assert said["reason"] == "idle"
    assert "PONG" in said["output"], (said, screen)
    assert any("Say ping\nat once" in words and "And then" not in words for words in listener.asked), listener.asked
    assert any("And then?" in words for words in listener.asked), (listener.asked, screen)
    said = execute(runner, session_id, launch, "Once more", wait="text", pattern="PONG [0-9]+ from")
    assert (said["reason"], said["match"][:4]) == ("text", "PONG")
