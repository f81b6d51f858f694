"""What runs in a session: its tree, its CPU and memory, who has the terminal, and which agent that is."""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import time
import uuid

import pytest
from support.sockets import wait_until

from runner import processes, pty
from runner.processes import Sampler, Usage, agent_of, name_of

NODE = "/usr/bin/node"


def look(runner, session_id):
    return runner.call("processes", ids=[session_id], whole=True)[session_id]


def named(figures, name):
    return [process for process in figures["processes"] if process["name"] == name]


def until(what, runner, session_id, condition):
    """The first look that fulfils `condition`."""
    return wait_until(what, lambda: (figures := look(runner, session_id)) and condition(figures) and figures)


@pytest.fixture
def programs(runner):
    """`programs(name)`: a copy of `sleep` under that name, which any session may run."""
    folder = runner.roots / f"programs-{uuid.uuid4()}"

    def make(name):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(shutil.which("sleep"), place)
        return str(place)

    yield make
    shutil.rmtree(folder, ignore_errors=True)


# --- which agent -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "argv"),
    [
        ("claude", ["claude"]),
        ("claude", ["claude", "", ""]),
        ("claude", ["/x/node_modules/@anthropic-ai/claude-code-linux-x64/claude", "--permission-mode", "default"]),
        ("claude", ["/x/node_modules/@anthropic-ai/claude-code/bin/claude.exe"]),
        ("claude", ["/people/me/.local/share/claude/versions/2.1.330", "--resume"]),
        ("claude", [NODE, "--max-old-space-size=4096", "/x/node_modules/@anthropic-ai/claude-code/cli.js", "-p", "hi"]),
        ("claude", ["npm exec @anthropic-ai/claude-code"]),
        ("claude", ["/bin/bash", "/usr/local/bin/claude"]),
        ("codex", ["codex", "-c", "model=x"]),
        ("codex", ["/x/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex", "-c", "x=1"]),
        ("codex", ["node", "/usr/lib/node_modules/@openai/codex/bin/codex.js"]),
        ("codex", ["node", "/usr/local/bin/codex", "exec", "do it"]),
        ("gemini", [NODE, "/x/node_modules/@google/gemini-cli/bundle/gemini.js"]),
        ("gemini", [NODE, "--max-old-space-size=12052", "/x/gemini-cli/bundle/gemini.js", ""]),
        ("gemini", ["node", "--no-warnings=DEP0040", "/usr/local/bin/gemini", "--model", "auto"]),
        ("gemini", ["/venv/bin/python3", "/venv/bin/node", "/x/node_modules/@google/gemini-cli/bundle/gemini.js"]),
        ("gemini", ["npx", "-y", "@google/gemini-cli@latest"]),
        ("gemini", ["npx", "-p", "@google/gemini-cli", "gemini"]),
        ("opencode", ["/x/opencode-linux-x64/bin/opencode"]),
        ("opencode", ["bun", "run", "/x/node_modules/opencode-ai/bin/opencode"]),
        (
            "aider",
            ["/people/me/.local/share/uv/tools/aider-chat/bin/python", "/people/me/.local/bin/aider", "--model", "x"],
        ),
        ("aider", ["python3.12", "-X", "utf8", "-m", "aider.main"]),
        ("aider", ["uvx", "--from", "aider-chat", "aider"]),
        ("agterm-agent", ["agterm-agent"]),
        ("agterm-agent", ["/venv/bin/python", "-P", "-m", "agterm_agent"]),
        ("copilot", ["node", "/usr/lib/node_modules/@github/copilot/index.js"]),
        ("copilot", ["node", "/usr/lib/node_modules/@github/copilot/npm-loader.js"]),
        ("cursor-agent", ["/people/me/.local/bin/cursor-agent", "--use-system-ca", "/x/index.js"]),
        ("cursor-agent", ["/x/node", "--use-system-ca", "/x/cursor-agent/versions/2026.01.28-fd13201/index.js"]),
        ("qwen", ["node", "/x/node_modules/@qwen-code/qwen-code/cli.js"]),
        ("amp", ["node", "--no-warnings", "/usr/bin/amp"]),
    ],
)
def test_an_agent_is_known_by_its_argv(agent, argv):
    assert agent_of(argv) == agent


@pytest.mark.parametrize(
    "argv",
    [
        [],
        [""],
        ["-bash"],
        ["git", "checkout", "claude"],
        ["vim", "claude.md"],
        ["tail", "-f", "/var/log/codex"],
        ["bash", "-c", "claude --version"],
        ["python3", "-c", "import gemini", "gemini"],
        ["node", "-e", "1", "claude"],
        ["node", "server.js", "--agent", "claude"],
        ["node", "/srv/codex.js"],
        ["python", "/srv/gemini.py"],
        ["node", "/people/me/claude-code-notes/index.js"],
        ["node", "/x/node_modules/@google/gemini-cli/node_modules/other/server.js"],
        ["/x/node_modules/@anthropic-ai/claude-code/vendor/ripgrep/x64-linux/rg", "word"],
        ["/people/me/claude/versions.sh"],
        ["npm", "run", "build"],
        ["python", "-m"],
    ],
)
def test_what_only_mentions_an_agent_is_none(argv):
    assert agent_of(argv) is None


@pytest.mark.parametrize(
    ("comm", "argv", "name"),
    [
        ("MainThread", ["/usr/bin/node", "x.js"], "node"),
        ("a-rather-long-p", ["/opt/a-rather-long-program", "x"], "a-rather-long-program"),
        ("bash", ["-bash"], "bash"),
        ("sleep", [], "sleep"),
        ("sh", ["/usr/local/bin/thing"], "sh"),
    ],
)
def test_a_process_has_a_name_one_knows_it_by(comm, argv, name):
    assert name_of(comm, argv) == name


def test_an_agent_in_the_foreground_is_named(runner, programs):
    session_id = runner.script(f"cd /; exec {programs('codex')} 1000")
    figures = until("codex runs", runner, session_id, lambda figures: figures["agent"])
    assert figures["agent"] == figures["foreground"]["agent"] == "codex"
    assert figures["foreground"]["argv"][1:] == ["1000"]
    assert figures["foreground"]["pid"] == runner.call("get", id=session_id)["pid"] == figures["pid"]


def test_an_agent_stays_named_while_its_tool_has_the_terminal(runner, programs):
    claude = runner.roots / f"claude-{uuid.uuid4()}" / "claude"
    claude.parent.mkdir()
    claude.write_text("#!/bin/bash -i\nset -m\nsleep 1000\n")
    claude.chmod(0o755)
    session_id = runner.program(str(claude))
    figures = until("its tool", runner, session_id, lambda f: f["foreground"] and f["foreground"]["name"] == "sleep")
    assert (figures["foreground"]["agent"], figures["agent"]) == (None, "claude")


def test_an_agent_in_the_background_is_found_too(runner, programs):
    session_id = runner.script(f"set -m; {programs('gemini')} 1000 & sleep 1001")
    figures = until(
        "both", runner, session_id, lambda f: f["agent"] and f["foreground"] and f["foreground"]["name"] == "sleep"
    )
    assert (figures["foreground"]["agent"], figures["agent"]) == (None, "gemini")


# --- the tree --------------------------------------------------------------------------------------------------------


def test_the_foreground_changes_when_a_command_runs_and_when_it_ends(runner):
    session_id = runner.program("/bin/bash", "--norc", "-i")
    shell = until("the shell", runner, session_id, lambda f: f["foreground"] and f["foreground"]["name"] == "bash")
    assert shell["foreground"]["pid"] == shell["pid"]
    runner.call("write", id=session_id, data="sleep 1000\n")
    figures = until("sleep", runner, session_id, lambda f: f["foreground"] and f["foreground"]["name"] == "sleep")
    assert figures["foreground"]["argv"] == ["sleep", "1000"]
    assert figures["foreground"]["ppid"] == shell["pid"]
    runner.call("write", id=session_id, data="\x03")
    until("the shell again", runner, session_id, lambda f: f["foreground"] and f["foreground"]["name"] == "bash")


def test_of_a_pipeline_whose_first_program_has_ended_another_has_the_terminal(runner):
    session_id = runner.program("/bin/bash", "--norc", "-i")
    runner.call("write", id=session_id, data="true | sleep 1000\n")
    until("sleep", runner, session_id, lambda f: f["foreground"] and f["foreground"]["name"] == "sleep")


def test_the_foreground_is_what_the_terminal_itself_says():
    pid, master = os.forkpty()
    if pid == 0:
        os.execvp("sleep", ["sleep", "100"])
    try:
        group = wait_until("sleep", lambda: name_of(processes.read_stat(pid).comm, []) == "sleep" and pid)
        assert processes.read_stat(pid).terminal_group == pty.foreground_group(master) == group
    finally:
        os.kill(pid, 9)
        os.close(master)
        os.waitpid(pid, 0)


def test_a_daemon_that_forked_twice_is_in_the_tree(runner):
    session_id = runner.script("( setsid bash -c '(setsid sleep 1001 &)' & ); sleep 1002; true")
    figures = until("both", runner, session_id, lambda figures: len(named(figures, "sleep")) == 2)
    assert sorted(process["argv"][1] for process in named(figures, "sleep")) == ["1001", "1002"]
    assert figures["count"] == len(figures["processes"])
    assert figures["foreground"]["argv"][:1] == ["/bin/bash"]


def test_the_program_comes_first_and_children_after_their_parents(runner):
    session_id = runner.script("bash -c 'sleep 1000; true'; true")
    figures = until("sleep", runner, session_id, lambda figures: named(figures, "sleep"))
    assert [process["name"] for process in figures["processes"]] == ["bash", "bash", "sleep"]
    first, second, third = figures["processes"]
    assert first["pid"] == figures["pid"]
    assert (second["ppid"], third["ppid"]) == (first["pid"], second["pid"])


def test_a_session_shows_its_own_processes_and_no_other(runner):
    one, other = runner.script("sleep 1001"), runner.script("sleep 1002")
    both = wait_until(
        "both",
        lambda: (
            (seen := runner.call("processes", ids=[one, other], whole=True))
            and all(named(figures, "sleep") for figures in seen.values())
            and seen
        ),
    )
    for session_id, duration in ((one, "1001"), (other, "1002")):
        assert [process["argv"] for process in named(both[session_id], "sleep")] == [["sleep", duration]]
    pids = [{process["pid"] for process in figures["processes"]} for figures in both.values()]
    assert pids[0].isdisjoint(pids[1])
    assert os.getpid() not in pids[0] | pids[1]


def test_the_sums_alone_name_no_process_but_the_one_in_front(runner):
    session_id = runner.script("sleep 1000; true")
    until("sleep", runner, session_id, lambda figures: named(figures, "sleep"))
    figures = runner.call("processes", ids=[session_id])[session_id]
    assert figures["processes"] == []
    assert figures["count"] == 2
    assert figures["foreground"]["name"] == "bash"


def test_a_session_that_has_ended_has_no_processes_and_one_that_never_was_no_answer(runner):
    session_id = runner.script("exit 0")
    with runner.watch(session_id) as reader:
        reader.event("exited")
    figures = look(runner, session_id)
    assert (figures["pid"], figures["foreground"], figures["count"], figures["memory_bytes"]) == (None, None, 0, 0)
    assert runner.call("processes", ids=[str(uuid.uuid4())], whole=True) == {}


def test_many_sessions_seen_at_once_show_the_same_as_one_by_one(runner):
    ids = [runner.script(f"sleep {1000 + number}; true") for number in range(processes.FEW_SESSIONS + 1)]
    for session_id in ids:
        until("sleep", runner, session_id, lambda figures: named(figures, "sleep"))
    together = runner.call("processes", ids=ids, whole=True)
    for session_id in ids:
        alone = look(runner, session_id)["processes"]
        assert [p["pid"] for p in together[session_id]["processes"]] == [p["pid"] for p in alone]


# --- one process -----------------------------------------------------------------------------------------------------


def test_an_argv_is_cut_at_four_kibibytes(runner):
    session_id = runner.program("/bin/bash", "-c", "sleep 1000; true", "x" * 6000, "never seen")
    argv = look(runner, session_id)["processes"][0]["argv"]
    assert argv[:2] == ["/bin/bash", "-c"]
    assert argv[-1].endswith("x…")
    assert sum(len(part) + 1 for part in argv) <= processes.MAX_ARGV_BYTES + 2


def test_nothing_in_an_argv_or_a_name_can_steer_a_terminal(runner):
    program = runner.roots / "x\x1b[31my"
    shutil.copy(shutil.which("sleep"), program)
    title = r"a\e]0;title\a\r\nb\xe2\x80\xaec\xff"
    session_id = runner.script(rf"exec -a $'{title}' {runner.roots}/$'x\e[31my' 1000")
    shown = ["a␛]0;title␇␍␊b�c�", "1000"]  # name and argv change one after the other while it is executed
    until(
        "the program",
        runner,
        session_id,
        lambda f: named(f, "x␛[31my") and (f["foreground"] or {}).get("argv") == shown,
    )


def test_a_process_says_when_it_began_and_what_it_does(runner):
    before = time.time()
    session_id = runner.script("sleep 1000; true")
    figures = until("sleep", runner, session_id, lambda figures: named(figures, "sleep"))
    (sleeper,) = named(figures, "sleep")
    assert before - 1 < sleeper["started_at"] < time.time() + 1
    until("it sleeps", runner, session_id, lambda f: named(f, "sleep")[0]["state"] == "sleeping")
    os.kill(sleeper["pid"], 19)
    until("it is stopped", runner, session_id, lambda f: named(f, "sleep")[0]["state"] == "stopped")


def test_memory_that_a_process_takes_is_seen(runner):
    session_id = runner.program(
        sys.executable, "-S", "-c", "import sys; sys.stdin.readline(); x = b'x' * 100_000_000; sys.stdin.readline()",
        readable=[sys.prefix, sys.base_prefix],
    )  # fmt: skip
    small = until("python", runner, session_id, lambda figures: figures["memory_bytes"] > 1_000_000)
    runner.call("write", id=session_id, data="\n")
    figures = until("100 MB", runner, session_id, lambda f: f["memory_bytes"] - small["memory_bytes"] > 95_000_000)
    assert figures["processes"][0]["memory_bytes"] < 150_000_000
    assert figures["memory_bytes"] == sum(process["memory_bytes"] for process in figures["processes"])


@pytest.mark.alone
def test_a_busy_loop_is_seen_to_be_busy_and_a_sleeper_not(runner):
    busy, idle = runner.script("while :; do :; done"), runner.script("sleep 1000; true")
    figures = until("busy", runner, busy, lambda f: (f["cpu_percent"] or 0) > 50)
    assert figures["processes"][0]["cpu_percent"] > 50
    assert figures["cpu_s"] > 0
    calm = until("a look at it", runner, idle, lambda f: f["cpu_percent"] is not None)
    assert calm["cpu_percent"] < 10


@pytest.mark.alone
def test_the_work_of_programs_that_have_ended_counts_for_the_session(runner):
    session_id = runner.script("while :; do timeout 0.1 bash -c 'while :; do :; done'; done")
    until("work of many short programs", runner, session_id, lambda f: (f["cpu_percent"] or 0) > 40)


# --- between two looks -----------------------------------------------------------------------------------------------


def test_cpu_is_that_since_the_last_look():
    usage = Usage()
    assert usage.measure(1000.0, {"a": (50.0, 0.0)}) == {"a": None}
    assert usage.measure(1002.0, {"a": (51.0, 0.0)}) == {"a": 50.0}
    assert usage.measure(1004.0, {"a": (55.0, 0.0)}) == {"a": 200.0}


def test_a_look_that_comes_too_soon_gets_the_last_figure_again():
    usage = Usage()
    usage.measure(1000.0, {"a": (50.0, 0.0)})
    usage.measure(1002.0, {"a": (51.0, 0.0)})
    assert usage.measure(1002.1, {"a": (51.1, 0.0)}) == {"a": 50.0}
    assert usage.measure(1003.0, {"a": (51.1, 0.0)}) == {"a": 10.0}


def test_a_look_long_ago_says_nothing_about_now():
    usage = Usage()
    usage.measure(1000.0, {"a": (50.0, 0.0)})
    assert usage.measure(5000.0, {"a": (51.0, 0.0)}) == {"a": None}


def test_what_has_only_begun_is_measured_from_its_beginning():
    usage = Usage()
    assert usage.measure(1000.0, {"a": (1.0, 998.0), "b": (0.1, 999.9)}) == {"a": 50.0, "b": None}
    assert usage.measure(1001.0, {"c": (0.5, 1000.5)}) == {"c": 100.0}


def test_work_that_nobody_waited_for_never_makes_less_than_nothing():
    usage = Usage()
    usage.measure(1000.0, {"a": (50.0, 0.0)})
    assert usage.measure(1001.0, {"a": (40.0, 0.0)}) == {"a": 0.0}


@pytest.fixture
def sleepers():
    """Fifty programs, by the name of their session."""
    children = [subprocess.Popen(["sleep", "100"]) for _ in range(50)]
    yield {str(child.pid): child.pid for child in children}
    for child in children:
        child.kill()
        child.wait()


async def test_a_forgotten_session_leaves_nothing_behind(sleepers):
    sampler = Sampler()
    await sampler.look(sleepers, whole=False)
    kept = next(iter(sleepers))
    sampler.forget_all_but({kept})
    assert set(sampler._usages) == {kept}


@pytest.mark.alone
async def test_looking_gives_the_loop_back_every_half_millisecond(sleepers):
    looking = asyncio.create_task(Sampler().look(sleepers, whole=True))
    waits, began = [], time.perf_counter()
    while not looking.done():
        await asyncio.sleep(0)
        ended = time.perf_counter()
        waits.append(ended - began)
        began = ended
    assert len(waits) > 3
    assert statistics.median(waits) < 0.002
