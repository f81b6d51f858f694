"""The one way to call a tool: wrong calls are answered, people see what they allow, nothing is raised by accident."""

import asyncio
import json
import subprocess
import sys

import pytest

from agterm_agent.policy import Modes, Safety
from agterm_agent.tools.declaration import Decision, NeedsInput, Tool, ToolOutput
from agterm_agent.tools.text import MAX_CHARACTERS
from agterm_agent.tools.todo import rendered
from agterm_agent.tools.toolbox import CANCELLED

CONFIRM = Modes(confirm=True)


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("no_such\x1b[2J", {}, "There is no tool no_such\\x1b[2J; there are read_file"),
        ("read_file", {}, "path is missing"),
        ("read_file", {"path": 5}, "path must be string, not int"),
        ("read_file", {"path": "a", "offset": 0}, "offset must be 1 at least"),
        ("read_file", {"path": "a", "offset": True}, "offset must be integer, not bool"),
        ("read_file", {"path": "a", "more": 1}, "more is no argument; there are path, offset, limit"),
        ("read_file", ["path"], "arguments must be object, not list"),
        ("read_file", None, "arguments must be object"),
        ("update_plan", {"items": [{"text": "x", "status": "later"}]}, "items[0].status must be one of pending"),
        ("update_plan", {"items": ["x"]}, "items[0] must be object, not str"),
    ],
)
async def test_a_wrong_call_is_answered_with_what_is_wrong(box, name, arguments, words):
    output = await box.call("1", name, arguments, modes=Modes())
    assert not output.ok
    assert words in output.text


async def test_a_tool_that_breaks_is_an_answer_and_a_cut_one(box):
    async def broken(arguments, context):
        raise RuntimeError("\x1b[2J" + "x" * 100_000)

    async def chatty(arguments, context):
        return ToolOutput("y" * 100_000)

    box.add(Tool("broken", "", {"type": "object"}, broken, Safety.READ_ONLY))
    box.add(Tool("chatty", "", {"type": "object"}, chatty, Safety.READ_ONLY))
    output = await box.call("1", "broken", {}, modes=Modes())
    assert not output.ok
    assert output.text.startswith("broken failed: RuntimeError: \\x1b[2Jxxx")
    assert len(output.text) < 3_000
    chatted = await box.call("1", "chatty", {}, modes=Modes())
    assert len(chatted.text) < MAX_CHARACTERS + 100
    assert "68" in chatted.text
    with pytest.raises(ValueError, match="already"):
        box.add(box.tools["broken"])


async def test_a_person_sees_the_diff_or_the_line_without_anything_hidden(call, workspace):
    (workspace / "a.txt").write_text("one\n")
    asked = []

    async def person(approval):
        asked.append(approval)
        return Decision.NO

    await call("edit_file", path="a.txt", old_text="one", new_text="two", modes=CONFIRM, approve=person)
    await call("run_command", command="echo hi \r\x1b[2K\u202eevil", modes=CONFIRM, approve=person)
    await call("run_command", command="make x", folder="/tmp/../" + str(workspace), modes=CONFIRM, approve=person)
    assert asked[0].preview == "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+two\n"
    assert asked[0].question == "Allow edit_file (mutating)?"
    assert asked[0].covers == "edit_file"
    assert asked[1].preview == "$ echo hi \\x0d\\x1b[2K\\u202eevil"
    assert asked[2].covers == "run_command: make x"
    assert (workspace / "a.txt").read_text() == "one\n"


async def test_always_for_one_program_is_not_always_for_another(call):
    asked = []

    async def person(approval):
        asked.append(approval.arguments["command"])
        return Decision.ALWAYS

    for line in ("echo 1", "echo 2", "true", "echo 3; true", "echo 3; true", "rm x"):
        await call("run_command", command=line, modes=CONFIRM, approve=person)
    assert asked == ["echo 1", "true", "echo 3; true", "rm x"]


async def test_a_call_that_cannot_work_is_not_asked_about(call):
    output = await call("edit_file", path="nothing", old_text="a", new_text="b", modes=CONFIRM, approve=None)
    assert output.text == "nothing does not exist."
    with pytest.raises(NeedsInput):
        await call("write_file", path="new", content="b", modes=CONFIRM, approve=None)


async def test_a_question_ends_with_the_turn(box, call, workspace):
    asked = asyncio.Event()

    async def person(approval):
        asked.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(call("write_file", path="a", content="b", modes=CONFIRM, approve=person))
    await asked.wait()
    box.interrupt()
    assert (await running).text == CANCELLED
    assert not (workspace / "a").exists()


async def test_questions_come_one_at_a_time(call):
    open_now, most = 0, 0

    async def person(approval):
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0)
        open_now -= 1
        return Decision.ONCE

    calls = [call("write_file", path=f"f{n}", content="x", modes=CONFIRM, approve=person) for n in range(5)]
    assert all(output.ok for output in await asyncio.gather(*calls))
    assert most == 1


async def test_a_plan_is_kept_where_people_see_it(box, call):
    items = [{"text": "look", "status": "done"}, {"text": "mend\x1b", "status": "in_progress"}]
    output = await call("update_plan", items=items)
    assert output.text == rendered(box.plan) == "[x] look\n[>] mend\\x1b"
    assert not (await call("update_plan", items=[{"text": "x", "status": "done"}] * 51)).ok


def test_every_tool_is_declared_as_json_can_say_it(box):
    declared = json.loads(json.dumps(box.declare()))
    names = "read_file list_files write_file edit_file glob grep run_command fetch_url update_plan"
    assert sorted(tool["name"] for tool in declared) == sorted(names.split())
    for tool in declared:
        assert set(tool) == {"name", "description", "parameters", "safety", "provenance", "source"}
        assert tool["parameters"]["additionalProperties"] is False
        assert tool["description"]
    assert box.safety_of("run_command", {"command": "rm x"}) is Safety.DESTRUCTIVE
    assert box.safety_of("run_command", {}) is Safety.MUTATING
    assert box.safety_of("nothing", {}) is None


def test_a_toolbox_is_there_without_anything_heavy():
    code = "import sys, agterm_agent.tools.toolbox as t; print([m for m in ('httpx2', 'mcp', 'pydantic', 'openapi_pydantic', 'jsonref') if m in sys.modules])"  # noqa: E501
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
