"""The runner's hold on a process that keeps what terminals say: whatever becomes of that one, nobody waits for ever."""

import asyncio
import contextlib
import os
import signal

from runner.recorder import process
from runner.recorder.process import Process


@contextlib.asynccontextmanager
async def started(tmp_path, ups, rooms):
    made = Process(
        "recordings", lambda: {"op": "hello", "folder": str(tmp_path / "recordings"), "live": []},
        on_up=lambda: ups.append(made._process.pid), on_room=lambda: rooms.append(1), on_message=lambda _: None,
        room_bytes=1000,
    )  # fmt: skip
    made.start()
    try:
        await made.wait_until_up()
        yield made
    finally:
        await made.aclose()


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def test_one_that_is_stuck_is_replaced_by_another(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "STUCK_S", 0.3)
    monkeypatch.setattr(process, "END_LIMIT_S", 0.1)

    async def scenario():
        ups, rooms = [], []
        async with started(tmp_path, ups, rooms) as made:
            await until(lambda: ups)
            os.kill(ups[0], signal.SIGSTOP)
            for _ in range(1000):
                made.say(op="mark", number=1, at=0.0, label="x" * 10_000)
            assert made.waiting_bytes > 1000
            await until(lambda: len(ups) == 2)
            assert ups[0] != ups[1]
            assert made.waiting_bytes == 0
            assert await made.ask(op="facts", ids=None) == {}

    asyncio.run(scenario())


def test_it_can_be_closed_while_one_is_being_buried(tmp_path):
    async def scenario():
        async with started(tmp_path, [], []) as made:
            made._lost.set()
            await until(lambda: not made.is_up)

    asyncio.run(asyncio.wait_for(scenario(), 30))
