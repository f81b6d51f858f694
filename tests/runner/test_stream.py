"""The web's end of a terminal: what nobody takes from it waits in the runner, and nothing is lost by waiting."""

import asyncio
import os

import pytest

from runner import protocol, wire
from runner.protocol import Kind
from runner.stream import MAX_ITEMS, Event, TerminalStream

EVENTS = 40_000
FILLING = "x" * 500


@pytest.fixture
async def talkative(tmp_path):
    """`(address, progress)` of a runner that tells `EVENTS` events as fast as they are taken."""
    progress = {"sent": 0}

    async def tell(reader, writer):
        hello = {"protocol": protocol.VERSION, "pid": os.getpid()}
        writer.write(wire.encode(Kind.HELLO, protocol.dumps(hello)))
        for number in range(EVENTS):
            body = protocol.dumps({"event": "title", "number": number, "title": FILLING})
            writer.write(wire.encode(Kind.EVENT, body))
            await writer.drain()
            progress["sent"] = number + 1
        writer.close()

    path = tmp_path / "runner.sock"
    server = await asyncio.start_unix_server(tell, path)
    yield f"unix:{path}", progress
    server.close()


async def test_events_that_nobody_takes_wait_in_the_runner_and_arrive_all_the_same(talkative):
    address, progress = talkative
    stream = await TerminalStream.open(address)
    while progress["sent"] < MAX_ITEMS:  # noqa: ASYNC110 (a server, seen from outside)
        await asyncio.sleep(0.01)
    before = -1
    while progress["sent"] != before:  # until it can send no more
        before = progress["sent"]
        await asyncio.sleep(0.2)
    assert before < EVENTS // 2
    numbers = []
    while (item := await stream.next()) is not None:
        assert isinstance(item, Event)
        numbers.append(item.fields["number"])
    assert numbers == list(range(EVENTS))
    stream.close()
