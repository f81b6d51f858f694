"""What CLIs write down of their calls, in the very form that the pinned versions write."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.transcripts import kind_of
from providers.usage import Usage

CLAUDE_USAGE = {
    "input_tokens": 1000, "cache_creation_input_tokens": 300, "cache_read_input_tokens": 2000, "output_tokens": 50,
    "output_tokens_details": {"thinking_tokens": 7},
    "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 100},
    "service_tier": "standard", "speed": "standard",
}  # fmt: skip


def claude_line(message_id="msg_1", **usage):
    return {
        "type": "assistant", "timestamp": "2026-11-22T02:32:47.935Z", "requestId": f"req_{message_id}",
        "message": {"id": message_id, "model": "claude-sonnet-4-5", "usage": CLAUDE_USAGE | usage, "content": ["long"]},
    }  # fmt: skip


def lines(*records):
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def whole(agent, *records):
    """What a file of these lines tells, to its end."""
    transcript = kind_of(agent)()
    told, used = transcript.feed(lines(*records))
    assert used == len(lines(*records))
    return told + transcript.rest()


def test_claude_tells_of_a_call_once_however_many_lines_repeat_it():
    told = whole("claude", claude_line(output_tokens=1), claude_line(), claude_line("msg_2", output_tokens=9))
    assert [(call.id, call.request_id, call.usage.output_tokens) for call in told] == [
        ("msg_1", "req_msg_1", 50),
        ("msg_2", "req_msg_2", 9),
    ]
    assert told[0].usage == Usage(
        input_tokens=1000, cache_read_tokens=2000, cache_write_tokens=300, cache_write_1h_tokens=100,
        output_tokens=50, reasoning_tokens=7,
    )  # fmt: skip
    assert told[0].at.isoformat() == "2026-11-22T02:32:47.935000+00:00"


def test_the_last_call_is_held_back_until_nothing_more_can_follow():
    transcript = kind_of("claude")()
    assert transcript.feed(lines(claude_line()))[0] == []
    later = kind_of("claude")(json.loads(json.dumps(transcript.state)))
    assert [call.id for call in later.rest()] == ["msg_1"]
    assert later.rest() == []


def test_what_claude_says_itself_in_place_of_an_answer_is_no_call():
    line = claude_line()
    line["message"]["model"] = "<synthetic>"
    assert whole("claude", line, {"type": "user"}, {"type": "cost-state", "totalCostUSD": 3}) == []


def codex_usage(response="resp_1", **usage):
    counts = {"input_tokens": 3300, "cached_input_tokens": 2000, "cache_write_input_tokens": 300, "output_tokens": 50,
              "reasoning_output_tokens": 20, "total_tokens": 3350}  # fmt: skip
    return {"timestamp": "2026-11-22T02:00:00Z", "type": "token_usage_record",
            "payload": {"response_id": response, "usage": counts | usage, "turn_token_usage": {}}}  # fmt: skip


CONTEXT = {"timestamp": "2026-11-22T02:00:00Z", "type": "turn_context", "payload": {"model": "gpt-6.1-sol"}}


def test_codex_input_includes_what_came_from_the_cache():
    (call,) = whole("codex", CONTEXT, codex_usage())
    assert call.usage == Usage(
        input_tokens=1000, cache_read_tokens=2000, cache_write_tokens=300, output_tokens=50, reasoning_tokens=20
    )
    assert (call.id, call.response_id, call.model) == ("resp_1", "resp_1", "gpt-6.1-sol")


def test_a_codex_file_is_gone_on_with_by_another_process():
    first = kind_of("codex")()
    first.feed(lines(CONTEXT))
    second = kind_of("codex")(json.loads(json.dumps(first.state)))
    assert second.feed(lines(codex_usage()))[0][0].model == "gpt-6.1-sol"


def test_codex_says_how_much_of_the_plan_is_used():
    limits = {"primary": {"used_percent": 12.5, "window_minutes": 300, "resets_at": 1795000000},
              "secondary": {"used_percent": 40, "window_minutes": 10080, "resets_in_seconds": 60}}  # fmt: skip
    transcript = kind_of("codex")()
    event = {"type": "token_count", "rate_limits": limits, "info": None}
    transcript.feed(lines({"timestamp": "2026-11-22T02:00:00Z", "type": "event_msg", "payload": event}))
    primary, secondary = transcript.plan["primary"], transcript.plan["secondary"]
    assert (primary.used_percent, primary.window_minutes, primary.resets_at.timestamp()) == (12.5, 300, 1795000000)
    assert secondary.resets_at.isoformat() == "2026-11-22T02:01:00+00:00"


def test_gemini_output_leaves_out_the_thoughts_and_the_last_line_counts():
    line = {"id": "b87b", "timestamp": "2026-11-22T02:00:00Z", "type": "gemini", "model": "gemini-3.8-flash",
            "tokens": {"input": 3300, "output": 30, "cached": 2000, "thoughts": 20, "tool": 5}}  # fmt: skip
    (call,) = whole("gemini", line, line | {"toolCalls": []})
    assert call.usage == Usage(input_tokens=1305, cache_read_tokens=2000, output_tokens=50, reasoning_tokens=20)


@pytest.mark.parametrize("agent", ["claude", "codex", "gemini"])
@given(data=st.binary(max_size=300))
def test_garbage_tells_nothing_and_never_raises(agent, data):
    transcript = kind_of(agent)()
    told, used = transcript.feed(data)
    assert told + transcript.rest() == []
    assert used == data.rfind(b"\n") + 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    value=VALUES, path=st.sampled_from(["timestamp", "requestId", "message", "id", "model", "usage", "input_tokens"])
)
def test_nothing_that_a_forger_puts_in_a_line_raises(value, path):
    line = claude_line()
    for holder in (line, line["message"], line["message"]["usage"]):
        if path in holder:
            holder[path] = value
    for call in whole(
        "claude", json.loads(json.dumps(line, allow_nan=True).replace("NaN", "0").replace("Infinity", "0"))
    ):
        assert 0 <= call.usage.input_tokens <= 10**9


def test_pieces_give_what_the_whole_gives():
    data = lines(claude_line(), claude_line("msg_2"), claude_line("msg_3"))
    expected = [call.id for call in whole("claude", claude_line(), claude_line("msg_2"), claude_line("msg_3"))]
    for size in (1, 7, 100):
        told, buffer, state = [], b"", {}
        for at in range(0, len(data), size):
            buffer += data[at : at + size]
            transcript = kind_of("claude")(state)
            found, used = transcript.feed(buffer)
            told, buffer, state = told + found, buffer[used:], transcript.state
        assert [call.id for call in told + kind_of("claude")(state).rest()] == expected


def test_a_line_that_never_ends_is_not_waited_for():
    transcript = kind_of("claude")()
    assert transcript.feed(b"x" * (1024 * 1024 + 1)) == ([], 1024 * 1024 + 1)


@pytest.mark.parametrize(
    ("data", "count"), [(b"\n" * 5000, 0), (lines(*(claude_line(f"msg_{n}") for n in range(300))), 300)]
)
def test_one_feeding_takes_a_bounded_part_and_the_next_goes_on_from_there(data, count):
    transcript = kind_of("claude")()
    told, at, feedings = [], 0, 0
    while (found := transcript.feed(data, at))[1] > at:
        (calls, at), feedings = found, feedings + 1
        assert len(calls) <= 100
        told += calls
    assert (at, feedings) == (len(data), 3)
    assert len(told + transcript.rest()) == count


@pytest.mark.parametrize("agent", ["claude", "gemini"])
def test_what_is_kept_in_mind_of_a_line_is_small_whatever_stands_in_it(agent):
    stuffed = {"usage": {"input_tokens": 1, "more": ["x" * 1000] * 100}}
    line = {
        "type": {"claude": "assistant", "gemini": "gemini"}[agent], "id": "b87b", "model": "gemini-3.8-flash",
        "timestamp": "2026-11-22T02:00:00Z", "requestId": "r" * 9999, "tokens": {"input": 1, "more": "x" * 100_000},
        "message": {"id": "msg_1", "model": "claude-sonnet-4-5", **stuffed},
    }  # fmt: skip
    transcript = kind_of(agent)()
    transcript.feed(lines(line))
    assert len(json.dumps(transcript.state)) < 1000
    assert len(transcript.rest()) == 1


def test_parts_are_never_more_than_their_whole():
    (call,) = whole("claude", claude_line(
        cache_creation_input_tokens=3, cache_creation={"ephemeral_1h_input_tokens": 9}, output_tokens=1,
        output_tokens_details={"thinking_tokens": 7}))  # fmt: skip
    assert (call.usage.cache_write_1h_tokens, call.usage.reasoning_tokens) == (3, 1)
