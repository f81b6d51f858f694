"""A flood is drawn afterwards: the screen is right whenever somebody looks, and nothing waits for ever."""

import asyncio

import pytest
from owner import Terminal, kill_worker, until

from runner import wire
from runner.screens import feeding
from runner.screens.feeding import Feeder
from runner.screens.pool import ScreenPool

BURST = b"".join(b"%07d a line of a flood that nobody reads line by line\r\n" % number for number in range(40_000))
MIDDLE = BURST.index(b"0020000")
PIECE_BYTES = 16_384


@pytest.fixture
async def terminal(pool: ScreenPool) -> Terminal:
    return Terminal(pool, "a")


def flood(terminal: Terminal, data: bytes = BURST) -> None:
    for start in range(0, len(data), PIECE_BYTES):
        terminal.feed(data[start : start + PIECE_BYTES])


def fed(messages: list[bytes]) -> bytes:
    """What the worker is told that the program printed."""
    return b"".join(frame.body[4:] for frame in wire.Decoder().feed(b"".join(messages)))


async def test_what_trickles_is_passed_on_at_once_and_a_flood_only_when_it_is_over() -> None:
    sent: list[bytes] = []
    feeder = Feeder(1, sent.append, lambda: True)
    feeder.feed(b"a key's echo")
    assert fed(sent) == b"a key's echo"
    for start in range(0, len(BURST), PIECE_BYTES):
        feeder.feed(BURST[start : start + PIECE_BYTES])
    assert len(fed(sent)) <= feeding.FLOOD_BYTES
    await until(lambda: fed(sent) == b"a key's echo" + BURST)
    feeder.feed(b"and again")
    assert fed(sent).endswith(b"and again")


async def test_a_flood_is_passed_on_when_there_is_no_room_for_it_or_somebody_looks() -> None:
    sent: list[bytes] = []
    feeder = Feeder(1, sent.append, lambda: len(sent) > 0)
    for start in range(0, len(BURST), PIECE_BYTES):
        feeder.feed(BURST[start : start + PIECE_BYTES])
    feeder.release()
    assert fed(sent) == BURST
    full: list[bytes] = []
    feeder = Feeder(1, full.append, lambda: False)
    for start in range(0, len(BURST), PIECE_BYTES):
        feeder.feed(BURST[start : start + PIECE_BYTES])
    assert len(BURST) - len(fed(full)) < feeding.CHUNK_BYTES


async def test_a_flood_is_drawn_when_it_is_over(pool: ScreenPool, terminal: Terminal) -> None:
    flood(terminal)
    await until(lambda: pool.lag("a") == 0)
    assert "0039999 a line" in await terminal.text()


async def test_who_looks_in_the_middle_of_a_flood_sees_all_of_it_so_far(terminal: Terminal) -> None:
    flood(terminal, BURST[:MIDDLE])
    assert (await terminal.text()).splitlines()[-1].startswith("0019999 a line")
    flood(terminal, BURST[MIDDLE:])
    assert (await terminal.text()).splitlines()[-1].startswith("0039999 a line")


async def test_a_query_is_answered_though_the_program_never_pauses_after_its_flood(terminal: Terminal) -> None:
    flood(terminal)
    terminal.feed(b"\x1b[6n")
    async with asyncio.timeout(20):
        while not terminal.replies:
            terminal.feed(b".")
            await asyncio.sleep(0.01)


async def test_a_size_changes_where_it_happened_in_the_flood(pool: ScreenPool, terminal: Terminal) -> None:
    flood(terminal)
    terminal.feed(b"x" * 70)
    terminal.resize(200, 30)
    terminal.feed(b"\r\n" + b"y" * 190)
    assert (await terminal.text()).splitlines()[-2:] == ["x" * 70, "y" * 190]


async def test_a_flood_longer_than_what_is_held_is_drawn_meanwhile(pool: ScreenPool, terminal: Terminal) -> None:
    for _ in range(20):
        flood(terminal)
        await asyncio.sleep(0)
    await until(lambda: pool.lag("a") == 0)
    assert "0039999 a line" in await terminal.text()


async def test_what_is_held_when_the_worker_dies_is_drawn_by_the_next(pool: ScreenPool, terminal: Terminal) -> None:
    flood(terminal)
    kill_worker(pool)
    terminal.feed(b"the very end")
    assert (await terminal.text()).splitlines()[-2:] == [
        "0039999 a line of a flood that nobody reads line by line", "the very end"]  # fmt: skip


async def test_a_screen_closed_in_a_flood_leaves_nothing_to_the_next(pool: ScreenPool, terminal: Terminal) -> None:
    flood(terminal)
    pool.close("a")
    again = Terminal(pool, "a")
    await asyncio.sleep(0.1)
    assert (await again.text()).strip() == ""
