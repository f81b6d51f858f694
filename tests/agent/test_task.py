"""A real task in a real git repository: find a failing test, mend the code, run the tests, answer; and in trouble."""

import json
import subprocess
import sys
from decimal import Decimal

import pytest
from fakes.dialects import Used
from fakes.moods import Mood
from fakes.scripted import Step

from agterm_agent.engine import turn

CODE = "def add(a, b):\n    return a - b\n"
MENDED = "def add(a, b):\n    return a + b\n"
TEST = "from sums import add\n\nassert add(2, 2) == 4, 'two and two make four'\nprint('all is well')\n"
RUN = ("run_command", {"command": f"{sys.executable} -B test_sums.py"})
SCRIPT = [
    Step("I run the tests.", calls=[RUN]),
    Step("", calls=[("grep", {"pattern": "def add"}), ("read_file", {"path": "sums.py"})]),
    Step("", calls=[("edit_file", {"path": "sums.py", "old_text": "a - b", "new_text": "a + b"})]),
    Step("", calls=[RUN]),
    Step("`add` subtracted; it adds now, and the test passes."),
]
CALLS = ["run_command", "grep", "read_file", "edit_file", "run_command"]
PICODOLLARS = 10**12


@pytest.fixture
def repository(workspace):
    def git(*words):
        identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
        return subprocess.run(
            ["git", *identity, *words], cwd=workspace, check=True, capture_output=True
        ).stdout.decode()

    git("init", "-q")
    (workspace / "sums.py").write_text(CODE)
    (workspace / "test_sums.py").write_text(TEST)
    git("add", ".")
    git("commit", "-qm", "Sums")
    return git


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch):
    monkeypatch.setattr(turn, "FIRST_WAIT_S", 0.0)


def check_mended(repository, workspace, trail, provider):
    assert repository("diff", "--name-only").split() == ["sums.py"]
    assert (workspace / "sums.py").read_text() == MENDED
    assert trail.done["status"] == "done"
    assert trail.done["result"] == SCRIPT[-1].text
    assert trail.done["changed_files"] == ["sums.py"]
    results = trail.all("tool_result")
    assert "two and two make four" in results[0]["result"]
    assert "all is well" in results[-1]["result"]
    assert "-    return a - b" in results[-2]["diff"]
    assert Decimal(trail.done["cost_usd"]) * PICODOLLARS == provider.account.totals["cost_picousd"]


async def test_it_is_done(talk, play, dialect, repository, workspace):
    provider = play(SCRIPT)
    trail = await (await talk(provider, dialect)).hear("A test fails. Mend it.")
    assert [call["name"] for call in trail.all("tool_call")] == CALLS
    assert trail.kinds("usage", "tool_output", "assistant_delta") == [
        "user_prompt", "session_state", "assistant_message",
        *["tool_call", "tool_result"] * 5, "assistant_message", "done",
    ]  # fmt: skip
    check_mended(repository, workspace, trail, provider)


async def test_it_is_done_although_the_provider_fails_in_between(talk, play, dialect, repository, workspace):
    trouble = [
        Step(mood=Mood(refusal="limit")),
        Step("I run", mood=Mood(dies=True)),
        Step(mood=Mood(refusal="overload")),
    ]
    provider = play([SCRIPT[0], trouble[0], SCRIPT[1], trouble[1], SCRIPT[2], trouble[2], *SCRIPT[3:]])
    trail = await (await talk(provider, dialect)).hear("A test fails. Mend it.")
    assert [call["name"] for call in trail.all("tool_call")] == CALLS
    assert len(trail.all("context_notice")) == 3
    assert repository("diff", "--name-only").split() == ["sums.py"]
    assert trail.done["result"] == SCRIPT[-1].text


async def test_it_is_done_with_a_compaction_in_its_middle(talk, play, dialect, repository, workspace):
    def reply(call, number):
        if "<conversation>" in json.dumps(call.body):
            return Step("## Goals\nA test fails; mend it.", use=Used(input=400, output=10))
        step = SCRIPT[number - (number > 2)]
        words = f"{step.text}{' more' * 600 if number < 2 else ''}"
        return Step(words, calls=step.calls, use=Used(input=9000 if number == 1 else 500, output=10))

    provider = play(reply)
    trail = await (await talk(provider, dialect, window=10_000)).hear("A test fails. Mend it.")
    assert [call["name"] for call in trail.all("tool_call")] == CALLS
    assert [notice["before_tokens"] > notice["after_tokens"] for notice in trail.all("context_notice")] == [True]
    check_mended(repository, workspace, trail, provider)


async def test_it_is_done_after_an_interrupt(talk, play, dialect, repository, workspace):
    endless = Step("I wait.", calls=[("run_command", {"command": "echo begun; sleep 600"})])
    provider = play([endless, *SCRIPT])
    talker = await talk(provider, dialect)

    def stop(event):
        if event["kind"] == "tool_output":
            talker.conversation.interrupt()

    first = await talker.hear("A test fails. Mend it.", on=stop)
    assert first.done["status"] == "cancelled"
    assert repository("status", "--porcelain") == ""
    trail = await talker.hear("Go on, without waiting.")
    assert repository("diff", "--name-only").split() == ["sums.py"]
    assert trail.done["result"] == SCRIPT[-1].text
    totals = talker.conversation.totals
    assert totals.cost_usd * PICODOLLARS == provider.account.totals["cost_picousd"]
