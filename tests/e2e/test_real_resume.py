"""The real agent CLIs in their boxes: what they run for their user, and how they go on with it after a restart."""

import json
import os
from pathlib import Path

import pytest
from fakes.provider import Provider
from support.agents import installed_home
from support.server import AgtermServer
from support.sockets import RunnerReader

# agent, what its screen shows when it waits for a prompt
CLIS = [("claude", "manual mode on"), ("codex", "Ask Codex to do anything"), ("gemini", "Type your message")]
NAMES = [cli[0] for cli in CLIS]
COLS, ROWS = 120, 40
PATIENCE_S = 60
ESCALATED = '"sandbox_permissions": "require_escalated", "justification": "May this command run?", '
ALL_THAT_IS_KNOWN = "(env; cat /proc/*/environ /proc/*/cmdline) 2>/dev/null"
every = pytest.mark.parametrize(("agent", "prompt"), CLIS, ids=NAMES)


def reply(call, _model):
    return "PONG remembers" if "ZEBRA" in json.dumps(call.body) else "PONG never heard of it"


class Modest(Provider):
    """On the word `modestly`, a tool call asks for no way around the sandbox that Codex has of its own."""

    def answer(self, call):
        answer = super().answer(call)
        if answer and "modestly" in json.dumps(call.body):
            answer.events = json.loads(json.dumps(answer.events).replace(json.dumps(ESCALATED)[1:-1], ""))
        return answer


@pytest.fixture(scope="module")
def provider():
    with Modest(reply=reply) as running:
        yield running


@pytest.fixture(scope="module")
def server(provider):
    made = AgtermServer(provider.environment)
    os.symlink(installed_home(*NAMES) / "agents", made.home / "agents")
    with made:
        yield made


@pytest.fixture
def desk(server):
    desk = Desk(server)
    yield desk
    desk.close()


class Desk:
    """One session, used by REST; `screen` is what its present program has drawn, nothing of the one before."""

    def __init__(self, server):
        self._server, self._id = server, ""
        self._reader = None

    def start(self, agent):
        self._id = self._server.start_session(agent, cols=COLS, rows=ROWS)
        self._read_from(0)

    def restart(self, **body):
        self._read_from(self.post("restart", **body)["session"]["offset"])

    def _read_from(self, offset):
        if self._reader is not None:
            self._reader.__exit__(None, None, None)
        self._reader = RunnerReader(self._server.runner_address)
        self._reader.ask("attach", id=self._id, since=offset, control=False)
        self._reader.output.start = offset

    def screen(self):
        return self._reader.output.screen(COLS, ROWS)

    def wait_for(self, words, times=1):
        self.until(f"{words} on the screen", lambda: self.screen().count(words) >= times)

    def until(self, what, condition):
        self._reader.until(what, condition, PATIENCE_S)

    def wait_for_state(self, state):
        self.until(f"the state {state}", lambda: self._reader.states[-1:] == [state])

    def say(self, words):
        """Type a prompt, see it on the screen, press Enter, not so fast that it is taken for a pasted newline."""
        self.post("input", data=words)
        self.wait_for(words[:40])  # of a long one the first line
        self._reader.rest(0.4)
        self.post("input", data="\r")

    def session(self):
        return self._server.api.get(f"/api/sessions/{self._id}").json()["data"]["session"]

    def file(self, name):
        """What a file of the workspace says; nothing while there is none."""
        path = Path(self.session()["workspaceDir"], name)
        return path.read_text() if path.exists() else ""

    def agree(self):
        """Say yes to what is asked, once the dialog is there; an agent reports it before it takes keys for it."""
        self.wait_for_state("needs_input")
        self._reader.rest(1)
        self.post("input", data="\r")

    def post(self, call, **body):
        answer = self._server.api.post(f"/api/sessions/{self._id}/{call}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def close(self):
        self._reader.__exit__(None, None, None)
        self._server.api.delete(f"/api/sessions/{self._id}")


def talk(desk, agent, prompt):
    desk.start(agent)
    desk.wait_for(prompt)
    desk.say("The word is ZEBRA")
    desk.wait_for("PONG remembers")


@every
def test_a_command_that_was_agreed_to_runs_and_finds_no_key_of_the_servers(desk, provider, agent, prompt):
    desk.start(agent)
    desk.wait_for(prompt)
    desk.say(f"please run `{ALL_THAT_IS_KNOWN} > known.txt; echo 'it ''ran' > ran.txt`")
    desk.agree()
    desk.until("the file that the command writes", lambda: desk.file("ran.txt") == "it ran\n")
    desk.wait_for_state("idle")
    known = desk.file("known.txt")
    assert "agt-" in known
    for name, key in provider.environment.items():
        assert name.endswith("URL") or key not in known
    assert {json.dumps(call["auth"]).count("agt-") for call in provider.calls} == {0}


def test_codex_has_its_own_sandbox_inside_ours(desk):
    desk.start("codex")
    desk.wait_for("Ask Codex to do anything")
    desk.say("please run `readlink /proc/self/ns/user > user.txt; env > env.txt` modestly")
    desk.until("what it wrote", lambda: desk.file("env.txt"))
    desk.wait_for_state("idle")
    ours = os.readlink(f"/proc/{desk.session()['pid']}/ns/user")
    assert desk.file("user.txt").strip() not in ("", ours, os.readlink("/proc/self/ns/user"))
    assert "CODEX_SANDBOX_NETWORK_DISABLED=1" in desk.file("env.txt")


@every
def test_after_a_restart_the_conversation_is_there_and_goes_on(desk, agent, prompt):
    talk(desk, agent, prompt)
    desk.restart()
    desk.wait_for("The word is ZEBRA")
    desk.wait_for("PONG remembers")
    desk.wait_for(prompt)
    desk.say("Which one was it")
    desk.wait_for("PONG remembers", times=2)


@every
def test_also_after_a_crash_of_the_runner_and_all_it_ran(server, desk, agent, prompt):
    talk(desk, agent, prompt)
    server.kill_runner()
    server.start_runner()
    desk.restart()
    desk.wait_for("The word is ZEBRA")
    desk.wait_for(prompt)
    desk.say("Which one was it")
    desk.wait_for("PONG remembers", times=2)


@every
def test_after_a_restart_without_it_there_is_none(desk, agent, prompt):
    talk(desk, agent, prompt)
    desk.restart(resume=False)
    desk.wait_for(prompt)
    desk.say("Which one was it")
    desk.wait_for("PONG never heard of it")


@every
def test_an_agent_that_was_never_spoken_to_starts_again(desk, agent, prompt):
    desk.start(agent)
    desk.wait_for(prompt)
    desk.restart()
    desk.wait_for(prompt)
    desk.say("Which one was it")
    desk.wait_for("PONG never heard of it")
