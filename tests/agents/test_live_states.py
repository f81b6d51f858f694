"""The states of real CLIs as they change, seen by an `Activity` that is told what a runner would tell it."""

import time

import pytest
from fakes.provider import Provider
from support.agents import KEY, on_screen

from agents import services
from runner import activity
from runner.screens import ghostty_ffi

PATIENCE_S = 60


class Watched:
    """A screen's terminal that tells an activity what it is fed; with `reports` also what the program says."""

    def __init__(self, screen, launch, *, reports):
        self.screen, self.terminal, self.reports = screen, screen._terminal, reports
        self.activity = activity.Activity(activity.compile_patterns(launch.state_patterns), time.monotonic())
        self.scanner = activity.ReportScanner()
        self.states = []
        screen._terminal = self

    def feed(self, data):
        now = time.monotonic()
        self.terminal.feed(data)
        self.activity.output(len(data), now)
        self.activity.title(ghostty_ffi.title(self.terminal), now)
        for body in self.scanner.feed(data) if self.reports else ():
            if body == self.scanner.QUERY:
                self.screen.type(self.scanner.ANSWER.decode())
            else:
                self.activity.report(body, now)
        self.note()

    def __getattr__(self, name):
        return getattr(self.terminal, name)

    def note(self):
        if self.states[-1:] != [self.activity.state]:
            self.states.append(self.activity.state)

    def wait_for(self, state):
        end = time.monotonic() + PATIENCE_S
        while self.activity.state != state:
            self.screen.read(0.05)
            now = time.monotonic()
            if self.activity.due_at is not None and self.activity.due_at <= now:
                self.activity.foreground(True, "cli", now, input_mode="keys")
                self.activity.screen(self.terminal.text(), now)
            self.note()
            assert now < end, f"never {state}: {self.states}\n{self.terminal.text()}"

    def until(self, what, condition):
        end = time.monotonic() + PATIENCE_S
        while not condition():
            self.screen.read(0.05)
            assert time.monotonic() < end, f"not: {what}\n{self.terminal.text()}"
        self.screen.read(0.3)

    def say(self, prompt):
        self.until("it reads keys", lambda: self.screen.reads_keys)
        self.screen.type(prompt)
        self.until("the prompt is in its box", lambda: prompt in self.terminal.text())
        self.activity.input(time.monotonic())
        self.screen.type("\r")


@pytest.fixture
def provider():
    with Provider() as running:
        yield running


@pytest.fixture
def live(config, provider, agents_home):
    return config.but(home=agents_home, provider_environment=provider.environment)


@pytest.mark.parametrize(
    ("agent_id", "reports"), [("claude", True), ("claude", False), ("codex", True), ("codex", False), ("gemini", False)]
)
def test_a_real_session_works_needs_a_person_and_rests_without_flapping(live, provider, agent_id, reports):
    launch = services.prepare_launch(agent_id, config=live, key=KEY)
    with on_screen(launch, provider.url) as screen:
        watched = Watched(screen, launch, reports=reports)
        watched.wait_for("idle")
        watched.say("please run `sleep 3; date > asked.txt`")
        watched.wait_for("needs_input")
        screen.read(1.0)  # a report comes before the dialog takes keys
        watched.screen.type("\r")
        watched.wait_for("working")
        watched.wait_for("idle")
        watched.say("please be slow")
        watched.wait_for("working")
        screen.read(3.0)
        screen.type("\x1b")
        watched.wait_for("idle")
    asked = watched.states.index("needs_input")
    assert watched.states[:asked] in (["working", "idle", "working"], ["working", "idle"])
    assert watched.states[asked:] == ["needs_input", "working", "idle", "working", "idle"]
