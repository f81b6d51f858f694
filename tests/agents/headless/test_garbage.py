"""Whatever comes on the terminal, a translator tells a sound trail that can be kept and sent."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.headless import CASES, captured, told

from agents.headless import claude
from agterm_agent import events

CLIS = ["agterm", "claude", "codex", "gemini", "opencode"]
OWN = [
    events.user_prompt("Do it"),
    events.session_state("c1", messages=0, resumed=False),
    events.assistant_delta("Loo"),
    events.assistant_message("Look"),
    events.tool_call("t1", "grep", {}),
    events.tool_output("t1", "a"),
    events.awaiting_input("t1", "May it?", ["once"]),
    events.tool_result("t1", {"x": 1}, ok=False, duration_ms=7),
    events.usage(requests=2, cost_usd="0.1"),
    events.done(events.Status.DONE, "Done"),
]
LINES = {
    agent_id: [line for agent, case in CASES if agent == agent_id for line in captured(agent, case)]
    for agent_id in CLIS
}
LINES["agterm"] = [json.dumps(event) for event in OWN]
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text(), max_size=2),
    st.dictionaries(st.sampled_from(["type", "id", "text", "content"]), st.text(), max_size=2),
)  # fmt: skip
NOISE = [
    "",
    "{",
    "}",
    "null",
    "[1]",
    '"x"',
    '{"type": 1}',
    '{"type": "result"}',
    '{"kind": "done"}',
    "\x1b[?25h",
    "Error: x",
]


def changed(draw, line):
    """The line torn, or one of its values, however deep, another one."""
    how = draw(st.sampled_from(["whole", "whole", "torn", "other"]))
    if how == "torn":
        return line[draw(st.integers(0, len(line))) :][: draw(st.integers(0, len(line)))]
    try:
        top = json.loads(line)
    except ValueError:
        return line
    if how == "other" and isinstance(top, dict):
        inner = top
        while True:
            name = draw(st.sampled_from(sorted(inner))) if inner else "type"
            below = inner.get(name)
            if not isinstance(below, dict) or not below or draw(st.booleans()):
                inner[name] = draw(ODD)
                return json.dumps(top)
            inner = below
    return line


@st.composite
def outputs(draw, agent_id):
    lines = draw(st.lists(st.sampled_from(LINES[agent_id] + NOISE), max_size=25))
    return [changed(draw, line) for line in lines]


@pytest.mark.parametrize("agent_id", CLIS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_mix_of_lines_is_a_sound_trail(agent_id, data):
    lines = data.draw(outputs(agent_id))
    trail = told(agent_id, lines, data.draw(st.sampled_from([None, 0, 1, 143, -9])))
    assert events.check(trail) == []
    assert "\0" not in json.dumps(trail, allow_nan=False, ensure_ascii=False).encode().decode()
    assert all(isinstance(event["text"], str) for event in trail if "text" in event)
    assert trail[-1]["status"] in set(events.Status)


@pytest.mark.parametrize("agent_id", CLIS)
def test_lines_that_no_parser_should_meet(agent_id):
    lines = [
        "[" * 100_000,
        '{"type":' * 50_000,
        '{"kind":"assistant_message","type":"text","text":"\\ud800 \\u0000"}',
        '{"type":"result","n":' + "9" * 10_000 + "}",
        '{"type":"result","total_cost_usd":1e999}',
        "{" + "x" * (17 * 1024 * 1024) + "}",
    ]
    trail = told(agent_id, lines, 1)
    assert events.check(trail) == []
    assert "\\u0000" not in json.dumps(trail, allow_nan=False)
    json.dumps(trail, ensure_ascii=False).encode()


def test_a_call_that_is_told_twice_is_one_and_a_result_of_none_is_left_out():
    call, result = (json.dumps(OWN[number]) for number in (4, 7))
    trail = told("agterm", [result, call, call, result, result], 0)
    assert [event["kind"] for event in trail] == ["user_prompt", "tool_call", "tool_result", "error", "done"]


def test_what_a_translator_remembers_is_bounded_however_much_a_program_says():
    """It stays in the memory of the server until the run ends."""
    translator = claude.Translator()
    piece = {"type": "stream_event", "session_id": "z" * 1000, "event": {"delta": {"type": "text_delta"}}}
    piece["event"]["delta"]["text"] = "x" * 100_000
    calls = [{"type": "tool_use", "id": f"{'y' * 10_000 * (n % 2)}{n}", "name": "Bash"} for n in range(3000)]
    said = [piece] * 20 + [{"type": "assistant", "message": {"content": [call]}} for call in calls]
    told = [event for line in said for event in translator.feed(json.dumps(line))] + translator.end(0)
    assert [len(event["text"]) for event in told if event["kind"] == "assistant_message"] == [1_000_000]
    for kind in ("tool_call", "tool_result"):
        assert sum(event["kind"] == kind for event in told) == 1000
    assert translator.conversation is None
