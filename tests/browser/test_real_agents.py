"""The real agent CLIs, started by POST /api/sessions, used through the page; only the provider is a fake one."""

import os

import pytest
from fakes.provider import Provider
from support import browser as tools
from support.agents import installed_home
from support.browser import wait_until
from support.server import AgtermServer

from runner import client

# agent, what its screen shows when it waits for a prompt, what it answers
CLIS = [
    ("claude", "manual mode on", "PONG from claude-opus-5-5"),
    ("codex", "Ask Codex to do anything", "PONG from gpt-6.1-sol"),
    ("gemini", "Type your message", "PONG from gemini-3.8-flash"),
]
NAMES = [cli[0] for cli in CLIS]


@pytest.fixture(scope="module")
def provider():
    with Provider() as running:
        yield running


@pytest.fixture(scope="module")
def agents_server(provider):
    """A server with the three CLIs installed, whose providers are the fake one."""
    server = AgtermServer(provider.environment)
    os.symlink(installed_home(*NAMES) / "agents", server.home / "agents")
    with server:
        yield server


@pytest.fixture
def agent_desk(chromium, agents_server):
    desk = tools.Desk(chromium, agents_server.url)
    desk.page.goto(agents_server.login_link())
    yield desk
    desk.close()


def say(desk, prompt):
    """Type a prompt, see it on the screen, press Enter, not so fast that Gemini takes it for a pasted newline."""
    desk.type(prompt)
    desk.wait_for(prompt)
    desk.page.wait_for_timeout(300)
    desk.page.keyboard.press("Enter")


@pytest.mark.parametrize(("agent", "prompt", "answer"), CLIS, ids=NAMES)
def test_a_real_agent_answers_in_the_page_and_outlives_the_server(agent_desk, agents_server, agent, prompt, answer):
    session = agents_server.start_session(agent)
    agent_desk.open_session(session)
    agent_desk.wait_for(prompt)
    say(agent_desk, "Say ping")
    agent_desk.wait_for(answer)
    pid = agents_server.api.get(f"/api/sessions/{session}").json()["data"]["session"]["pid"]

    agents_server.kill_web()
    agents_server.start_web()
    agent_desk.wait_live(timeout_s=30)
    say(agent_desk, "And once more")
    wait_until("a second answer", lambda: sum(answer in line for line in agent_desk.lines()) >= 2, 20)

    assert agents_server.api.get(f"/api/sessions/{session}").json()["data"]["session"]["pid"] == pid
    wait_until("the same screen", lambda: _visible(agent_desk) == _kept(agents_server, session), 10)
    agents_server.api.delete(f"/api/sessions/{session}")


READ_SCREEN = """() => {
  const {terminal} = [...window.agterm.terminals.values()].at(-1);
  const buffer = terminal.buffer.active;
  return Array.from({length: terminal.rows}, (_, y) => buffer.getLine(buffer.baseY + y).translateToString(true));
}"""


def _visible(desk):
    """What the page's terminal shows, row by row."""
    return [row.rstrip() for row in desk.page.evaluate(READ_SCREEN)]


def _kept(server, session):
    """What the runner's own screen shows."""
    text = client.call(f"unix:{server.home}/run/runner.sock", "text", id=session)
    return [row.rstrip() for row in text.split("\n")]


def test_an_agent_that_is_not_installed_says_how_to_mend_it(server):
    refused = server.api.post("/api/sessions", json={"agent": "claude"})
    assert refused.status_code == 409
    assert "agterm agents install claude" in refused.json()["error"]["message"]
    claude = server.api.get("/api/agents/claude").json()["data"]["agent"]
    assert (claude["available"], claude["cliExists"]) == (False, False)
    assert "agterm agents install claude" in claude["installHint"]
