"""What is written down of calls, and what callers hear, whatever caller and provider do; all in one process."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from support.answers import ANSWER, ENDING, HELLO, INPUT, OUTPUT, WHOLE, events, exact, written

from core.errors import InternalError
from costs.models import Entry, OpenCall, Outcome
from gateway import call, exchange, upstream
from gateway import door as doors
from gateway.exchange import CutOff
from sessions import keys

# --- as it should be -------------------------------------------------------------------------------------------------


async def test_a_stream_passes_to_the_byte_and_is_one_entry(visit, provider_at_hand):
    provider_at_hand.plays(lambda way: way.stream([ANSWER[:70], ANSWER[70:]]))
    caller = await visit().heard_to_the_end()
    assert (caller.status, caller.body, caller.is_whole) == (200, ANSWER, True)
    row = await written()
    assert (row.outcome, row.status, exact(row)) == (Outcome.DONE, 200, (1000, 50, False))
    assert (row.provider, row.model, row.response_id, row.request_id) == (
        "anthropic", "claude-sonnet-4-5", "msg_1", "req_1",
    )  # fmt: skip
    assert row.cost_picousd == 1000 * INPUT + 50 * OUTPUT
    assert 0 <= row.first_byte_ms <= row.total_ms


@pytest.mark.parametrize("is_stream", [True, False])
async def test_the_end_is_told_only_when_the_entry_is_written(visit, provider_at_hand, desk, monkeypatch, is_stream):
    may_end, wants_to_end, end = asyncio.Event(), asyncio.Event(), desk.end

    async def late(*said):
        wants_to_end.set()
        await may_end.wait()
        return await end(*said)

    monkeypatch.setattr(desk, "end", late)
    provider_at_hand.plays(lambda way: way.stream([ANSWER]) if is_stream else way.whole(WHOLE))
    caller = visit()
    await wants_to_end.wait()
    assert (caller.body, caller.is_whole) == (ANSWER if is_stream else b"", False)
    may_end.set()
    await caller.heard_to_the_end()
    assert (caller.body, caller.is_whole) == (ANSWER if is_stream else WHOLE, True)
    assert (await written()).outcome == Outcome.DONE


async def test_a_free_call_passes_and_is_no_entry(visit, provider_at_hand):
    provider_at_hand.plays(lambda way: way.whole(b'{"input_tokens":7}'))
    caller = await visit("/llm/anthropic/v1/messages/count_tokens").heard_to_the_end()
    assert (caller.status, caller.body) == (200, b'{"input_tokens":7}')
    models = await visit("/llm/anthropic/v1/models", b"", method="GET").heard_to_the_end()
    assert models.status == 200
    assert [heard.line for heard in provider_at_hand.heard] == [
        "POST /v1/messages/count_tokens HTTP/1.1", "GET /v1/models HTTP/1.1",
    ]  # fmt: skip
    assert await sync_to_async(Entry.objects.count)() == 0


async def test_a_providers_refusal_passes_with_all_it_says_and_costs_nothing(visit, provider_at_hand):
    refusal = b'{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}'
    provider_at_hand.plays(lambda way: way.whole(refusal, 429, retry_after=7, anthropic_ratelimit_tokens_remaining=0))
    caller = await visit().heard_to_the_end()
    assert (caller.status, caller.body) == (429, refusal)
    assert caller.headers["retry-after"] == "7"
    assert caller.headers["anthropic-ratelimit-tokens-remaining"] == "0"
    row = await written()
    assert (row.outcome, row.status, exact(row), row.cost_picousd) == (Outcome.ERROR, 429, (0, 0, False), 0)


# --- callers ---------------------------------------------------------------------------------------------------------


async def halves(way, go_on):
    await way.head(content_type="text/event-stream", transfer_encoding="chunked")
    await way.chunk(HELLO)
    await go_on.wait()
    await way.chunk(events(*ENDING))
    await way.chunk(b"")


@pytest.mark.parametrize("leaves", ["hang_up", "cancelled"])
async def test_a_caller_who_leaves_in_the_middle_is_metered_to_the_last_token(visit, provider_at_hand, leaves):
    go_on = asyncio.Event()
    provider_at_hand.plays(lambda way: halves(way, go_on))
    caller = visit()
    await caller.heard(HELLO)
    caller.hang_up() if leaves == "hang_up" else caller.task.cancel()
    await asyncio.wait([caller.task])
    assert await sync_to_async(OpenCall.objects.count)() == 1
    go_on.set()
    row = await written()
    assert (row.outcome, exact(row), caller.body) == (Outcome.HUNG_UP, (1000, 50, False), HELLO)


async def test_a_caller_who_leaves_before_the_first_word_is_metered_too(visit, provider_at_hand):
    is_asked, go_on = asyncio.Event(), asyncio.Event()

    async def late(way):
        is_asked.set()
        await go_on.wait()
        await way.stream([ANSWER])

    provider_at_hand.plays(late)
    caller = visit()
    await is_asked.wait()
    caller.hang_up()
    await caller.heard_to_the_end()
    go_on.set()
    row = await written()
    assert (row.outcome, exact(row), caller.status) == (Outcome.HUNG_UP, (1000, 50, False), None)


async def test_a_caller_who_leaves_when_all_is_said_has_not_hung_up(visit, provider_at_hand):
    """As some CLIs do, that know the last event when they see it."""
    go_on = asyncio.Event()

    async def without_an_end(way):
        await way.head(content_type="text/event-stream", transfer_encoding="chunked")
        await way.chunk(ANSWER)
        await go_on.wait()
        await way.chunk(b"")

    provider_at_hand.plays(without_an_end)
    caller = visit()
    await caller.heard(ANSWER)
    caller.hang_up()
    await caller.heard_to_the_end()
    go_on.set()
    row = await written()
    assert (row.outcome, exact(row)) == (Outcome.DONE, (1000, 50, False))


async def test_a_caller_who_never_reads_is_cut_off_and_metered(visit, provider_at_hand, monkeypatch):
    monkeypatch.setattr(exchange, "PATIENCE_S", 0.05)
    provider_at_hand.plays(lambda way: way.stream([ANSWER]))
    caller = visit(is_deaf=True)
    with pytest.raises(CutOff):
        await caller.heard_to_the_end()
    row = await written()
    assert (row.outcome, exact(row)) == (Outcome.HUNG_UP, (1000, 50, False))


async def test_a_caller_of_something_free_who_leaves_ends_the_providers_work(visit, provider_at_hand):
    is_asked, is_gone = asyncio.Event(), asyncio.Event()

    async def mute(way):
        is_asked.set()
        await way.reader.read(1)
        is_gone.set()

    provider_at_hand.plays(mute)
    caller = visit("/llm/anthropic/v1/models", b"", method="GET")
    await is_asked.wait()
    caller.hang_up()
    await is_gone.wait()
    await caller.heard_to_the_end()


async def test_calls_that_nobody_hears_any_more_count_among_those_at_once(visit, provider_at_hand, monkeypatch):
    monkeypatch.setattr(doors, "MOST_AT_ONCE", 1)
    go_on = asyncio.Event()
    provider_at_hand.plays(lambda way: halves(way, go_on))
    caller = visit()
    await caller.heard(HELLO)
    caller.hang_up()
    await caller.heard_to_the_end()
    refused = await visit().heard_to_the_end()
    assert (refused.status, refused.error()["type"], refused.headers["retry-after"]) == (429, "rate_limit_error", "2")
    go_on.set()
    async with asyncio.timeout(20):
        while (await visit().heard_to_the_end()).status != 200:
            pass  # the entry is written a moment before


# --- providers -------------------------------------------------------------------------------------------------------


async def test_an_answer_that_breaks_off_is_cut_and_counts_as_far_as_it_went(visit, provider_at_hand):
    async def torn(way):
        await way.head(content_type="text/event-stream", transfer_encoding="chunked")
        await way.chunk(HELLO)
        way.writer.close()

    provider_at_hand.plays(torn)
    caller = visit()
    with pytest.raises(CutOff):
        await caller.heard_to_the_end()
    assert (caller.status, caller.body, caller.is_whole) == (200, HELLO, False)
    row = await written()
    assert (row.outcome, row.input_tokens, row.is_estimated) == (Outcome.BROKEN, 1000, True)
    assert row.output_tokens >= 1


async def test_an_answer_that_ends_before_its_own_end_is_passed_on_and_estimated(visit, provider_at_hand):
    provider_at_hand.plays(lambda way: way.stream([HELLO]))
    caller = await visit().heard_to_the_end()
    assert caller.is_whole
    row = await written()
    assert (row.outcome, row.is_estimated) == (Outcome.BROKEN, True)


async def test_nobody_waits_for_ever_for_an_answer_that_nobody_hears(visit, provider_at_hand, monkeypatch):
    monkeypatch.setattr(call, "DRAIN_S", 0.05)
    never = asyncio.Event()
    provider_at_hand.plays(lambda way: halves(way, never))
    caller = visit()
    await caller.heard(HELLO)
    caller.hang_up()
    row = await written()
    assert (row.outcome, row.input_tokens, row.is_estimated) == (Outcome.BROKEN, 1000, True)


async def test_what_was_heard_of_a_call_counts_when_the_server_ends_in_the_middle(visit, provider_at_hand, door):
    provider_at_hand.plays(lambda way: halves(way, asyncio.Event()))
    caller = visit()
    await caller.heard(HELLO)
    door.close()
    row = await written()
    assert (row.outcome, row.input_tokens, row.output_tokens, row.is_estimated) == (Outcome.LOST, 1000, 2, True)
    caller.task.cancel()


async def test_a_provider_that_falls_silent_is_given_up(visit, provider_at_hand, monkeypatch):
    monkeypatch.setattr(upstream, "SILENCE_S", 0.1)
    never = asyncio.Event()
    provider_at_hand.plays(lambda way: halves(way, never))
    caller = visit()
    with pytest.raises(CutOff):
        await caller.heard_to_the_end()
    assert (await written()).outcome == Outcome.BROKEN
    provider_at_hand.plays(lambda way: never.wait())
    caller = await visit().heard_to_the_end()
    assert (caller.status, caller.error()["type"]) == (504, "timeout_error")
    row = await written(2)  # it had all the time to do the work
    assert (row.outcome, row.status, row.is_estimated) == (Outcome.BROKEN, None, True)


async def test_a_provider_that_hangs_up_without_a_word_costs_nothing(visit, provider_at_hand):
    async def hang_up(way):
        way.writer.close()

    provider_at_hand.plays(hang_up)
    caller = await visit().heard_to_the_end()
    assert caller.status == 502
    assert len(provider_at_hand.heard) == 1
    row = await written()
    assert (row.outcome, row.status, row.cost_picousd) == (Outcome.ERROR, None, 0)


async def test_what_can_not_be_written_down_is_not_asked(visit, provider_at_hand, desk, monkeypatch):
    async def broken(_call):
        raise InternalError("disk full")

    monkeypatch.setattr(desk, "begin", broken)
    caller = await visit().heard_to_the_end()
    assert (caller.status, caller.error()["type"]) == (503, "overloaded_error")
    assert provider_at_hand.heard == []


# --- keys ------------------------------------------------------------------------------------------------------------


async def test_a_key_that_is_revoked_counts_no_more_at_once(visit, provider_at_hand, session_row):
    provider_at_hand.plays(lambda way: way.stream([ANSWER]))
    headers = {"authorization": f"Bearer {keys.issue(session_row)}"}
    assert (await visit(**headers).heard_to_the_end()).status == 200
    await sync_to_async(keys.revoke)(session_row)
    refused = await visit(**headers).heard_to_the_end()
    assert (refused.status, refused.error()["type"]) == (401, "authentication_error")


@pytest.mark.parametrize("moment", ["before the answer", "in the middle"])
async def test_a_call_under_way_is_cut_off_with_its_key_and_metered_all_the_same(
    visit, provider_at_hand, owner, monkeypatch, moment
):
    monkeypatch.setattr(doors, "LOOK_EVERY_S", 0.01)
    is_asked, may_begin, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def play(way):
        is_asked.set()
        await may_begin.wait()
        await halves(way, go_on)

    provider_at_hand.plays(play)
    caller = visit()
    await is_asked.wait()
    if moment == "in the middle":
        may_begin.set()
        await caller.heard(HELLO)
    owner.is_active = False
    await sync_to_async(owner.save)()
    if moment == "in the middle":
        with pytest.raises(CutOff):
            await caller.heard_to_the_end()
    else:
        await caller.heard_to_the_end()
        assert (caller.status, "no longer use" in caller.error()["message"]) == (403, True)
    may_begin.set()
    go_on.set()
    row = await written()
    assert (row.outcome, exact(row)) == (Outcome.HUNG_UP, (1000, 50, False))
