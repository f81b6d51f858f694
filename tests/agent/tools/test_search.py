"""glob and grep: with ripgrep and without, bounded in time and size whatever the repository holds."""

import asyncio
import os
import shutil
import uuid

import pytest
from support.sockets import processes_with, wait_until

from agterm_agent.tools import search
from agterm_agent.tools.text import MAX_CHARACTERS


@pytest.fixture
def tree(workspace):
    files = {
        "a.py": "import os\nvalue = 1\n",
        "src/b.py": "Value = 2\r\nend\r\n",
        "src/deep/c.ts": "const value = 3",
        "node_modules/x/d.py": "value = 4\n",
        ".git/config": "value = 5\n",
        ".hidden/e.py": "value = 6\n",
        "bin.dat": b"\0\0value\0",
    }
    for name, content in files.items():
        path = workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return workspace


@pytest.fixture(params=["ripgrep", "python"])
def searcher(request, monkeypatch):
    """Both ways to search. Where there is no ripgrep, only what Python does can be seen."""
    if request.param == "python":
        monkeypatch.setattr(shutil, "which", lambda name: None)
    return request.param


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.py", [".hidden/e.py", "a.py", "src/b.py"]),
        ("./*.py", ["a.py"]),
        ("src/*", ["src/b.py"]),
        ("src/**/*.{py,ts}", ["src/b.py", "src/deep/c.ts"]),
        ("**/c.ts", ["src/deep/c.ts"]),
        ("[ab].py", ["a.py", "src/b.py"]),
        ("src/**", ["src/b.py", "src/deep/c.ts"]),
    ],
)
async def test_files_are_found_by_name(call, tree, pattern, found):
    assert (await call("glob", pattern=pattern)).text.split("\n") == found


async def test_a_search_can_be_narrowed_to_a_folder(call, tree):
    assert (await call("glob", pattern="*", path="src")).text == "src/b.py\nsrc/deep/c.ts"
    assert (await call("glob", pattern="*.rs")).text == "No file matches."
    assert (await call("glob", pattern="*", path="a.py")).text == "a.py is no folder."


async def test_lines_are_found_by_a_regular_expression(call, tree, searcher):
    assert (await call("grep", pattern="val.e = ")).text == (
        ".hidden/e.py:1: value = 6\na.py:2: value = 1\nsrc/deep/c.ts:1: const value = 3"
    )
    narrowed = await call("grep", pattern="^value = [0-9]$", path="src", ignore_case=True, glob="*.py")
    assert narrowed.text == "src/b.py:1: Value = 2"
    assert (await call("grep", pattern="value", files_only=True, path="src")).text == "src/deep/c.ts"
    assert (await call("grep", pattern="value", path="a.py")).text == "a.py:2: value = 1"
    assert (await call("grep", pattern="nothing like it")).text == "Nothing matches."
    assert (await call("grep", pattern="-value")).text == "Nothing matches."


async def test_a_pattern_that_is_none_is_told(call, tree, searcher):
    output = await call("grep", pattern="(unclosed")
    assert not output.ok
    assert "The search failed" in output.text
    assert "unclosed" in output.text or "unterminated" in output.text


async def test_a_pattern_made_to_be_slow_is_ended_in_time(call, workspace, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(search, "LIMIT_S", 1.0)
    (workspace / "a-found.txt").write_text("ab\n")
    (workspace / "b-slow.txt").write_text("a" * 60 + "!\n")
    output = await call("grep", pattern="(a+)+b|(a+)+$")
    assert output.text.startswith("a-found.txt:1: ab\n")
    assert "not all was searched: it took longer than 1 s" in output.text


async def test_a_search_that_is_interrupted_leaves_no_process(box, call, workspace, monkeypatch):
    mark = f"mark-{uuid.uuid4().hex}"
    monkeypatch.setenv("TOOLS_TEST_MARK", mark)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    (workspace / "slow.txt").write_text("a" * 60 + "!\n")
    running = asyncio.create_task(call("grep", pattern="(a+)+$"))
    await asyncio.to_thread(wait_until, "the searcher runs", lambda: processes_with(mark), 10)
    box.interrupt()
    assert (await running).text == "Cancelled by the user."
    wait_until("the searcher has ended", lambda: not processes_with(mark), 10)


async def test_huge_and_hostile_files_are_searched_in_bounds(call, workspace, searcher):
    (workspace / "long.txt").write_text("needle" + "x" * 3_000_000)
    (workspace / "many.txt").write_text("needle\n" * 100_000)
    (workspace / "odd\x1b[2J.txt").write_text("needle \x1b[31m \u202e\n")
    with (workspace / "huge.bin").open("wb") as file:
        file.truncate(8 * 2**30)
    os.mkfifo(workspace / "pipe")
    output = await call("grep", pattern="needle")
    assert output.ok
    assert len(output.text) <= MAX_CHARACTERS
    assert "there is more than is shown" in output.text
    assert "\x1b" not in output.text
    alone = await call("grep", pattern="needle .*", glob="odd*")
    assert alone.text == "odd\\x1b[2J.txt:1: needle \\x1b[31m \\u202e"


async def test_patterns_of_names_made_to_be_slow_are_done_at_once(call, workspace):
    (workspace / ("a" * 200)).touch()
    for pattern in ("*a" * 60 + "b", "**/" * 90 + "b", "{a,b}" * 40, "[" * 500, "{" * 500, "?" * 5_000):
        assert (await call("glob", pattern=pattern)).ok


async def test_the_searcher_has_nothing_of_the_workspace_in_it(call, workspace):
    """A module that lies in a repository is not imported by what searches it."""
    for name in ("json", "re", "fnmatch", "sitecustomize", "usercustomize"):
        (workspace / f"{name}.py").write_text(f"open({str(workspace / 'ran')!r}, 'w')\n")
    assert (await call("glob", pattern="*.py")).text.count("\n") == 4
    assert not (workspace / "ran").exists()
