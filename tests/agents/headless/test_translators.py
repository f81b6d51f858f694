"""What the real CLIs printed, captured, becomes one vocabulary of events: the same turns from each of them."""

import json

import pytest
from support.headless import CASES, captured, told, told_of

from agterm_agent import events

CLIS = ["claude", "codex", "gemini", "opencode"]
PIECES = ("assistant_delta", "assistant_thought_delta", "tool_output", "usage", "context_notice")
PONG = {
    "claude": "PONG from claude-opus-5-5",
    "codex": "PONG from gpt-6.1-sol",
    "gemini": "PONG from gemini-3.8-flash",
    "opencode": "PONG from claude-sonnet-4-5",
}


def kinds(trail):
    return [event["kind"] for event in trail if event["kind"] not in PIECES]


def only(trail, kind):
    (found,) = [event for event in trail if event["kind"] == kind]
    return found


@pytest.mark.parametrize(("agent_id", "case"), CASES)
def test_every_captured_run_is_a_sound_trail(agent_id, case):
    assert events.check(told_of(agent_id, case)) == []


@pytest.mark.parametrize("agent_id", CLIS)
def test_an_answer_is_one_message_and_the_result(agent_id):
    trail = told_of(agent_id, "answer")
    assert kinds(trail) == ["user_prompt", "assistant_message", "done"]
    assert only(trail, "assistant_message")["text"] == PONG[agent_id]
    assert (trail[-1]["status"], trail[-1]["result"], trail[-1]["reason"]) == ("done", PONG[agent_id], None)
    assert trail[-1]["usage"]["input_tokens"] > 0
    assert trail[-1]["usage"]["output_tokens"] > 0


@pytest.mark.parametrize("agent_id", ["claude", "gemini"])
def test_an_answer_comes_in_pieces_where_the_cli_tells_them(agent_id):
    pieces = [event["text"] for event in told_of(agent_id, "answer") if event["kind"] == "assistant_delta"]
    assert len(pieces) > 1
    assert "".join(pieces) == PONG[agent_id]


@pytest.mark.parametrize("agent_id", ["claude", "codex", "opencode"])
def test_thoughts_come_before_the_answer(agent_id):
    trail = told_of(agent_id, "thoughts")
    assert kinds(trail) == ["user_prompt", "assistant_thought", "assistant_message", "done"]
    assert "The fake provider takes its time" in only(trail, "assistant_thought")["text"]


@pytest.mark.parametrize("agent_id", CLIS)
def test_a_command_has_its_output_as_its_result(agent_id):
    trail = told_of(agent_id, "command")
    message = "assistant_message"
    assert kinds(trail) == ["user_prompt", message, "tool_call", "tool_result", message, "done"]
    assert "echo hi; echo there > ran.txt" in only(trail, "tool_call")["arguments"]["command"]
    result = only(trail, "tool_result")
    assert (result["result"].strip(), result["status"]) == ("hi", "ok")


@pytest.mark.parametrize("agent_id", ["claude", "codex", "opencode"])
def test_a_command_that_fails_is_an_error(agent_id):
    result = only(told_of(agent_id, "failing_command"), "tool_result")
    assert result["status"] == "error"
    assert "no" in result["result"]
    assert "3" in result["result"]


@pytest.mark.parametrize(
    ("agent_id", "tool"), [("claude", "Write"), ("codex", "apply_patch"), ("gemini", "write_file")]
)
def test_a_written_file_is_a_call_of_the_tool_that_writes(agent_id, tool):
    trail = told_of(agent_id, "write")
    assert only(trail, "tool_call")["name"] == tool
    assert "asked.txt" in json.dumps(only(trail, "tool_call")["arguments"])
    assert only(trail, "tool_result")["status"] == "ok"


def test_what_an_edit_changed_is_told_as_a_diff_where_the_cli_knows_it():
    result = only(told_of("claude", "write"), "tool_result")
    assert result["diff"] == "--- /dev/null\n+++ asked.txt\n@@ -0,0 +1,1 @@\n+asked\n"


@pytest.mark.parametrize(
    ("agent_id", "case", "tool"),
    [
        ("claude", "confirm", "Write"),
        ("claude", "confirm_command", "Bash"),
    ],
)
def test_what_nobody_could_allow_needs_input(agent_id, case, tool):
    trail = told_of(agent_id, case)
    assert only(trail, "tool_result")["status"] == "error"
    assert trail[-1]["status"] == "needs_input"
    assert tool in trail[-1]["reason"]


@pytest.mark.parametrize("agent_id", ["claude", "codex"])
def test_a_write_that_is_forbidden_is_a_failed_call_of_a_turn_that_goes_on(agent_id):
    trail = told_of(agent_id, "read_only")
    assert only(trail, "tool_result")["status"] == "error"
    assert (trail[-1]["status"], trail[-1]["result"]) == ("done", PONG[agent_id])


@pytest.mark.parametrize("agent_id", CLIS)
def test_a_budget_that_is_used_up_is_a_limit_and_its_words_are_the_reason(agent_id):
    done = told_of(agent_id, "budget")[-1]
    assert done["status"] == "limit"
    assert "The budget of this session is used up." in done["reason"]


@pytest.mark.parametrize("agent_id", ["claude", "codex", "gemini"])
def test_a_provider_that_refuses_makes_it_fail_for_that_reason(agent_id):
    trail = told_of(agent_id, "provider_error")
    assert trail[-1]["status"] == "failed"
    assert only(trail, "error")["message"] == trail[-1]["reason"] != ""


@pytest.mark.parametrize("agent_id", ["claude", "codex", "gemini"])
def test_one_that_is_stopped_leaves_no_call_open(agent_id):
    trail = told_of(agent_id, "stopped")
    assert only(trail, "tool_result")["status"] == "error"
    assert trail[-1]["status"] == "cancelled"


@pytest.mark.parametrize("agent_id", CLIS)
def test_a_conversation_keeps_its_name_when_it_goes_on(agent_id):
    first, second = told_of(agent_id, "answer")[-1], told_of(agent_id, "resumed")[-1]
    assert first["conversation_id"] == second["conversation_id"] is not None


@pytest.mark.parametrize("agent_id", CLIS)
def test_a_conversation_that_is_not_there_is_a_failure_that_says_so(agent_id):
    done = told_of(agent_id, "no_such_conversation")[-1]
    assert done["status"] == "failed"
    assert any(
        word in done["reason"].lower() for word in ("no conversation", "no rollout", "invalid session", "not found")
    )


@pytest.mark.parametrize("agent_id", CLIS)
def test_a_program_that_says_nothing_has_failed(agent_id):
    done = told(agent_id, [], 1)[-1]
    assert (done["status"], done["result"]) == ("failed", "")
    assert "exit code 1" in done["reason"]


@pytest.mark.parametrize("agent_id", CLIS)
def test_the_last_words_of_one_that_could_not_start_are_the_reason(agent_id):
    trail = told(agent_id, ["\x1b[31mError:\x1b[0m no room left\r"], 1)
    assert "Error: no room left" in trail[-1]["reason"]


@pytest.mark.parametrize("agent_id", CLIS)
def test_colours_and_carriage_returns_around_a_line_change_nothing(agent_id):
    lines = captured(agent_id, "command")
    coloured = told(agent_id, [f"\x1b[0m{line}\r" for line in lines], 0)
    plain = told(agent_id, lines, 0)
    assert kinds(coloured) == kinds(plain)
    assert coloured[-1] == plain[-1]


def test_its_own_agent_tells_our_events_already():
    said = [
        events.user_prompt("Do it"),
        events.session_state("c1", messages=0, resumed=False),
        events.assistant_delta("Look"),
        events.assistant_message("Look"),
        events.tool_call("t1", "write_file", {"path": "a"}, safety="mutating"),
        events.awaiting_input("t1", "May it?", ["once", "no"]),
        events.tool_result("t1", "written", ok=True, duration_ms=7, diff="+a"),
        events.usage(requests=2, cost_usd="0.1"),
        events.assistant_message("Done"),
        events.done(events.Status.LIMIT, "Done", reason="50 requests", conversation_id="c1", changed_files=["a"]),
    ]
    trail = told("agterm", [json.dumps(event) for event in said], 3)
    assert trail[:-1] == said[:-1]
    assert trail[-1] == said[-1] | {"usage": {"requests": 2, "cost_usd": "0.1"}, "cost_usd": "0.1"}


def test_its_own_agent_that_is_killed_leaves_a_sound_trail():
    trail = told("agterm", [json.dumps(events.tool_call("t1", "run_command", {}))], 137)
    assert kinds(trail) == ["user_prompt", "tool_call", "tool_result", "error", "done"]
    assert trail[-1]["status"] == "failed"
