"""Anthropic's Messages: what requests ask for, and what answers used up."""

import json
from datetime import UTC, datetime
from decimal import Decimal

from genai_prices import extract_usage

from providers import prices
from providers.dialects import route
from providers.dialects.anthropic import Messages
from providers.usage import Terms, Usage

MESSAGES = Messages("anthropic")
HEADERS = [(b"Content-Type", b"text/event-stream"), (b"Request-Id", b"req_1")]
STARTED = {
    "input_tokens": 1000,
    "cache_creation_input_tokens": 300,
    "cache_read_input_tokens": 2000,
    "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 100},
    "output_tokens": 1,
    "service_tier": "standard",
}
ALL = Usage(
    input_tokens=1000, cache_read_tokens=2000, cache_write_tokens=300, cache_write_1h_tokens=100, output_tokens=50
)


def event(kind: str, **fields: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields}, separators=(',', ':'))}\n\n".encode()


def stream(ended: dict[str, object], started: dict[str, object] = STARTED, *, to_its_end: bool = True) -> list[bytes]:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5", "usage": started}
    events = [
        event("message_start", message=message),
        event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        event("ping"),
        event("content_block_delta", index=0, delta={"type": "text_delta", "text": 'say "usage": {}'}),
        event("content_block_delta", index=1, delta={"type": "input_json_delta", "partial_json": '{"a":'}),
        event("message_delta", delta={"stop_reason": "end_turn"}, usage=ended),
    ]
    return [*events, event("message_stop")] if to_its_end else events[:-1]


def read(chunks: list[bytes], headers: list[tuple[bytes, bytes]] = HEADERS):
    reader = MESSAGES.reader(200, headers)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish(), reader.visible_bytes


def test_a_stream_tells_input_in_its_first_event_and_output_in_its_last() -> None:
    reading, visible = read(stream({"output_tokens": 50}))
    assert reading.usage == ALL
    assert (reading.model, reading.response_id, reading.request_id) == ("claude-sonnet-4-5", "msg_1", "req_1")
    assert reading.is_complete
    assert 15 <= visible <= 30


def test_what_the_last_event_tells_of_the_input_replaces_the_first() -> None:
    ended = {
        "input_tokens": 1500,
        "cache_read_input_tokens": 2500,
        "cache_creation_input_tokens": None,
        "output_tokens": 7,
    }
    usage = read(stream(ended))[0].usage
    assert usage == Usage(
        input_tokens=1500, cache_read_tokens=2500, cache_write_tokens=300, cache_write_1h_tokens=100, output_tokens=7
    )


def test_a_stream_that_breaks_off_is_not_complete() -> None:
    reading, _ = read(stream({"output_tokens": 50}, to_its_end=False))
    assert not reading.is_complete
    assert reading.usage is not None
    assert reading.usage.input_tokens == 1000


def test_searches_thinking_speed_and_tier_are_told() -> None:
    ended = {
        "output_tokens": 90,
        "output_tokens_details": {"thinking_tokens": 40},
        "server_tool_use": {"web_search_requests": 3, "web_fetch_requests": 2},
        "service_tier": "priority",
        "speed": "fast",
    }
    reading, _ = read(stream(ended))
    assert reading.usage is not None
    assert (reading.usage.output_tokens, reading.usage.reasoning_tokens) == (90, 40)
    assert reading.usage.extra == {"web_searches": 3}
    assert reading.terms == Terms(service_tier="priority", speed="fast")


def test_work_beside_the_answer_is_added() -> None:
    """Compaction is billed, and told in `iterations` alone."""
    iterations = [
        {"type": "compaction", "input_tokens": 18_000, "output_tokens": 350, "cache_creation_input_tokens": 40},
        {"type": "message", "input_tokens": 1000, "output_tokens": 50},
    ]
    usage = read(stream({"output_tokens": 50, "iterations": iterations}))[0].usage
    assert usage == Usage(
        input_tokens=19_000,
        cache_read_tokens=2000,
        cache_write_tokens=340,
        cache_write_1h_tokens=100,
        output_tokens=400,
    )


def test_an_answer_in_one_piece_tells_the_same() -> None:
    body = {"id": "msg_1", "type": "message", "model": "claude-sonnet-4-5", "usage": {**STARTED, "output_tokens": 50}}
    reading, _ = read([json.dumps(body).encode()], [(b"request-id", b"req_2")])
    assert (reading.usage, reading.is_complete, reading.request_id) == (ALL, True, "req_2")


def test_the_price_is_the_one_that_claude_code_shows() -> None:
    """$0.0057 and $0.0072: measured of version 2.1.330 on this very usage."""
    at = datetime(2026, 11, 22, tzinfo=UTC)
    for model, dollars in (("claude-sonnet-4-5", "0.0057"), ("claude-opus-5-5", "0.0072")):
        priced = prices.cost_of("anthropic", model, ALL, at)
        assert priced is not None
        assert Decimal(priced.cost_picousd).scaleb(-12) == Decimal(dollars)


def test_usage_agrees_with_the_price_lists_own_reading() -> None:
    body = {
        "model": "claude-sonnet-4-5",
        "usage": {**STARTED, "output_tokens": 50, "server_tool_use": {"web_search_requests": 2}},
    }
    theirs = extract_usage(body, provider_id="anthropic").calc_price().total_price
    usage = read([json.dumps({"type": "message", **body}).encode()])[0].usage
    assert usage is not None
    ours = prices.cost_of("anthropic", "claude-sonnet-4-5", usage, datetime.now(UTC))
    assert ours is not None
    assert ours.cost_picousd == theirs * 10**12


def test_an_error_is_no_usage() -> None:
    reading, _ = read([b'{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'])
    assert (reading.usage, reading.model, reading.is_complete) == (None, None, True)
    reading, _ = read([event("error", error={"type": "overloaded_error"})])
    assert (reading.usage, reading.is_complete) == (None, False)


def test_a_request_says_what_it_asks_for() -> None:
    asked = MESSAGES.asked(
        "v1/messages", {"model": "claude-opus-5-5", "stream": True, "max_tokens": 128_000, "speed": "fast"}
    )
    assert (asked.model, asked.is_stream, asked.max_output_tokens) == ("claude-opus-5-5", True, 128_000)
    assert asked.terms == Terms(speed="fast")
    assert MESSAGES.asked("v1/messages", {"service_tier": "auto"}).terms == Terms()
    assert MESSAGES.rewritten(b" {} ", asked) == b" {} "


def test_a_cut_stream_ends_in_an_error_that_says_why() -> None:
    ended = MESSAGES.error_event('the budget "x" is used up')
    kind, data, *rest = ended.decode().split("\n")
    assert kind == "event: error"
    assert json.loads(data.removeprefix("data: "))["error"]["message"] == 'the budget "x" is used up'
    assert rest == ["", ""]


def test_messages_are_metered_and_counting_is_free() -> None:
    metered = route("anthropic", "POST", "v1/messages", "beta=true")
    assert metered is not None
    assert metered.kind == "metered"
    assert isinstance(metered.dialect, Messages)
    counting = route("anthropic", "POST", "v1/messages/count_tokens", "")
    assert counting is not None
    assert counting.kind == "free"
