"""`agterm-agent -p`: what it prints in each form, its exit codes, answers over standard input, and its ends."""

import io
import json
import os
import signal
import subprocess

import pytest
from fakes.moods import Mood
from fakes.scripted import MODELS, Step
from support.own_cli import Started, environment
from support.sockets import is_alive, wait_until

from agterm_agent import cli, events
from agterm_agent.providers import KEY_VARIABLES

ESCAPE = "\x1b]0;owned\x07\x1b[2J\u202e\x7f\x9b"
WRITE = Step("I write.", calls=[("write_file", {"path": "a.txt", "content": "one\n"})], ids=["w1"])
REMOVE = Step("", calls=[("run_command", {"command": "rm -rf sub"})], ids=["r1"])
DONE = Step("It is written.")


@pytest.fixture
def call(tmp_path, workspace, monkeypatch, capsys):
    """`call(provider, "-p", …)` in this process: exit code, standard output, standard error."""
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(workspace)

    def run(provider, *arguments, dialect="openai-chat"):
        for name, value in environment(tmp_path / "home", provider, dialect).items():
            monkeypatch.setenv(name, value)
        code = cli.main(arguments)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def start(tmp_path, workspace):
    """`with start(provider, "-p", …) as program` in a process of its own; it prints stream-json."""

    def run(provider, *arguments, **more):
        return Started(
            *arguments, "--output=stream-json", cwd=workspace, env=environment(tmp_path / "home", provider), **more
        )

    return run


def lines(out):
    """The events of stream-json, each on a line of plain ASCII that moves no cursor."""
    assert out.isascii()
    assert all(character.isprintable() or character == "\n" for character in out)
    trail = [json.loads(line) for line in out.splitlines()]
    assert events.check(trail) == []
    return trail


# --- the forms of output ---------------------------------------------------------------------------------------------


def test_stream_json_is_the_whole_trail_a_line_for_each_event(call, play, workspace):
    provider = play([WRITE, Step(f"It is{ESCAPE} written. Grüße")])
    code, out, err = call(provider, "-p", "Write it.", "--output", "stream-json")
    trail = lines(out)
    kinds = [event["kind"] for event in trail if not event["kind"].endswith("_delta")]
    assert kinds == [
        "user_prompt", "session_state", "assistant_message", "usage", "tool_call", "tool_result",
        "assistant_message", "usage", "done",
    ]  # fmt: skip
    assert (code, err) == (0, "")
    assert trail[-1]["result"] == f"It is{ESCAPE} written. Grüße"
    assert trail[-1]["changed_files"] == ["a.txt"]
    assert trail[-1]["usage"]["requests"] == 2
    assert (workspace / "a.txt").read_text() == "one\n"


def test_json_is_one_object_with_result_cost_and_diff(call, play):
    code, out, _ = call(play([WRITE, DONE]), "-p", "Write it.", "--output", "json")
    told = json.loads(out)
    assert code == 0
    assert (told["result"], told["status"], told["reason"]) == ("It is written.", "done", None)
    assert float(told["costUsd"]) > 0
    assert told["usage"]["output_tokens"] > 0
    assert told["changedFiles"] == ["a.txt"]
    assert "+one" in told["diff"]
    assert events.check(told["events"]) == []
    assert not {event["kind"] for event in told["events"]} & {"assistant_delta", "tool_output"}


def test_text_is_the_last_answer_alone_and_can_not_move_the_cursor(call, play):
    code, out, err = call(play([WRITE, Step(f"Done{ESCAPE}\n\tindeed")]), "-p", "Write it.")
    assert (code, err) == (0, "")
    assert out.startswith("Done")
    assert out.endswith("\n\tindeed\n")
    assert all(character.isprintable() or character in "\n\t" for character in out)


def test_a_conversation_goes_on_by_its_id_or_as_the_latest(call, play):
    provider = play([Step("One."), Step("Two."), Step("Three.")])
    first = json.loads(call(provider, "-p", "My name is Ada.", "--output", "json")[1])
    second = json.loads(call(provider, "-p", "And?", "--output", "json", "--continue")[1])
    third = json.loads(call(provider, "-p", "And?", "--output=json", "--resume", first["conversationId"][:6])[1])
    assert first["conversationId"] == second["conversationId"] == third["conversationId"]
    states = [told["events"][1] for told in (first, second, third)]
    assert [(state["messages"], state["resumed"]) for state in states] == [(0, False), (2, True), (4, True)]
    assert "My name is Ada." in json.dumps(provider.bodies[-1])


def test_numbers_that_json_has_no_word_for_are_told_as_words(call, play):
    provider = play([Step("", calls=[("read_file", {"path": "a", "offset": float("nan")})]), DONE])
    trail = lines(call(provider, "-p", "x", "--output", "stream-json")[1])
    assert next(event for event in trail if event["kind"] == "tool_call")["arguments"]["offset"] == "NaN"


# --- how it ends -----------------------------------------------------------------------------------------------------


def test_a_budget_that_is_used_up_is_a_limit_in_the_providers_words(call, play):
    code, out, err = call(play([Step(mood=Mood(refusal="bill"))]), "-p", "x")
    assert (code, out) == (3, "")
    assert "The budget of this session is used up." in err


def test_a_limit_has_an_exit_code_of_its_own(call, play):
    code, out, _ = call(play([WRITE]), "-p", "x", "--output", "json", "--max-iterations", "1")
    told = json.loads(out)
    assert (code, told["status"]) == (3, "limit")
    assert "1 model request" in told["reason"]


def test_a_call_that_needs_approval_ends_it_where_nobody_is_asked(call, play, workspace):
    code, _, err = call(play([WRITE, DONE]), "-p", "x", "--confirm")
    assert code == 4
    assert "needs_input: write_file needs approval" in err
    assert not (workspace / "a.txt").exists()


@pytest.mark.parametrize("flag", ["--read-only", "--dry-run"])
def test_a_flag_keeps_everything_as_it_is(call, play, workspace, flag):
    code, out, _ = call(play([WRITE, DONE]), "-p", "x", "--output", "json", flag)
    assert (code, json.loads(out)["changedFiles"]) == (0, [])
    assert not list(workspace.iterdir())


def test_the_policy_of_the_environment_holds_whatever_is_asked(call, play, workspace, monkeypatch):
    monkeypatch.setenv("AGTERM_AGENT_POLICY", "readOnly")
    assert call(play([WRITE, DONE]), "-p", "x", "--yes")[0] == 0
    assert not list(workspace.iterdir())


def test_a_conversation_that_is_not_there_is_wrong_usage(call, play):
    provider = play([DONE])
    code, out, err = call(provider, "-p", "x", "--output", "stream-json", "--resume", "abcdef")
    assert (code, out) == (2, "")
    assert "no conversation abcdef" in err
    assert provider.calls == []


def test_what_a_project_asks_for_in_vain_is_told_in_the_trail(call, play, workspace):
    (workspace / ".agterm").mkdir()
    (workspace / ".agterm" / "agent.toml").write_text('base_url = "http://evil"')
    code, out, _ = call(play([DONE]), "-p", "x", "--output", "stream-json")
    notice = lines(out)[1]
    assert (code, notice["kind"]) == (0, "context_notice")
    assert "base_url" in notice["message"]


# --- standard input --------------------------------------------------------------------------------------------------


def test_a_prompt_can_come_by_standard_input(call, play, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("Grüße\nvon hier".encode())))
    code, out, _ = call(play([DONE]), "-p", "-", "--output", "stream-json")
    assert (code, lines(out)[0]["text"]) == (0, "Grüße\nvon hier")


def test_calls_are_allowed_and_refused_by_lines_of_standard_input(start, play, workspace):
    (workspace / "sub").mkdir()
    second = Step("", calls=[("write_file", {"path": "b.txt", "content": "two\n"})], ids=["w2"])
    third = Step("", calls=[("write_file", {"path": "c.txt", "content": "three\n"})], ids=["w3"])
    provider = play([WRITE, second, REMOVE, third, DONE])
    with start(provider, "-p", "x", "--confirm", "--approvals=stdin", stdin=subprocess.PIPE) as program:
        program.say(id="w1", decision="no")  # too early: it has not been asked
        asked = program.next("awaiting_input")
        assert (asked["id"], asked["choices"]) == ("w1", ["once", "always", "no"])
        assert not (workspace / "a.txt").exists()
        program.process.stdin.write("nonsense\n[]\n")
        program.say(id="another", decision="no")
        program.say(id="w1", decision="perhaps")
        program.say(id="w1", decision="once")
        assert program.next("tool_result")["status"] == "ok"
        program.next("awaiting_input")
        program.say(id="w2", decision="no")
        assert program.next("tool_result")["status"] == "error"
        for _ in range(2):  # what is destructive is asked about twice
            assert program.next("awaiting_input")["choices"] == ["once", "no"]
            assert (workspace / "sub").is_dir()
            program.say(id="r1", decision="once")
        assert program.next("awaiting_input")["id"] == "w3"
        program.process.stdin.close()  # nobody is there any more
        program.process.stdin = None
        assert program.next("tool_result")["status"] == "error"
        assert program.next("done")["status"] == "needs_input"
        assert program.end()[0] == 4
    assert sorted(path.name for path in workspace.iterdir()) == ["a.txt"]


# --- being ended -----------------------------------------------------------------------------------------------------


def test_a_signal_cancels_the_turn_and_ends_what_it_runs(start, play, workspace):
    command = "sleep 300 & echo $! > pid; echo started; wait"
    provider = play([Step("", calls=[("run_command", {"command": command})]), DONE])
    with start(provider, "-p", "x") as program:
        program.next("tool_output")
        pid = int((workspace / "pid").read_text())
        program.process.send_signal(signal.SIGTERM)
        assert program.next("tool_result")["status"] == "error"
        done = program.next("done")
        assert program.end()[0] == 130
    assert done["status"] == "cancelled"
    wait_until("the command's tree is gone", lambda: not is_alive(pid))


def test_a_signal_in_the_middle_of_a_request_cancels_it_and_it_can_go_on(call, play):
    def step(asked, number):
        if number:
            return DONE
        os.kill(os.getpid(), signal.SIGINT)
        return Step("Word by word. " * 50, mood=Mood(pause_s=0.1))

    before = signal.getsignal(signal.SIGINT)
    provider = play(step)
    code, out, _ = call(provider, "-p", "x", "--output", "stream-json")
    assert (code, lines(out)[-1]["status"]) == (130, "cancelled")
    assert signal.getsignal(signal.SIGINT) is before
    assert call(provider, "-p", "Go on.", "--continue")[:2] == (0, "It is written.\n")


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Step("Word by word. " * 200, mood=Mood(pause_s=0.1)), id="while it prints"),
        pytest.param(Step("Never said.", mood=Mood(delay_s=300)), id="while it waits"),
    ],
)
def test_it_ends_when_nobody_reads_its_output_any_more(start, play, step):
    provider = play([step])
    with start(provider, "-p", "x") as program:
        program.next("session_state")
        wait_until("the model is asked", lambda: provider.bodies)
        program.process.stdout.close()
        program.process.stdout = None
        code, _, err = program.end()
    assert code == 130
    assert "Traceback" not in err


def test_a_signal_before_the_engine_is_there_ends_it_with_a_whole_trail(start, play):
    provider = play([DONE])
    with start(provider, "-p", "x") as program:
        wait_until("signals are heard", lambda: _catches(program.process.pid, signal.SIGTERM))
        program.process.send_signal(signal.SIGTERM)
        code, out, _ = program.end()
    assert (code, lines(out)[-1]["status"]) == (130, "cancelled")
    assert provider.calls == []


def _catches(pid, number):
    """Whether a process has a handler of its own for a signal."""
    with open(f"/proc/{pid}/status") as stream:
        caught = int(stream.read().partition("SigCgt:")[2].split()[0], 16)
    return caught >> (number - 1) & 1


def test_every_dialect_comes_to_the_same_result(call, play, dialect, workspace):
    provider = play([WRITE, DONE])
    code, out, _ = call(provider, "-p", "x", "--output", "json", dialect=dialect)
    told = json.loads(out)
    assert (code, told["result"], told["changedFiles"]) == (0, "It is written.", ["a.txt"])
    assert {entry["model"] for entry in provider.calls} == {MODELS[dialect]}
