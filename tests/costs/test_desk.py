"""The desk: many calls in one transaction, none lost, none harmed by its neighbour."""

import asyncio
import threading
import uuid

import pytest
from django.db import OperationalError
from support.metering import CENT, assert_all_agrees, call, done
from support.sockets import wait_until

from core.errors import BudgetExceeded, InternalError, NotFound
from costs import budgets, ledger, metering
from costs import desk as desks
from costs.desk import Desk
from costs.models import Entry, OpenCall

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard():
    """What the desk has told: ends that are settled and calls that were refused."""
    return []


@pytest.fixture
def desk(heard):
    made = Desk(on_settled=heard.append, on_refused=heard.append)
    yield made
    made.close()


@pytest.fixture
def mine(session, owner):
    return session(owner)


async def seen(question):
    """What the database says, asked from a thread of its own."""

    def ask():
        try:
            return question()
        finally:
            desks.connection.close()

    return await asyncio.to_thread(ask)


async def test_a_call_begins_and_ends(desk, heard, mine):
    begun = call(mine)
    assert (await desk.begin(begun)).cut_after_tokens is None
    assert await seen(lambda: OpenCall.objects.filter(pk=begun.id).exists())
    settled = await desk.end(begun.id, done())
    await seen(lambda: wait_until("word of it", lambda: heard == [settled]))
    assert await seen(Entry.objects.get) == settled.entry


async def test_fifty_calls_at_once_never_spend_more_than_there_is_room_for(desk, heard, mine, owner):
    made = await seen(lambda: budgets.for_session(mine, 10 * CENT, owner))
    calls = [call(mine) for _ in range(50)]
    answers = await asyncio.gather(*map(desk.begin, calls), return_exceptions=True)
    let_in = [begun for begun, answer in zip(calls, answers, strict=True) if not isinstance(answer, Exception)]
    assert len(let_in) == 10
    assert sum(isinstance(answer, BudgetExceeded) for answer in answers) == 40
    await seen(lambda: wait_until("word of it", lambda: len(heard) == 40))
    assert [refused.news for refused in heard] == [[]] * 40  # held is not spent
    worst = done(input_tokens=6_000, output_tokens=1_000)
    settled = await asyncio.gather(*(desk.end(begun.id, worst) for begun in let_in))
    assert sorted(news.kind for one in settled for news in one.warnings) == ["exceeded"]
    assert (await seen(lambda: budgets.status_of(made))).spent_picousd == 10 * CENT
    await seen(assert_all_agrees)


async def test_what_ends_makes_room_for_what_begins_at_the_same_time(mine, owner):
    await seen(lambda: budgets.for_session(mine, CENT, owner))
    may_go_on = threading.Event()
    desk = Desk(on_refused=lambda _: may_go_on.wait(10))
    first = call(mine)
    await desk.begin(first)
    with pytest.raises(BudgetExceeded):
        await desk.begin(call(mine))  # the desk has its hands full with telling of it
    beginning = asyncio.ensure_future(desk.begin(call(mine, input_bytes=1_000, max_output_tokens=500)))
    ending = asyncio.ensure_future(desk.end(first.id, done(input_tokens=1, output_tokens=1)))
    await asyncio.sleep(0)
    may_go_on.set()
    await asyncio.gather(beginning, ending)
    await asyncio.to_thread(desk.close)


async def test_one_that_fails_harms_none_that_came_with_it(desk, mine):
    good = [call(mine) for _ in range(5)]
    twice = good[2]
    answers = await asyncio.gather(
        *(desk.begin(begun) for begun in good),
        desk.begin(twice),
        desk.end(uuid.uuid4(), done()),
        return_exceptions=True,
    )
    assert all(not isinstance(answer, Exception) for answer in answers[:5])
    assert isinstance(answers[5], InternalError)
    assert isinstance(answers[6], NotFound)
    assert await seen(OpenCall.objects.count) == 5


async def test_a_begin_that_nobody_waits_for_any_more_holds_nothing(desk, mine, owner):
    made = await seen(lambda: budgets.for_session(mine, CENT, owner))
    begun = call(mine)
    task = asyncio.ensure_future(desk.begin(begun))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    other = call(mine)
    await desk.begin(other)  # the desk has done by now what came before
    assert await seen(lambda: list(OpenCall.objects.values_list("pk", flat=True))) == [other.id]
    assert (await seen(lambda: budgets.status_of(made))).reserved_picousd == CENT


async def test_an_end_is_written_though_nobody_waits_for_it(desk, mine):
    begun = call(mine)
    await desk.begin(begun)
    task = asyncio.ensure_future(desk.end(begun.id, done()))
    await asyncio.sleep(0)
    task.cancel()
    desk.close()
    assert await seen(Entry.objects.count) == 1


async def test_an_end_that_the_database_does_not_take_is_written_when_it_does(desk, mine, monkeypatch):
    begun, end_many, is_full, is_tried = call(mine), metering.end_many, threading.Event(), threading.Event()
    is_full.set()

    def failing(ends):
        is_tried.set()
        if is_full.is_set():
            raise OperationalError("database or disk is full")
        return end_many(ends)

    await desk.begin(begun)
    monkeypatch.setattr(metering, "end_many", failing)
    monkeypatch.setattr(desks, "RETRY_AFTER_S", 0.01)
    ending = asyncio.ensure_future(desk.end(begun.id, done()))
    await asyncio.to_thread(is_tried.wait)
    await desk.begin(call(mine))  # others go on meanwhile
    assert not ending.done()
    is_full.clear()
    assert (await ending).entry.key == f"call:{begun.id}"
    await seen(assert_all_agrees)


async def test_calls_that_last_are_touched(desk, mine, monkeypatch):
    monkeypatch.setattr(desks, "TOUCH_EVERY_S", 0.01)
    begun = call(mine)
    await desk.begin(begun)
    first = (await seen(OpenCall.objects.get)).touched_at
    await seen(lambda: wait_until("a touch", lambda: OpenCall.objects.get().touched_at > first))


async def test_a_listener_that_fails_stops_nothing(mine):
    def broken(_settled):
        raise RuntimeError

    desk = Desk(on_settled=broken)
    for _ in range(2):
        begun = call(mine)
        await desk.begin(begun)
        assert (await desk.end(begun.id, done())).entry
    desk.close()


async def test_a_desk_that_was_closed_opens_again(desk, mine):
    for _ in range(2):
        begun = call(mine)
        await desk.begin(begun)
        await desk.end(begun.id, done())
        desk.close()
    assert (await seen(lambda: ledger.totals_of([mine])))[mine].billed.requests == 2
