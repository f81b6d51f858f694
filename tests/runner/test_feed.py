"""The runner's feed: everything that happens, to everyone who subscribed, at a fixed cost."""

import asyncio
from contextlib import aclosing

import pytest
from support.sockets import RunnerReader

from core.errors import HostUnavailable
from runner import events, protocol
from runner.feed import MAX_WAITING, Subscriber


def heard(runner, act, until):
    """Events from the subscription on, until `until(event)`; `act()` is called once subscribed."""

    async def listen():
        said = []
        async with asyncio.timeout(20), aclosing(events.follow(runner.address)) as feed:
            async for event in feed:
                said.append(event)
                if event["event"] == "subscribed":
                    await asyncio.to_thread(act)
                if until(event):
                    break
        return said

    return asyncio.run(listen())


def test_a_terminals_life_is_told_from_its_start_to_its_removal(runner):
    ids = []

    def live():
        ids.append(runner.script("printf '\\e]2;hello\\a'; exit 3"))
        with runner.watch(ids[0]) as reader:
            reader.event("exited")
        runner.call("publish", id=ids[0], event="changed")
        runner.call("remove", id=ids[0])

    said = heard(runner, live, lambda event: event["event"] == "removed")
    names = [event["event"] for event in said if event.get("id") == ids[0]]
    assert names[0] == "created"
    assert {"exited", "viewers", "changed"} <= set(names)
    assert names[-1] == "removed"
    exited = next(event for event in said if event["event"] == "exited")
    assert (exited["code"], exited["info"]["status"]) == (3, "exited")


def test_ending_it_for_its_removal_is_no_news(runner):
    session_id = runner.script("sleep 1000")
    said = heard(runner, lambda: runner.call("remove", id=session_id), lambda event: event["event"] == "removed")
    assert "exited" not in [event["event"] for event in said]


@pytest.mark.parametrize("event", ["created", "", "exited"])
def test_only_what_the_runner_cannot_know_may_be_published(runner, event):
    with RunnerReader(runner.address) as caller, pytest.raises(Exception, match="event"):
        caller.ask("publish", id="550e8400-e29b-41d4-a716-446655440000", event=event)


def test_no_runner_is_an_error(tmp_path):
    async def listen():
        async for _ in events.follow(f"unix:{tmp_path / 'nowhere.sock'}"):
            pass

    with pytest.raises(HostUnavailable):
        asyncio.run(listen())


@pytest.fixture
def slow():
    """A subscriber whose connection is full until `slow.full = False`."""

    class Slow(Subscriber):
        full = True

        def __init__(self):
            self.sent = []
            super().__init__(lambda body: self.sent.append(protocol.loads(body)), lambda: not self.full)

        def hear(self, subject, kind, **fields):
            self.tell(subject, kind, protocol.dumps({"event": kind, "id": subject, **fields}))

    return Slow()


def test_a_subscriber_that_does_not_read_gets_the_newest_of_each_kind(slow):
    for number in range(10_000):
        slow.hear("a", "title", title=str(number))
        slow.hear("b", "state", state="idle")
    slow.full = False
    slow.pump()
    assert [event.get("title", "state") for event in slow.sent] == ["9999", "state"]


def test_a_subscriber_that_missed_too_much_is_told_so(slow):
    for number in range(MAX_WAITING + 1):
        slow.hear(str(number), "state")
    slow.full = False
    slow.pump()
    assert slow.sent == [{"event": "missed"}]
