"""What the door reads of requests before it passes them on: whole, bounded, and nothing that it can't understand."""

import asyncio
import gzip
import json
import random
import uuid
import zlib

import pytest

from gateway import bodies
from gateway.bodies import Body, Room
from gateway.refusals import Refusal

CHAT = "/llm/openai/v1/chat/completions"
DONE = b'data: {"id":"c","model":"gpt-5.5","choices":[{"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
SAID = {"model": "gpt-5.5", "stream": True, "messages": []}


@pytest.fixture
def answering(provider_at_hand):
    provider_at_hand.plays(lambda way: way.stream([DONE]))
    return provider_at_hand


async def test_a_body_goes_on_to_the_byte(visit, answering):
    body = b' {"model" : "claude-opus-5-5",\n "max_tokens":1e2, "x":"\\u00e4\xc3\xa4", "messages":[]}\n '
    await visit(body=body).heard_to_the_end()
    assert answering.heard[0].body == body
    assert answering.heard[0].headers["content-length"] == str(len(body))


async def test_only_chat_streams_are_asked_for_their_usage(visit, answering):
    await visit(CHAT, SAID).heard_to_the_end()
    assert json.loads(answering.heard[0].body) == SAID | {"stream_options": {"include_usage": True}}
    assert answering.heard[0].headers["content-length"] == str(len(answering.heard[0].body))
    await visit("/llm/openai/v1/responses", SAID).heard_to_the_end()
    assert json.loads(answering.heard[1].body) == SAID


async def test_a_packed_body_goes_on_packed_unless_it_has_to_be_changed(visit, answering):
    packed = gzip.compress(json.dumps(SAID).encode())
    await visit("/llm/openai/v1/responses", packed, **{"content-encoding": "gzip"}).heard_to_the_end()
    assert answering.heard[0].body == packed
    assert answering.heard[0].headers["content-encoding"] == "gzip"
    await visit(CHAT, packed, **{"content-encoding": "gzip"}).heard_to_the_end()
    assert json.loads(answering.heard[1].body) == SAID | {"stream_options": {"include_usage": True}}
    assert "content-encoding" not in answering.heard[1].headers


async def test_half_a_character_that_a_cli_cut_through_is_the_providers_to_judge(visit, answering):
    body = b'{"model":"claude-opus-5-5","messages":[{"role":"user","content":"\\ud83d"}]}'
    assert (await visit(body=body).heard_to_the_end()).status == 200
    assert answering.heard[0].body == body


BOMB = zlib.compressobj(9, wbits=31)
BOMB = b"".join(BOMB.compress(b" " * 2**20) for _ in range(80)) + BOMB.flush()
ZIPPED = gzip.compress(json.dumps(SAID).encode(), mtime=0)


@pytest.mark.parametrize(
    ("status", "body", "encoding"),
    [
        (400, b"", ""), (400, b"{", ""), (400, b"[]", ""), (400, b"model=gpt-5.5", ""), (400, b"{}", ""),
        (400, b"\xff\xfe{}", ""), (400, b'{"model":7}', ""), (400, b"[" * 100_000, ""), (400, b'{"a":' * 100_000, ""),
        (400, b'{"model":"m","background":true}', ""), (413, b"[" + b"[]," * 1_500_000 + b"]", ""),
        (400, b"no gzip", "gzip"), (400, ZIPPED[:-9], "gzip"), (400, ZIPPED + ZIPPED, "gzip"), (413, BOMB, "gzip"),
        (400, ZIPPED, ""), (415, b"{}", "zstd"), (415, b"{}", "br"), (415, ZIPPED, "gzip, gzip"),
    ],
)  # fmt: skip
async def test_what_can_not_be_read_is_not_served(visit, answering, status, body, encoding):
    caller = await visit("/llm/openai/v1/responses", body, **{"content-encoding": encoding}).heard_to_the_end()
    assert caller.status == status
    assert caller.error()["message"].startswith("AGTerm: ")
    assert answering.heard == []


async def test_a_body_that_is_said_to_be_too_large_is_refused(visit, answering, monkeypatch):
    monkeypatch.setattr(bodies, "MAX_BYTES", 100_000)
    caller = await visit(body=b"x" * 100_001).heard_to_the_end()
    assert (caller.status, caller.error()["type"]) == (413, "request_too_large")
    assert answering.heard == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "openai/v1/batches"), ("POST", "openai/v1/files"), ("POST", "openai/v1/images/generations"),
        ("GET", "openai/v1/chat/completions"), ("PUT", "openai/v1/responses"),
        ("POST", "anthropic/v1/messages/batches"),
        ("POST", "openai/v1/analytics/codex/turn-costs"), ("POST", "google/v1beta/cachedContents"),
        ("POST", "google/v1beta/models/gemini-3.8-flash:generateContent?fields=candidates"),
        ("POST", "google/v1beta/models/gemini-3.8-flash:generateContent?alt=proto"),
    ],
)  # fmt: skip
async def test_what_can_not_be_metered_is_not_served(visit, answering, method, path):
    caller = await visit(f"/llm/{path}", SAID, method=method).heard_to_the_end()
    assert (caller.status, "can't meter this" in caller.error()["message"]) == (404, True)
    assert answering.heard == []


async def test_no_header_leads_around_the_meter(visit, answering):
    others = {"x-http-method-override": "GET", "x-goog-fieldmask": "candidates", "accept-encoding": "br, zstd"}
    others |= {"range": "bytes=0-9", "x-original-url": "/v1/files"}
    await visit("/llm/openai/v1/responses", SAID, **others).heard_to_the_end()
    told = answering.heard[0].headers
    assert told["accept-encoding"] == "identity"
    assert not {"x-http-method-override", "x-goog-fieldmask", "range", "x-original-url"} & set(told)


async def test_a_header_that_is_no_text_is_refused(visit, answering):
    caller = await visit("/llm/openai/v1/responses", SAID, **{"x-odd": "\xff"}).heard_to_the_end()
    assert caller.status == 400
    assert answering.heard == []


# --- the memory that bodies may take ---------------------------------------------------------------------------------

ANNA, BERT, CARL = (uuid.UUID(int=number) for number in (1, 2, 3))


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(bodies, "MAX_BYTES", 60)
    monkeypatch.setattr(bodies, "MAX_HELD_BYTES", 100)
    monkeypatch.setattr(bodies, "MAX_HELD_OF_ONE", 80)
    return Room()


async def filled(room, session_id, size):
    body = Body(room, session_id)
    for _ in range(size // 10):
        await body.add(b"x" * 10)
    return body


async def test_a_body_that_is_too_large_is_refused(small):
    with pytest.raises(Refusal, match="over") as refused:
        await filled(small, ANNA, 70)
    assert refused.value.status == 413


async def test_bodies_wait_for_room_and_get_it(small):
    first, second = await filled(small, ANNA, 60), await filled(small, BERT, 40)
    third = asyncio.create_task(filled(small, CARL, 60))
    await asyncio.sleep(0)
    first.drop()
    assert len(await third) == 60
    second.drop()
    assert (await third).whole == b"x" * 60


async def test_no_session_takes_the_room_of_all(small, monkeypatch):
    monkeypatch.setattr(bodies, "WAIT_S", 0.02)
    await filled(small, ANNA, 60)
    with pytest.raises(Refusal) as refused:
        await filled(small, ANNA, 30)
    assert (refused.value.status, refused.value.retry_after_s) == (503, 2)
    assert len(await filled(small, BERT, 20)) == 20


async def test_whatever_comes_and_goes_no_room_is_lost(small, monkeypatch):
    monkeypatch.setattr(bodies, "WAIT_S", 0.001)
    chance = random.Random(5)

    async def visitor(session_id):
        for _ in range(30):
            body = Body(small, session_id)
            try:
                for _ in range(chance.randrange(8)):
                    await body.add(b"x" * chance.randrange(12))
                    await asyncio.sleep(0)
            except Refusal:
                pass
            finally:
                body.drop()
                body.drop()

    await asyncio.gather(*(visitor(each) for each in (ANNA, BERT, CARL) for _ in range(4)))
    assert len(await filled(small, ANNA, 60)) == 60
    assert len(await filled(small, BERT, 40)) == 40
