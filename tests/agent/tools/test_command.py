"""run_command: what is printed is streamed and bounded, and no process outlives its call."""

import asyncio
import os
import signal
import subprocess
import sys
import uuid

import pytest
from support.sockets import processes_with, wait_until

from agterm_agent.tools import command
from agterm_agent.tools.text import MAX_CHARACTERS


@pytest.fixture
def mark(monkeypatch):
    """Stands in the environment of every process of this test's commands."""
    made = f"mark-{uuid.uuid4().hex}"
    monkeypatch.setenv("TOOLS_TEST_MARK", made)
    return made


def gone(mark):
    wait_until("its processes have ended", lambda: not processes_with(mark), 10)


async def test_a_command_runs_in_the_workspace_and_tells_its_exit_code(call, workspace):
    (workspace / "sub").mkdir()
    assert (await call("run_command", command="pwd")).text == f"{workspace}\n[exit code 0]"
    failed = await call("run_command", command="echo oh no >&2; exit 3", folder="sub")
    assert (failed.ok, failed.text) == (False, "oh no\n[exit code 3]")
    assert (await call("run_command", command="true")).text == "[exit code 0]"
    assert (await call("run_command", command="kill -SEGV $$")).text == "[ended by SIGSEGV]"
    assert (await call("run_command", command="no-such-program")).text.endswith("[exit code 127]")


async def test_what_is_printed_is_streamed_while_it_runs(call, workspace):
    pieces = []

    def emit(text):
        pieces.append(text)
        (workspace / "seen").touch()  # the command ends only when its first words have come through

    output = await call(
        "run_command", command="echo first; until [ -e seen ]; do sleep 0.02; done; echo last", emit=emit
    )
    assert output.text == "first\nlast\n[exit code 0]"
    assert pieces[0] == "first\n"
    assert "".join(pieces) == "first\nlast\n"


async def test_letters_and_colours_that_come_in_halves_are_streamed_whole(call):
    pieces = []
    parts = (r"a\xc3", r"\xa9b\x1b[3", r"1mred\x1b[0m\r", r"\nend\a")
    halves = "; sleep 0.2; ".join(f"printf '{part}'" for part in parts)
    output = await call("run_command", command=halves, emit=pieces.append)
    assert "".join(pieces) == "aébred\nend\\x07"
    assert output.text == "aébred\nend\\x07\n[exit code 0]"


async def test_a_progress_bar_is_told_by_its_last_state(call):
    output = await call("run_command", command=r"for i in 1 2 3; do printf '\r%d%%' $i; done; echo; echo done")
    assert output.text == "3%\ndone\n[exit code 0]"


async def test_long_output_is_cut_in_the_middle_with_a_notice(call):
    emitted = []
    output = await call("run_command", command="seq 1 2000000", emit=emitted.append)
    assert len(output.text) <= MAX_CHARACTERS
    assert output.text.startswith("1\n2\n3\n")
    assert output.text.endswith("1999999\n2000000\n[exit code 0]")
    assert "characters left out here" in output.text
    assert sum(map(len, emitted)) < command.MAX_EMITTED + 100


async def test_a_line_without_an_end_is_told_like_any_other(call):
    output = await call("run_command", command="head -c 3000000 /dev/zero | tr '\\0' x")
    assert output.text.startswith("xxx")
    assert output.text.endswith("xxx\n[exit code 0]")


async def test_endless_output_ends_the_command(call, monkeypatch, mark):
    monkeypatch.setattr(command, "MAX_PRINTED", 2**20)
    output = await call("run_command", command="yes")
    assert not output.ok
    assert "it printed more than 1 MiB" in output.text
    gone(mark)


async def test_a_command_that_takes_too_long_is_ended_with_its_whole_tree(call, mark):
    apart = "(setsid sh -c 'trap \"\" TERM; sleep 999; sleep 999' &)"
    stubborn = f"trap '' TERM INT HUP; {apart}; echo here; sleep 999; sleep 999"
    output = await call("run_command", command=stubborn, timeout_s=1)
    assert not output.ok
    assert output.text == "here\n[ended: it ran longer than 1 s. For more give timeout_s, at most 600]"
    gone(mark)


async def test_a_daemon_that_detaches_itself_is_ended_with_its_call(call, mark):
    twice = "if os.fork(): os._exit(0)"
    daemon = f"import os,time\n{twice}\nos.setsid()\n{twice}\nos.closerange(0,3)\ntime.sleep(999)"
    output = await call("run_command", command=f'{sys.executable} -c "{daemon}"; sleep 999 & echo started')
    assert output.ok
    assert output.text.startswith("started\n[exit code 0]\n[")
    assert "left running" in output.text
    gone(mark)


async def test_an_interrupt_ends_the_whole_tree_and_what_would_come_next(box, call, mark):
    started = asyncio.Event()
    running = asyncio.create_task(
        call("run_command", command="setsid sleep 999 & echo on; sleep 999", emit=lambda text: started.set())
    )
    await started.wait()
    box.interrupt()
    output = await running
    assert (output.ok, output.text) == (False, "Cancelled by the user.")
    gone(mark)
    assert (await call("run_command", command="echo later")).text == "Cancelled by the user."
    box.begin_turn()
    assert (await call("run_command", command="echo later")).ok


async def test_a_cancelled_task_ends_the_whole_tree(call, mark):
    started = asyncio.Event()
    running = asyncio.create_task(call("run_command", command="echo on; sleep 999", emit=lambda text: started.set()))
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    gone(mark)


def test_a_command_does_not_outlive_an_agent_that_is_killed(workspace, mark):
    agent = (
        "import asyncio,sys;from pathlib import Path;from agterm_agent.policy import Modes\n"
        "from agterm_agent.tools.toolbox import Toolbox\n"
        "box=Toolbox(Path(sys.argv[1]),Path(sys.argv[1])/'changes')\n"
        "say=lambda text:print(text,flush=True)\n"
        "asyncio.run(box.call('1','run_command',{'command':'echo on; setsid sleep 999'},modes=Modes(),emit=say))"
    )
    with subprocess.Popen([sys.executable, "-c", agent, str(workspace)], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout.readline() == "on\n"
        os.kill(running.pid, signal.SIGKILL)
        gone(mark)


async def test_nobody_is_asked_anything_by_a_command(call):
    output = await call(
        "run_command", command="read -r line; echo \"got '$line'\"; git --version >/dev/null; [ -t 0 ]; echo $?"
    )
    assert output.text.startswith("got ''\n1\n")


async def test_no_key_of_the_agent_is_in_a_commands_environment(call, monkeypatch):
    for name in ("AGTERM_AGENT_API_KEY", "ANTHROPIC_API_KEY", "GROQ_API_KEY"):
        monkeypatch.setenv(name, "sk-very-secret")
    monkeypatch.setenv("MY_OWN", "mine")
    output = await call("run_command", command="env")
    assert "sk-very-secret" not in output.text
    assert "MY_OWN=mine" in output.text


async def test_commands_that_cannot_be_are_told(call, outside):
    assert (await call("run_command", command="  ")).text == "command is empty."
    assert "zero byte" in (await call("run_command", command="a\0b")).text
    assert "longer than" in (await call("run_command", command="x" * 200_000)).text
    assert "lone surrogates" in (await call("run_command", command="echo \ud800")).text
    assert "is no folder" in (await call("run_command", command="ls", folder="nothing")).text
    assert "timeout_s must be 600 at most" in (await call("run_command", command="ls", timeout_s=601)).text
    assert "outside the workspace" in (await call("run_command", command="ls", folder=str(outside))).text


async def test_changes_do_not_run_side_by_side(call, workspace):
    line = "[ -e busy ] && echo clash; touch busy; sleep 0.1; rm busy"
    outputs = await asyncio.gather(*(call("run_command", command=line) for _ in range(3)))
    assert [output.text for output in outputs] == ["[exit code 0]"] * 3
