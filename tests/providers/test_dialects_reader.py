"""Answers come in pieces of any size, in any state; what is read of them does not depend on it."""

import gzip
import json
import tracemalloc
import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.dialects import Reading
from providers.dialects.anthropic import Messages
from providers.dialects.base import Dialect
from providers.dialects.chat import ChatCompletions
from providers.dialects.framing import MOST_KEPT
from providers.dialects.gemini import GenerateContent
from providers.dialects.responses import Responses
from providers.usage import Usage

DIALECTS: list[Dialect] = [Messages("anthropic"), Responses("openai"), ChatCompletions("openai"), GenerateContent()]
MIB = 1024 * 1024


def test_an_answer_that_tells_no_usage_is_as_long_as_it_reads() -> None:
    reader = ChatCompletions("openai").reader(200, [])
    reader.feed(json.dumps({"id": "c", "choices": [{"message": {"content": "x" * 40}}]}).encode())
    assert (reader.finish().usage, reader.visible_bytes) == (None, 40)


def events(*bodies: object, end: str = "\n") -> bytes:
    return "".join(f"data: {json.dumps(body, ensure_ascii=False)}{end}{end}" for body in bodies).encode()


CHAT = {"prompt_tokens": 30, "completion_tokens": 5}
RESPONSES = {"input_tokens": 30, "output_tokens": 5}
GOOGLE = {"promptTokenCount": 30, "candidatesTokenCount": 5}
USED = Usage(input_tokens=30, output_tokens=5)
ANSWERS: list[tuple[Dialect, list[object]]] = [
    (
        DIALECTS[0],
        [
            {"type": "message_start", "message": {"id": "m", "model": "claude", "usage": {"input_tokens": 30}}},
            {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "grüß 👋 \r\n Gott"}},
            {"type": "message_delta", "usage": {"output_tokens": 5}},
            {"type": "message_stop"},
        ],
    ),
    (
        DIALECTS[1],
        [
            {"type": "response.created", "response": {"id": "r", "model": "gpt", "usage": None}},
            {"type": "response.output_text.delta", "delta": "grüß 👋"},
            {"type": "response.completed", "response": {"id": "r", "model": "gpt", "usage": RESPONSES}},
        ],
    ),
    (
        DIALECTS[2],
        [
            {"id": "c", "model": "gpt", "choices": [{"delta": {"content": "grüß 👋"}}], "usage": None},
            {"id": "c", "model": "gpt", "choices": [{"delta": {}, "finish_reason": "stop"}], "usage": CHAT},
        ],
    ),
    (
        DIALECTS[3],
        [
            {"candidates": [{"content": {"parts": [{"text": "grüß 👋"}]}}], "usageMetadata": {"promptTokenCount": 30}},
            {"candidates": [{"finishReason": "STOP"}], "usageMetadata": GOOGLE},
        ],
    ),
]


def read(dialect: Dialect, chunks: list[bytes], encoding: bytes = b"") -> Reading:
    reader = dialect.reader(200, [(b"content-encoding", encoding)] if encoding else [])
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


def cut(body: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(place, len(body)) for place in places), len(body)]
    return [body[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize(("dialect", "bodies"), ANSWERS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\r\n\n", b": a comment\n\n"])
def test_every_split_of_a_stream_reads_the_same(dialect: Dialect, bodies: list[object], end: str, mark: bytes) -> None:
    body = mark + events(*bodies, end=end)
    whole = read(dialect, [body])
    assert whole.usage == USED
    assert whole.is_complete
    assert read(dialect, [body[i : i + 1] for i in range(len(body))]) == whole
    assert all(read(dialect, [body[:place], body[place:]]) == whole for place in range(0, len(body), 3))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_comes_is_read_the_same_however_it_is_cut(data: st.DataObject) -> None:
    dialect, bodies = data.draw(st.sampled_from(ANSWERS))
    good = events(*bodies, end=data.draw(st.sampled_from(["\n", "\r\n", "\r"])))
    parts = data.draw(st.lists(st.one_of(st.binary(max_size=40), st.just(good), st.sampled_from(HOSTILE)), max_size=6))
    body = b"".join(parts)
    places = data.draw(st.lists(st.integers(0, max(1, len(body))), max_size=8))
    assert read(dialect, cut(body, places)) == read(dialect, [body])


HOSTILE = [
    b'data: {"type":"message_start","message":[1]}\n\n',
    b'data: {"type":"message_delta","usage":{"output_tokens":-5,"input_tokens":true}}\n\n',
    b'data: {"type":"message_delta","usage":{"output_tokens":1e400,"iterations":[1,{"type":7}]}}\n\n',
    b'data: {"type":"message_delta","usage":{"output_tokens":99999999999999999999999999}}\n\n',
    b'data: {"type":"response.completed","response":{"id":7,"usage":{"input_tokens":"9"},"output":{"a":1}}}\n\n',
    b'data: {"type":"response.completed","response":{"usage":{"input_tokens":{}},"output":[[],{"type":[]}]}}\n\n',
    b'data: {"id":"\\u0000\\u202e","choices":7,"usage":{"prompt_tokens":1,"completion_tokens_details":[]}}\n\n',
    b'data: {"choices":[null,{"usage":[]}],"usage":{"prompt_tokens":5,"prompt_cache_hit_tokens":9}}\n\n',
    b'data: {"usageMetadata":{"promptTokenCount":3,"cachedContentTokenCount":9,"promptTokensDetails":[3]}}\n\n',
    b'data: {"candidates":[{"groundingMetadata":{"webSearchQueries":[1,[],"x"]}}],"usageMetadata":{}}\n\n',
    b"data: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n\n",
    b"data:\ndata:\n\n",
    b"{",
    b"[1,2",
    b"\xff\xfe\x00",
    b"\xef\xbb",
    b"data: [DONE]\n\n",
]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("body", [*HOSTILE, *(line.removeprefix(b"data:") for line in HOSTILE)])
def test_nothing_that_a_provider_sends_raises(dialect: Dialect, body: bytes) -> None:
    reading = read(dialect, [body])
    if reading.usage is not None:
        counts = reading.usage
        assert min(counts.input_tokens, counts.cache_read_tokens, counts.output_tokens) >= 0
        assert counts.reasoning_tokens <= counts.output_tokens
        assert counts.cache_write_1h_tokens <= counts.cache_write_tokens
        assert counts.total_tokens < 2**40


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"x-gzip"])
def test_an_encoded_answer_is_read_all_the_same(encoding: bytes) -> None:
    dialect, bodies = ANSWERS[0]
    plain = events(*bodies)
    packed = zlib.compress(plain) if encoding == b"deflate" else gzip.compress(plain)
    assert read(dialect, [packed[i : i + 7] for i in range(0, len(packed), 7)], encoding).usage == USED


def test_deflate_without_a_frame_is_read_too() -> None:
    dialect, bodies = ANSWERS[0]
    packer = zlib.compressobj(wbits=-15)
    assert read(dialect, [packer.compress(events(*bodies)) + packer.flush()], b"deflate").usage == USED


@pytest.mark.parametrize("encoding", [b"br", b"zstd", b"gzip"])
def test_what_can_not_be_decoded_is_not_complete(encoding: bytes) -> None:
    reading = read(ANSWERS[0][0], [b"no such thing " * 100], encoding)
    assert (reading.usage, reading.is_complete) == (None, False)


def test_one_event_over_several_lines_is_one() -> None:
    body = b'data: {"type":"message_delta",\ndata:  "usage":\ndata: {"output_tokens":5,"input_tokens":30}}\n\n'
    assert read(DIALECTS[0], [body]).usage == USED


def test_the_last_event_needs_no_empty_line_behind_it() -> None:
    dialect, bodies = ANSWERS[1]
    assert read(dialect, [events(*bodies).rstrip(b"\n")]).is_complete


@pytest.mark.parametrize("chunk_bytes", [64 * 1024, 20 * MIB])
def test_an_event_that_is_too_long_is_not_kept_but_its_usage_is(chunk_bytes: int) -> None:
    """Pictures make events long; their usage stands at the end."""
    picture = b'{"candidates":[{"content":{"parts":[{"inlineData":{"data":"' + b"A" * (MOST_KEPT + MIB)
    body = b"data: " + picture + b'"}}]}}],"usageMetadata":' + json.dumps(GOOGLE).encode() + b"}\n\n"
    chunks = [body[i : i + chunk_bytes] for i in range(0, len(body), chunk_bytes)]
    assert read(DIALECTS[3], chunks).usage == USED


def test_a_document_that_is_too_long_tells_its_usage_at_its_end() -> None:
    body = b'{"type":"message","content":"' + b"A" * (MOST_KEPT + MIB)
    ended = body + b'","usage":{"input_tokens":30,"output_tokens":5}}\n'
    assert read(DIALECTS[0], [ended]) == Reading(usage=USED, is_complete=True)
    assert read(DIALECTS[0], [body]) == Reading()


@pytest.mark.parametrize("start", [b"data: ", b"{", b"data: x\n" * 100_000])
def test_an_answer_without_end_takes_no_more_memory_than_one_event(start: bytes) -> None:
    reader = DIALECTS[2].reader(200, [])
    reader.feed(start)
    chunk = b"x" * MIB
    tracemalloc.start()
    for _ in range(100):
        reader.feed(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * MOST_KEPT
    assert reader.finish().usage is None


def test_reading_goes_on_after_an_event_that_was_too_long() -> None:
    dialect, bodies = ANSWERS[2]
    assert read(dialect, [b"data: " + b"x" * (MOST_KEPT + 1), b"\n\n" + events(*bodies)]).usage == USED


def test_a_reader_that_has_finished_says_the_same_again() -> None:
    dialect, bodies = ANSWERS[2]
    reader = dialect.reader(200, [])
    reader.feed(events(*bodies))
    first = reader.finish()
    reader.feed(events({"id": "other", "usage": {"prompt_tokens": 7}}))
    assert reader.finish() == first


@pytest.mark.parametrize("name", [b"request-id", b"X-Request-Id"])
def test_the_requests_id_is_in_a_header(name: bytes) -> None:
    assert DIALECTS[0].reader(200, [(name, b"req_1\x00")]).finish().request_id == "req_1"


@pytest.mark.parametrize(("dialect", "bodies"), ANSWERS)
def test_what_the_model_writes_is_counted_as_it_comes(dialect: Dialect, bodies: list[object]) -> None:
    reader = dialect.reader(200, [])
    reader.feed(events(*bodies[:-1]))
    assert 9 <= reader.visible_bytes <= 30
