"""Tools of MCP servers: programs and addresses, how safe they say they are, and what comes of one that misbehaves."""

import asyncio
import importlib.util
import json

import pytest
from support.sockets import is_alive, wait_until

from agterm_agent.policy import Modes
from agterm_agent.tools import mcp
from agterm_agent.tools.text import MAX_CHARACTERS
from agterm_agent.tools.toolbox import Toolbox


@pytest.fixture
def opened(workspace):
    return lambda **servers: Toolbox(workspace, workspace.parent / "changes", mcp_servers=servers)


async def used(box, name, **arguments):
    return await box.call("1", f"mcp__small__{name}", arguments, modes=Modes())


def is_running(workspace):
    return is_alive(int((workspace.parent / "mcp.pid").read_text()))


async def test_a_servers_tools_are_there_and_work(opened, mcp_program, workspace):
    async with opened(small=mcp_program()) as box:
        assert box.notices == []
        assert (await used(box, "note", text="hello")).text == "noted"
        assert (mcp_program.folder / "note.txt").read_text() == "hello"
        assert (await used(box, "look")).text == "There are ['note.txt']"
        failed = await used(box, "fail")
        assert (failed.ok, failed.text) == (False, "it went wrong")
        assert "text is missing" in (await used(box, "note")).text
        assert is_running(workspace)
    wait_until("the server has ended", lambda: not is_running(workspace), 10)


async def test_a_servers_hints_say_how_safe_its_tools_are(opened, mcp_program):
    async with opened(small=mcp_program()) as box:
        said = {
            tool["name"]: (tool["safety"], tool["provenance"])
            for tool in box.declare()
            if tool["source"] == "mcp:small"
        }
    assert said == {
        "mcp__small__look": ("read_only", "declared"),
        "mcp__small__note": ("mutating", "declared"),
        "mcp__small__drop": ("destructive", "declared"),
        "mcp__small__wipe": ("destructive", "declared"),
        "mcp__small__shrug": ("mutating", "inferred"),
        "mcp__small__titled": ("mutating", "inferred"),
        "mcp__small__hang": ("read_only", "declared"),
        "mcp__small__die": ("read_only", "declared"),
        "mcp__small__flood": ("read_only", "declared"),
        "mcp__small__fail": ("read_only", "declared"),
        "mcp__small__odd_name_of_a_tool": ("read_only", "declared"),
    }


async def test_a_flood_of_a_result_is_cut_and_cleaned(opened, mcp_program):
    async with opened(small=mcp_program()) as box:
        output = await used(box, "flood")
    assert len(output.text) < MAX_CHARACTERS + 100
    assert output.text.startswith("\\x1b[2Jxxx")
    assert output.text.endswith("[image image/png, 4 characters]")


async def test_a_server_that_dies_is_an_answer_and_not_the_end(opened, mcp_program, workspace):
    async with opened(small=mcp_program()) as box:
        output = await used(box, "die")
        assert not output.ok
        assert "The MCP server small" in output.text
        assert "I cannot go on" in output.text
        assert not (await used(box, "look")).ok
        assert (await box.call("1", "list_files", {}, modes=Modes())).ok


async def test_a_server_that_hangs_is_an_answer(opened, mcp_program, workspace, monkeypatch):
    monkeypatch.setattr(mcp, "CALL_LIMIT_S", 0.5)
    async with opened(small=mcp_program()) as box:
        output = await used(box, "hang")
        assert not output.ok
        assert "The MCP server small" in output.text
    wait_until("the server has ended", lambda: not is_running(workspace), 10)


async def test_an_interrupt_ends_the_wait_for_a_server(opened, mcp_program):
    async with opened(small=mcp_program()) as box:
        running = asyncio.create_task(used(box, "hang"))
        await asyncio.to_thread(wait_until, "it hangs", (mcp_program.folder / "hanging").exists, 10)
        box.interrupt()
        assert (await running).text == "Cancelled by the user."


async def test_a_server_that_says_nothing_is_a_notice(opened, monkeypatch):
    monkeypatch.setattr(mcp, "START_LIMIT_S", 0.5)
    async with opened(silent={"command": "sleep", "args": ["999"]}) as box:
        assert box.notices == ["MCP server silent: it did not start within 0.5 seconds."]


async def test_servers_that_do_not_start_are_notices(opened, mcp_program):
    servers = {
        "missing": {"command": "no-such-program-anywhere"},
        "broken": {"command": "sh", "args": ["-c", "echo 'no licence' >&2; exit 1"]},
        "odd": {"address": "x"},
        "worse": ["x"],
        "closed": {"url": "http://127.0.0.1:9/mcp"},
        "old": {"type": "sse", "url": "http://127.0.0.1:9/sse"},
        "small": mcp_program(),
    }
    async with opened(**servers) as box:
        notices = {notice.split(":")[0]: notice for notice in box.notices}
        assert set(notices) == {f"MCP server {name}" for name in servers if name != "small"}
        assert "no licence" in notices["MCP server broken"]
        assert "need a command, or a url of type http" in notices["MCP server old"]
        assert (await used(box, "look")).ok


async def test_a_server_gets_its_settings_and_not_the_agents_key(opened, mcp_program, workspace, monkeypatch):
    monkeypatch.setenv("AGTERM_AGENT_API_KEY", "sk-very-secret")
    monkeypatch.setenv("MY_TOKEN", "from outside")
    async with opened(small=mcp_program(TOKEN="${MY_TOKEN}", OTHER="${NOT_SET:-a default}")):
        environment = json.loads((workspace.parent / "mcp.env").read_text())
    assert environment["TOKEN"] == "from outside"
    assert environment["OTHER"] == "a default"
    assert "sk-very-secret" not in environment.values()


async def test_a_server_behind_an_address_is_asked_with_its_headers(opened, web, mcp_program, workspace):
    small = _small_server(mcp_program)

    def answer(request):
        message = json.loads(request["body"] or "{}")
        if request["method"] != "POST":
            return 405, {}, b""
        if "id" not in message:
            return 202, {}, b""
        reply = {"jsonrpc": "2.0", "id": message["id"], **small.answer(message["method"], message.get("params") or {})}
        return 200, {"Content-Type": "application/json"}, reply

    web.pages["/mcp"] = answer
    async with opened(small={"type": "http", "url": f"{web.url}/mcp", "headers": {"X-Key": "mine"}}) as box:
        assert box.notices == []
        assert (await used(box, "note", text="by http")).text == "noted"
    assert (mcp_program.folder / "note.txt").read_text() == "by http"
    assert {request["headers"].get("x-key") or request["headers"].get("X-Key") for request in web.asked} == {"mine"}


def _small_server(mcp_program):
    """The same server as a module, for a web server to answer with."""
    program = mcp_program()["args"][1]
    spec = importlib.util.spec_from_file_location("small_mcp_server", program)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.FOLDER = mcp_program.folder
    return module
