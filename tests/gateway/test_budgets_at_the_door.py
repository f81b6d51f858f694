"""What a budget does to calls at the door: refused before, ended in the middle, in each provider's own shape."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from support.answers import ANSWER, HELLO, INPUT, OUTPUT, PROMPT, TEXT, events, written

from core.errors import BudgetExceeded
from costs import budgets
from costs.calls import Allowance
from costs.models import Budget, Outcome, Scope
from gateway import fuse

CALL = {"model": "gpt-5.5", "input": "Say ping"}

REFUSALS = {
    "/llm/anthropic/v1/messages": (402, {"type": "billing_error"}),
    "/llm/openai/v1/responses": (400, {"type": "insufficient_quota", "code": "insufficient_quota"}),
    "/llm/openai/v1/chat/completions": (400, {"type": "insufficient_quota", "code": "insufficient_quota"}),
    "/llm/google/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse": (
        402, {"code": 402, "status": "FAILED_PRECONDITION"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", REFUSALS)
async def test_an_empty_budget_is_told_so_that_the_cli_stops_at_once(visit, provider_at_hand, desk, monkeypatch, path):
    async def refuse(_call):
        raise BudgetExceeded("AGTerm: the budget of this session is used up")

    monkeypatch.setattr(desk, "begin", refuse)
    caller = await visit(path).heard_to_the_end()
    status, kind = REFUSALS[path]
    assert caller.status == status
    assert caller.headers["x-should-retry"] == "false"
    assert kind.items() <= caller.error().items()
    assert caller.error()["message"] == "AGTerm: the budget of this session is used up"
    assert provider_at_hand.heard == []


async def test_a_stream_that_a_budget_cannot_pay_is_ended_between_two_events(
    visit, provider_at_hand, desk, monkeypatch
):
    begin, is_cut = desk.begin, asyncio.Event()

    async def tight(asked):
        await begin(asked)
        return Allowance(cut_after_tokens=1000)

    async def endless(way):
        await way.head(content_type="text/event-stream", transfer_encoding="chunked")
        await way.chunk(HELLO)
        try:
            while True:
                await way.chunk(events(TEXT % (b"x" * 600))[:300])
                await way.chunk(events(TEXT % (b"x" * 600))[300:])
                await asyncio.sleep(0)
        except OSError:
            is_cut.set()
            raise

    monkeypatch.setattr(desk, "begin", tight)
    provider_at_hand.plays(endless)
    caller = await visit().heard_to_the_end()
    assert caller.is_whole
    *answer, last, nothing = caller.body.split(b"\n\n")
    assert nothing == b""
    said = [json.loads(event.removeprefix(b"data: ")) for event in answer]
    assert {each["type"] for each in said} == {"message_start", "content_block_delta"}
    error = json.loads(last.partition(b"data: ")[2])["error"]
    assert (error["type"], "budget" in error["message"]) == ("billing_error", True)
    assert 2000 < sum(len(each["delta"]["text"]) for each in said[1:]) < 6000
    async with asyncio.timeout(20):
        await is_cut.wait()
    row = await written()
    assert (row.outcome, row.input_tokens, row.is_estimated) == (Outcome.CUT, 1000, True)
    assert row.output_tokens > 500


async def test_a_stream_that_thinks_unseen_for_longer_than_a_budget_pays_is_ended(
    visit, provider_at_hand, desk, monkeypatch
):
    begin = desk.begin

    async def tight(asked):
        await begin(asked)
        return Allowance(cut_after_tokens=1000)

    async def silent(way):
        await way.head(content_type="text/event-stream", transfer_encoding="chunked")
        await way.chunk(HELLO + b"data: half an")
        await way.reader.read()

    monkeypatch.setattr(desk, "begin", tight)
    monkeypatch.setattr(fuse, "SILENCE_S", 0.01)
    monkeypatch.setattr(fuse, "THOUGHT_A_SECOND", 20_000)
    provider_at_hand.plays(silent)
    caller = await visit().heard_to_the_end()
    assert caller.is_whole
    *answer, half, error, _ = caller.body.split(b"\n\n")
    assert (len(answer), half) == (2, b"data: half an")
    assert "budget" in json.loads(error.partition(b"data: ")[2])["error"]["message"]
    row = await written()
    assert (row.outcome, row.input_tokens, row.is_estimated) == (Outcome.CUT, 1000, True)
    assert 500 < row.output_tokens < 1500


@pytest.mark.parametrize(
    ("path", "body", "can_be_cut", "says_all"),
    [
        ("anthropic/v1/messages", PROMPT, True, True),
        ("anthropic/v1/messages", PROMPT | {"stream": False}, False, True),
        ("anthropic/v1/messages", PROMPT | {"messages": [{"source": {"type": "file", "file_id": "f"}}]}, True, False),
        ("openai/v1/responses", CALL | {"previous_response_id": "resp_1"}, False, False),
        ("google/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse", {}, True, True),
        ("google/v1beta/models/gemini-3.8-flash:streamGenerateContent", {}, False, True),
    ],
)
async def test_the_desk_hears_what_bounds_the_price_of_a_call(
    visit, provider_at_hand, desk, monkeypatch, path, body, can_be_cut, says_all
):
    begun = []

    async def refuse(begin):
        begun.append(begin)
        raise BudgetExceeded("no")

    monkeypatch.setattr(desk, "begin", refuse)
    await visit(f"/llm/{path}", body).heard_to_the_end()
    assert [(begin.can_be_cut, begin.says_all) for begin in begun] == [(can_be_cut, says_all)]


async def test_a_small_budget_lets_a_large_call_begin_and_holds(visit, provider_at_hand, session_row):
    limit = 10 * 10**10  # ten cents; the call could cost $1.92

    @sync_to_async
    def limited():
        budgets.for_session(session_row.pk, limit, session_row.owner)

    async def endless(way):
        await way.head(content_type="text/event-stream", transfer_encoding="chunked")
        await way.chunk(HELLO)
        while True:
            await way.chunk(events(TEXT % (b"x" * 600)))
            await asyncio.sleep(0)

    await limited()
    provider_at_hand.plays(endless)
    caller = await visit(body=PROMPT | {"max_tokens": 128_000}).heard_to_the_end()
    assert (caller.status, b"billing_error" in caller.body) == (200, True)
    row = await written()
    assert row.outcome == Outcome.CUT
    assert limit // 2 < row.cost_picousd <= limit


async def test_a_budget_at_its_limit_refuses_and_one_that_is_raised_lets_pass(visit, provider_at_hand, session_row):
    provider_at_hand.plays(lambda way: way.stream([ANSWER]))

    @sync_to_async
    def limited(picousd):
        Budget.objects.update_or_create(
            scope=Scope.SESSION, session_id=session_row.pk, owner=session_row.owner,
            defaults={"limit_picousd": picousd, "created_by": session_row.owner},
        )  # fmt: skip

    await limited(1)
    refused = await visit().heard_to_the_end()
    assert (refused.status, refused.error()["type"]) == (402, "billing_error")
    assert "AGTerm: the budget of this session" in refused.error()["message"]
    await limited(10**12)
    assert (await visit().heard_to_the_end()).status == 200
    assert (await written()).cost_picousd == 1000 * INPUT + 50 * OUTPUT
