"""Commands executed in real shells: their own output, their exit code, an end that is neither missed nor made up."""

import os
import shutil
import signal
import threading
import time
import uuid
from pathlib import Path

import pytest
from support.server import RunnerProcess
from support.sockets import wait_until

from agents.builtin import shell
from agents.declaration import LaunchContext
from core.errors import AgtermError, Conflict, InvalidRequest
from runner import client

SHELLS = [path for name in ("bash", "zsh", "dash") if (path := shutil.which(name))]
BASH = "/bin/bash"
PROFILE = r"""
alias ll='echo aliased' printf='echo wrong' builtin='echo wrong' if='echo wrong'
export GREETING=hello PS1 PROMPT_COMMAND
umask 027
shopt -s globstar
set -u
trap 'echo trapped' USR1
PROMPT_COMMAND='mine=$?; echo of the prompt'
PS1='\w> '
"""


def launch(executable, **files):
    context, agent = LaunchContext(executable=executable), shell.AGENT
    return {
        "argv": agent.argv(context),
        "env": agent.environment(context),
        "home_files": agent.home_files(context) | files,
        "readable": [executable],
        "state_patterns": {state: list(patterns) for state, patterns in agent.state_patterns.items()},
    }


@pytest.fixture
def open_shell(runner):
    """`open_shell(executable, **create)` starts a shell with marks; its id."""

    def start(executable=BASH, files=None, **create):
        session_id = str(uuid.uuid4())
        told = launch(executable, **(files or {}))
        runner.call("create", id=session_id, launch=told, cols=80, rows=24, **create)
        return session_id

    return start


@pytest.fixture
def execute(runner):
    def run(session_id, text, wait="idle", timeout_ms=20_000, **how):
        return runner.call("execute", id=session_id, text=text, wait=wait, timeout_ms=timeout_ms, **how)

    return run


def brief(said):
    return said["output"], said["exit_code"], said["reason"]


@pytest.mark.parametrize("executable", SHELLS)
def test_a_command_gives_its_own_output_and_its_exit_code(open_shell, execute, executable):
    session = open_shell(executable)
    assert brief(execute(session, "echo out; echo err >&2; (exit 7)")) == ("out\nerr", 7, "idle")
    assert brief(execute(session, "true")) == ("", 0, "idle")
    assert brief(execute(session, "printf 'no newline'")) == ("no newline", 0, "idle")
    assert brief(execute(session, "echo one\necho two")) == ("one\ntwo", 0, "idle")
    assert brief(execute(session, "cat <<END\nhäuser 漢字 $((40 + 2))\n\ttab\nEND"))[0].startswith("häuser 漢字 42\n")
    assert brief(execute(session, "echo )"))[1] != 0
    assert brief(execute(session, "sleep 0.5; echo late; false")) == ("late", 1, "idle")


@pytest.mark.parametrize("executable", SHELLS)
def test_twenty_in_a_row_are_told_apart(open_shell, execute, executable):
    session = open_shell(executable)
    for number in range(20):
        assert brief(execute(session, f"echo {number}; (exit {number})")) == (str(number), number, "idle")


def test_a_session_feels_like_a_login_shell_of_its_user(open_shell, execute):
    session = open_shell(files={".bash_profile": PROFILE})
    assert brief(execute(session, "ll")) == ("aliased", 0, "idle")
    assert brief(execute(session, "echo $GREETING; umask; shopt -q globstar && echo starred; echo $-"))[0].split() == [
        "hello", "0027", "starred", "himuBHs",
    ]  # fmt: skip
    assert brief(execute(session, "(exit 5)")) == ("", 5, "idle")
    assert brief(execute(session, "echo $mine"))[0] == "5"
    assert "trapped" in execute(session, "kill -USR1 $$; true")["output"]
    assert execute(session, "history | wc -l")["output"].strip() == "6"
    assert "unbound" in execute(session, "echo $nothing")["output"]


@pytest.mark.parametrize("name", [".bash_profile", ".bash_login", ".profile"])
def test_bash_reads_the_first_of_its_login_files(open_shell, execute, name):
    session = open_shell(files={name: "READ=this\n"})
    assert execute(session, "echo $READ")["output"] == "this"


def test_a_prompt_command_that_is_replaced_costs_no_command_its_end(open_shell, execute):
    session = open_shell()
    assert execute(session, "PROMPT_COMMAND='echo of mine'")["reason"] == "idle"
    assert brief(execute(session, "(exit 3)")) == ("", 3, "idle")
    assert execute(session, "PROMPT_COMMAND+=('status=$?')")["reason"] == "idle"
    assert brief(execute(session, "(exit 4)")) == ("", 4, "idle")
    assert execute(session, "unset PROMPT_COMMAND; PROMPT_COMMAND=true; PS1='bare> '; echo x")["reason"] == "idle"
    assert "still here" in execute(session, "echo still here")["output"]


def test_a_shell_in_the_shell_is_an_ordinary_one(open_shell, execute, runner):
    session = open_shell(files={".bash_profile": PROFILE})
    runner.call("execute", id=session, text="bash")
    inner = execute(session, "echo level $SHLVL; echo [${__agterm_word-none}]")
    assert "level 2" in inner["output"]
    assert "[none]" in inner["output"]
    assert "command not found" not in runner.call("text", id=session, history=100)
    assert execute(session, "exit")["reason"] == "idle"
    assert brief(execute(session, "echo outside; false")) == ("outside", 1, "idle")


def test_job_control_works(open_shell, execute, runner):
    session = open_shell()
    runner.call("execute", id=session, text="sleep 100")
    time.sleep(0.5)
    runner.call("write", id=session, data="\x1a")
    time.sleep(0.5)
    assert "Stopped" in execute(session, "jobs")["output"]
    assert execute(session, "kill %1; wait; echo over")["output"].endswith("over")


def test_marks_that_a_command_prints_are_not_believed(open_shell, execute):
    session = open_shell()
    fake = r"printf '\e]133;D;9\a\e]133;A\a\e]133;B\a'; sleep 0.5; echo real; (exit 3)"
    assert brief(execute(session, fake)) == ("real", 3, "idle")
    word = "w=$(sed -n 's/^__agterm_word=//p' ~/.agterm/bash.sh)"
    stolen = rf"{word}; bash -c \"printf '\e]133;D;9;aid=$w\a\e]133;B;aid=$w\a'; sleep 0.5; echo real\""
    began = time.monotonic()
    execute(session, stolen.replace('\\"', '"'))
    assert time.monotonic() - began > 0.4


def test_a_command_that_never_ends_is_a_timeout_with_what_there_is(open_shell, execute, runner):
    session = open_shell()
    said = execute(session, "echo begun; sleep 1000", timeout_ms=1000)
    assert brief(said) == ("begun", None, "timeout")
    assert said["state"] == "working"
    runner.call("write", id=session, data="\x03")
    assert brief(execute(session, "echo again")) == ("again", 0, "idle")


def test_a_command_that_asks_is_no_longer_waited_for(open_shell, execute):
    said = execute(open_shell(), "read -s -p 'Password: ' answer")
    assert (said["reason"], said["state"], said["output"]) == ("idle", "needs_input", "Password: ")


@pytest.mark.parametrize("executable", SHELLS)
def test_text_that_is_no_whole_command_is_told_so_and_no_other_text_is_joined_to_it(
    open_shell, execute, runner, executable
):
    session = open_shell(executable)
    said = execute(session, "echo 'begun")
    assert (brief(said), said["state"]) == (("", None, "incomplete"), "needs_input")
    with pytest.raises(Conflict, match="the rest of a command"):
        execute(session, "echo second")
    runner.call("write", id=session, data="ended'\r")
    time.sleep(0.5)
    assert brief(execute(session, "echo third")) == ("third", 0, "idle")
    assert execute(session, 'echo "again')["reason"] == "incomplete"
    runner.call("signal", id=session, signal=2)
    time.sleep(0.5)
    assert brief(execute(session, "echo fourth")) == ("fourth", 0, "idle")
    assert execute(session, "cat <<END\none\ntwo\nEND")["output"] == "one\ntwo"
    assert "second" not in runner.call("text", id=session, history=100)


def test_what_somebody_has_half_typed_is_neither_run_nor_lost(open_shell, execute, runner):
    session = open_shell()
    execute(session, "true")
    runner.call("write", id=session, data="echo left over")
    with pytest.raises(Conflict, match="typed at the prompt"):
        execute(session, "echo clean")
    runner.call("write", id=session, data="\r")
    assert brief(execute(session, "echo clean")) == ("clean", 0, "idle")
    runner.call("write", id=session, data="rm -rf ")
    time.sleep(0.3)
    runner.call("signal", id=session, signal=2)
    time.sleep(0.3)
    assert brief(execute(session, "echo clean")) == ("clean", 0, "idle")
    runner.call("write", id=session, data="abc\x7f\x7f\x7f")
    assert brief(execute(session, "echo wiped")) == ("wiped", 0, "idle")


@pytest.mark.parametrize("executable", SHELLS)
def test_what_was_sent_a_moment_ago_is_run_first_and_is_no_output_of_the_next(open_shell, execute, runner, executable):
    session = open_shell(executable)
    execute(session, "true")
    pid = runner.call("get", id=session)["pid"]
    for number in range(5):
        os.kill(pid, signal.SIGSTOP)
        threading.Timer(0.2, os.kill, (pid, signal.SIGCONT)).start()
        runner.call("write", id=session, data=f"echo by hand {number}\r")
        assert brief(execute(session, f"echo {number}")) == (str(number), 0, "idle")


def test_what_was_typed_ahead_is_half_typed_too_and_what_a_command_read_is_not(open_shell, execute, runner):
    session = open_shell()
    runner.call("execute", id=session, text="sleep 1")
    time.sleep(0.3)
    runner.call("write", id=session, data="rm -rf ")
    time.sleep(1.5)
    with pytest.raises(Conflict, match="typed at the prompt"):
        execute(session, "echo clean")
    runner.call("write", id=session, data="\x03")
    runner.call("execute", id=session, text="read -s -n 1")
    time.sleep(0.3)
    runner.call("write", id=session, data="q")
    assert brief(execute(session, "echo clean")) == ("clean", 0, "idle")


def test_a_thousand_commands_in_one_text_keep_all_their_output(open_shell, execute):
    numbers = [str(number) for number in range(1000)]
    said = execute(open_shell(), "\n".join(f"echo {number}" for number in numbers))
    assert (said["output"].split("\n"), said["exit_code"], said["truncated"]) == (numbers, 0, False)


def test_what_is_typed_for_one_program_reaches_no_other(runner, open_shell):
    session, answers = runner.script("stty raw -echo; echo ready; cat -v > first"), []

    def ask():
        with pytest.raises(Conflict, match="has ended"):
            runner.call("execute", id=session, text="SECRET")
        answers.append(True)

    time.sleep(1)
    asking = threading.Thread(target=ask)
    asking.start()
    workspace = Path(runner.call("get", id=session)["workspace"])
    wait_until("the text is typed", lambda: "SECRET" in (workspace / "first").read_text())
    runner.call("replace", id=session, launch={"argv": ["/bin/bash", "-c", "stty raw -echo; exec cat -v > second"]})
    asking.join()
    time.sleep(1)
    assert answers == [True]
    assert (workspace / "second").read_text() == ""


def test_five_may_be_under_way_in_one_terminal_and_no_more(open_shell, execute, runner):
    session = open_shell()
    threads = [threading.Thread(target=execute, args=(session, "sleep 0.5")) for _ in range(5)]
    for thread in threads:
        thread.start()
    time.sleep(0.4)
    with pytest.raises(Conflict, match="4 executions wait"):
        execute(session, "echo too many", wait=None)
    for thread in threads:
        thread.join()
    assert execute(session, "echo again")["output"] == "again"


def test_marks_of_a_builtin_do_not_end_its_command(open_shell, execute):
    forged = r"printf '\e]133;D;0;aid=%s\a\e]133;A;aid=%s\a\e]133;B;aid=%s\a' $w $w $w; read -t 1; echo real; (exit 7)"
    said = execute(open_shell(), f"w=$__agterm_word; {forged}")
    assert (said["exit_code"], said["reason"]) == (7, "idle")
    assert said["state"] == "idle"


def test_a_long_line_stays_one_line_when_a_screen_has_to_draw_it(open_shell, execute):
    said = execute(open_shell(), r"printf 'x\b%0200d\n' 7; printf '%0100d\n' 8")
    assert [len(line) for line in said["output"].split("\n")] == [200, 100]


def test_what_a_screen_could_not_keep_is_told(open_shell, execute):
    said = execute(open_shell(), r"seq 3000; printf 'a\bb\n'")
    assert (said["truncated"], said["output"][-7:]) == (True, "\n3000\nb")
    said = execute(open_shell(), r"seq 500; printf 'a\bb\n'")
    assert (said["truncated"], said["output"][:4]) == (False, "1\n2\n")


def test_the_output_of_a_background_job_is_whose_turn_it_is(open_shell, execute):
    session = open_shell()
    assert "front" in execute(session, "(sleep 0.3; echo behind) & echo front")["output"]
    said = execute(session, "sleep 0.8; echo next")["output"].split("\n")
    assert (said[0], said[-1]) == ("behind", "next")


@pytest.mark.parametrize("wait", ["idle", "exit", "text"])
def test_the_end_of_the_program_ends_every_wait(open_shell, execute, wait):
    pattern = {"pattern": "never"} if wait == "text" else {}
    said = execute(open_shell(), "echo last; exit 12", wait=wait, **pattern)
    assert (said["reason"], said["exit_code"], said["state"]) == ("exit", 12, "exited")
    assert "last" in said["output"]


def test_an_exited_program_takes_no_text(open_shell, execute):
    session = open_shell()
    execute(session, "exit", wait="exit")
    with pytest.raises(Conflict, match="exited"):
        execute(session, "echo too late")


def test_text_is_waited_for_in_the_output_and_not_in_the_echo(open_shell, execute):
    session = open_shell()
    said = execute(
        session, "sleep 0.3; for i in 1 2 3; do echo step $i of 3; done; sleep 100", "text", pattern="step 3.*$"
    )
    assert (said["reason"], said["match"]) == ("text", "step 3 of 3")


@pytest.mark.parametrize("pattern", ["(", "(?=x)", r"(a)\1", "", "x" * 1001, "(x{1000}){1000}"])
def test_a_bad_expression_is_refused_and_nothing_is_typed(open_shell, execute, runner, pattern):
    session = open_shell()
    with pytest.raises(InvalidRequest, match="pattern"):
        execute(session, "echo typed", "text", pattern=pattern)
    assert "typed" not in runner.call("text", id=session)


def test_an_evil_expression_takes_no_time(open_shell, execute):
    session = open_shell()
    said = execute(session, "head -c 20000 /dev/zero | tr '\\0' a", "text", pattern="(a*)*(a+)+bbbbb", timeout_ms=1500)
    assert said["reason"] == "timeout"


def test_long_output_keeps_its_end(open_shell, execute):
    session = open_shell()
    said = execute(session, "seq 100000")
    assert (said["truncated"], said["exit_code"]) == (True, 0)
    assert said["output"].split("\n") == [str(number) for number in range(90_001, 100_001)]
    short = execute(session, "seq 1000", output_bytes=100)
    assert short["truncated"]
    assert len(short["output"]) <= 100
    assert short["output"].endswith("999\n1000")


def test_what_is_drawn_over_is_told_as_it_looks_in_the_end(open_shell, execute):
    session = open_shell()
    assert execute(session, r"for i in 1 2 3; do printf '\r%d%%' $i; done; echo; echo done")["output"] == "3%\ndone"
    line = "long" * 100
    assert execute(session, f"echo {line}")["output"] == line


def test_one_at_a_time_in_one_terminal_and_the_next_waits_for_its_turn(open_shell, runner):
    session, outputs = open_shell(), []

    def one(number):
        said = runner.call("execute", id=session, text=f"sleep 0.1; echo {number}", wait="idle")
        outputs.append(said["output"] == str(number))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outputs == [True] * 5


def test_whose_turn_does_not_come_is_told_so(open_shell, execute, runner):
    session = open_shell()
    first = threading.Thread(target=lambda: execute(session, "sleep 2"))
    first.start()
    time.sleep(0.5)
    with pytest.raises(Conflict, match="under way"):
        execute(session, "echo never", timeout_ms=200)
    first.join()
    assert "never" not in runner.call("text", id=session)


def test_a_caller_who_goes_away_leaves_his_turn_to_the_next(open_shell, execute, runner):
    session = open_shell()
    with pytest.raises(AgtermError):
        client.call(runner.address, "execute", reply_timeout_s=1, id=session, text="echo 1; sleep 3", wait="exit")
    assert execute(session, "echo 2")["reason"] == "idle"


def test_a_wait_survives_neither_another_program_nor_the_end_of_the_session(open_shell, execute, runner):
    session, answers = open_shell(), []
    waiting = threading.Thread(target=lambda: answers.append(execute(session, "sleep 100")["reason"]))
    waiting.start()
    time.sleep(1)
    runner.call("replace", id=session, launch=launch(BASH))
    waiting.join(10)
    assert answers == ["exit"]
    assert brief(execute(session, "echo new")) == ("new", 0, "idle")


def test_control_characters_in_a_text_do_nothing(open_shell, execute):
    session = open_shell()
    said = execute(session, "echo 'a\x1b[201~\rb\x03\x04\x00\x7f\u009bc\td'")
    assert said["output"] == "a[201~\nbc\td"


def test_a_program_without_a_prompt_that_prints_nothing_has_not_begun(runner):
    session = runner.script("stty -echo; sleep 1; exec sleep 100")
    said = runner.call("execute", id=session, text="anybody?", wait="idle", timeout_ms=6000)
    assert (said["reason"], said["output"]) == ("timeout", "")


def test_a_program_without_a_prompt_is_done_when_it_rests(runner):
    session = runner.script("stty -echo; while read line; do sleep 0.5; echo heard $line; done")
    said = runner.call("execute", id=session, text="one", wait="idle")
    assert (said["reason"], said["output"], said["exit_code"]) == ("idle", "heard one", None)


def test_what_a_session_begins_with_is_run_once_the_prompt_is_there(open_shell, execute, runner):
    session = open_shell(files={".profile": "sleep 1\n"}, opening={"text": "echo opened\nMARK=set"})
    assert execute(session, "echo $MARK")["output"] == "set"
    assert runner.call("text", id=session, history=100).count("\nopened") == 1


def test_what_a_session_was_to_begin_with_is_dropped_when_it_has_ended(open_shell, runner):
    once = "[ -e ~/again ] || { touch ~/again; exit 3; }\n"
    session = open_shell(files={".profile": once}, opening={"text": "touch ran"})
    with runner.watch(session) as reader:
        reader.event("exited")
    runner.call("replace", id=session, launch=launch(BASH))
    said = runner.call("execute", id=session, text="ls", wait="idle")
    assert brief(said) == ("", 0, "idle")


@pytest.mark.alone
def test_many_sessions_of_one_caller_wait_at_the_same_time(own_runner):
    assert isinstance(own_runner, RunnerProcess)
    ids = [str(uuid.uuid4()) for _ in range(12)]
    for session in ids:
        own_runner.call("create", id=session, launch=launch(BASH), cols=80, rows=24)
    asked = [{"id": session, "text": f"sleep 1; echo {number}", "wait": "idle"} for number, session in enumerate(ids)]
    began = time.monotonic()
    replies = client.call_many(own_runner.address, "execute", asked)
    assert [reply["result"]["output"] for reply in replies] == [str(number) for number in range(12)]
    assert time.monotonic() - began < 12
