"""Our own agent before a scripted model: the task it is set, a workspace for it, and what it prints headless."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fakes.dialects import Call
from fakes.scripted import Scripted, Step
from support.server import AgtermServer
from support.sockets import RunnerReader

from agterm_agent.events import Event

# dialect: provider and model that the session is started with
PROVIDERS = {
    "anthropic": ("anthropic", "claude-sonnet-4-5"),
    "openai-responses": ("openai", "gpt-5.5"),
    "openai-chat": ("groq", "llama-3.3-70b-versatile"),
    "google": ("google", "gemini-3.8-flash"),
}
WRONG = "def total(prices):\n    return sum(prices) - 1\n"
RIGHT = "def total(prices):\n    return sum(prices)\n"
TEST = """import unittest

from basket import total


class TestTotal(unittest.TestCase):
    def test_the_total_is_the_sum(self):
        self.assertEqual(total([1, 2]), 3)
"""
ROOTS = {"AGTERM_ALLOWED_ROOTS": tempfile.gettempdir()}  # so that a session may work in a `Project`
RUN_TESTS = "python3 -B -m unittest -q"
TASK = "A test fails. Find out which one and why, and mend it."
ANSWER = "`total` took one away; now `test_the_total_is_the_sum` passes."
MENDING = (
    Step("I look what there is.", calls=[("list_files", {}), ("read_file", {"path": "basket.py"})]),
    Step("Which test fails?", calls=[("run_command", {"command": RUN_TESTS})]),
    Step("", calls=[("edit_file", {"path": "basket.py", "old_text": " - 1", "new_text": ""})]),
    Step("Once more.", calls=[("run_command", {"command": RUN_TESTS})]),
    Step(ANSWER),
)


class Model(Scripted):
    """A provider whose script a test may replace: `model.play(steps)`."""

    def __init__(self) -> None:
        super().__init__(lambda call, number: self._next(call))
        self._steps: list[Step] = []

    def play(self, *steps: Step) -> None:
        self.bodies.clear()
        self._steps = list(steps)

    def _next(self, call: Call) -> Step:
        return self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]

    def was_told(self, words: str, *, request: int = -1) -> bool:
        """Whether these words stand in what it was asked."""
        return words in json.dumps(self.bodies[request], ensure_ascii=False).replace("\\n", "\n").replace('\\"', '"')


class Project:
    """A real git repository with a failing test, which sessions of any user can work in."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="agterm-project-"))
        self.path.chmod(0o777)
        self.write("basket.py", WRONG)
        self.write("test_basket.py", TEST)
        for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "A basket"]):
            self.git(*command)

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.write_text(text)
        path.chmod(0o666)

    def git(self, *arguments: str) -> str:
        named = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", f"safe.directory={self.path}"]
        command = ["git", *named, *arguments]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.path)}
        return subprocess.run(
            command, cwd=self.path, env=environment, text=True, capture_output=True, check=True, timeout=60
        ).stdout

    @property
    def changed(self) -> dict[str, str]:
        """What git sees as changed or new, and what stands in it now."""
        names = [line[3:] for line in self.git("status", "--porcelain", "-uall").splitlines()]
        return {name: self.text(name) for name in names}

    def text(self, name: str) -> str:
        path = self.path / name
        return path.read_text() if path.exists() else ""

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


class Run:
    """One `agterm-agent -p` in a session's box, by way of the session's terminal. `events`: what it has printed."""

    def __init__(self, server: AgtermServer, project: Project, dialect: str, prompt: str, *flags: str, **fields: Any):
        provider, model = PROVIDERS[dialect]
        named = {"provider": provider, "model": model} | fields
        arguments = ["--output=stream-json", *flags, f"--prompt={prompt}"]
        self._server = server
        self.id = server.start_session("agterm", args=arguments, cwd=str(project.path), cols=200, **named)
        self._reader = RunnerReader(server.runner_address)
        self._reader.ask("attach", id=self.id, since=0, control=False)
        self._reader.output.start = 0

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_error: object) -> None:
        self._reader.__exit__(None, None, None)
        self._server.api.delete(f"/api/sessions/{self.id}")

    @property
    def events(self) -> list[Event]:
        lines = bytes(self._reader.output.data).decode().split("\r\n")[:-1]
        try:
            return [json.loads(line) for line in lines]
        except ValueError:
            raise AssertionError("not only events were printed:\n" + "\n".join(lines)) from None

    def see(self, kind: str) -> None:
        self._reader.until(f"the event {kind}", lambda: any(event["kind"] == kind for event in self.events))

    def ended(self) -> tuple[int | None, list[Event]]:
        """The exit code and all events, once it is over."""
        code = self._reader.event("exited")["code"]
        return code, self.events

    def signal(self, name: str) -> None:
        answer = self._server.api.post(f"/api/sessions/{self.id}/signal", json={"signal": name})
        assert answer.status_code == 200, answer.text


def kinds(trail: Iterable[Event]) -> list[str]:
    """The kinds of events, pieces of what follows whole left out."""
    pieces = ("assistant_delta", "assistant_thought_delta", "tool_output")
    return [event["kind"] for event in trail if event["kind"] not in pieces]


def results(trail: Iterable[Event]) -> dict[str, Event]:
    """By the name of the tool, its last result."""
    names: dict[str, str] = {}
    found: dict[str, Event] = {}
    for event in trail:
        if event["kind"] == "tool_call":
            names[event["id"]] = event["name"]
        elif event["kind"] == "tool_result":
            found[names[event["id"]]] = event
    return found
