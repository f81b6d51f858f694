"""Repaints cost little when asked for again, and never keep the worker from other screens."""

import asyncio

from owner import Terminal, until

from runner.screens import screen as screens
from runner.screens.cache import Cache, Key
from runner.screens.ghostty import GhosttyEmulator
from runner.screens.ghostty_twin import twin
from runner.screens.link import WorkerLink
from runner.screens.messages import Kind
from runner.screens.pool import ScreenPool

COLOURED = b"".join(b"\x1b[3%dmline %d\x1b[0m \xe6\x97\xa5\x1b[20Cgap\r\n" % (i % 8, i) for i in range(6000))


class Count:
    """How many questions went to the worker."""

    def __init__(self, pool: ScreenPool) -> None:
        link = pool._link
        assert isinstance(link, WorkerLink)
        self.sent: list[int] = []
        send = link.send

        def counting(frame: bytes) -> None:
            if frame[4] in (Kind.REPAINT, Kind.SNAPSHOT):
                self.sent.append(frame[4])
            send(frame)

        link.send = counting  # type: ignore[method-assign]


async def test_a_second_repaint_of_an_unchanged_screen_is_not_drawn_again(pool: ScreenPool) -> None:
    terminal, count = Terminal(pool, "a"), Count(pool)
    terminal.feed(b"hello")
    first = await pool.repaint("a", 100)
    assert await pool.repaint("a", 100) == first
    assert len(count.sent) == 1
    await pool.repaint("a", 200)
    await pool.snapshot("a")
    await pool.snapshot("a")
    assert len(count.sent) == 3


async def test_output_and_a_new_size_are_drawn_anew(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed(b"one")
    first = await pool.repaint("a", 100)
    terminal.feed(b" two")
    second = await pool.repaint("a", 100)
    assert b"one two" in second
    terminal.resize(4, 10)
    terminal.resize(80, 24)
    assert first != second
    assert await pool.repaint("a", 100) is not second


async def test_those_who_come_while_it_is_drawn_share_it(pool: ScreenPool) -> None:
    terminal, count = Terminal(pool, "a"), Count(pool)
    terminal.feed(COLOURED)
    drawn = await asyncio.gather(*(pool.repaint("a", 1000) for _ in range(10)))
    assert len(set(drawn)) == 1
    assert len(count.sent) == 1


async def test_one_who_no_longer_waits_takes_nothing_from_the_others(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed(b"hello")
    first, second = (asyncio.create_task(pool.repaint("a", 10)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert b"hello" in await second


async def test_a_repaint_that_was_overtaken_by_output_is_not_remembered(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed(b"old")
    asked = asyncio.create_task(pool.repaint("a", 10))
    await asyncio.sleep(0)
    terminal.feed(b" new")
    assert b"new" not in await asked
    assert b"old new" in await pool.repaint("a", 10)


async def test_a_screen_of_the_same_name_begins_with_nothing_remembered(pool: ScreenPool) -> None:
    Terminal(pool, "a").feed(b"old")
    await pool.repaint("a", 10)
    pool.close("a")
    Terminal(pool, "a").feed(b"new")
    assert b"old" not in await pool.repaint("a", 10)


def test_the_cache_keeps_to_its_size_and_drops_what_was_not_asked_for_longest() -> None:
    cache = Cache(max_bytes=100)
    for number in range(3):
        cache.put(Key(number, 1, 0), 5, b"x" * 40)
    assert [cache.get(Key(number, 1, 0), 5) is None for number in range(3)] == [True, False, False]
    cache.get(Key(1, 1, 0), 5)
    cache.put(Key(3, 1, 0), 5, b"x" * 40)
    assert cache.get(Key(2, 1, 0), 5) is None
    cache.put(Key(4, 1, 0), 5, b"x" * 101)
    assert cache.get(Key(4, 1, 0), 5) is None
    assert cache.get(Key(1, 1, 0), 6) is None
    cache.forget(3)
    assert cache.size_bytes == 0


async def test_a_long_repaint_lets_other_screens_through(pool: ScreenPool) -> None:
    pool = ScreenPool(scrollback=10_000)
    await pool.start()
    try:
        long, other = Terminal(pool, "long"), Terminal(pool, "other")
        long.feed(COLOURED * 2)
        await long.text()
        drawing = asyncio.create_task(pool.repaint("long", 10_000))
        await asyncio.sleep(0)
        for i in range(5):
            other.feed(b"%d" % i)
            assert await other.text() == "01234"[: i + 1]
        assert not drawing.done()
        assert len(await drawing) > 100_000
    finally:
        await pool.aclose()


async def test_output_during_a_repaint_comes_after_it(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed(COLOURED)
    drawing = asyncio.create_task(pool.repaint("a", 1000))
    await asyncio.sleep(0)
    terminal.feed(b"afterwards")
    assert b"afterwards" not in await drawing
    assert "afterwards" in await terminal.text()


async def test_a_screen_may_be_closed_while_it_is_drawn(pool: ScreenPool) -> None:
    for number in range(5):
        terminal = Terminal(pool, "a")
        terminal.feed(COLOURED)
        asyncio.create_task(pool.repaint("a", 1000)).add_done_callback(lambda done: done.exception())
        await until(lambda terminal=terminal: pool.lag("a") == 0)
        pool.close("a")
        other = Terminal(pool, f"other {number}")
        other.feed(b"x")
        assert await other.text() == "x"


def test_a_repaint_that_would_be_too_large_has_less_history(monkeypatch) -> None:
    monkeypatch.setattr(screens, "MAX_DRAWN_BYTES", 20_000)
    emulator = GhosttyEmulator(80, 24, 5000)
    emulator.feed(COLOURED)
    one = screens.Screen(1, emulator, 80, 24)
    whole = len(emulator.repaint(5000))
    drawing = screens.Drawing(Kind.REPAINT, 7, 5000, emulator.painting(5000))
    answers = one._draw(drawing)
    while one._drawing is not None:
        answers = one.turn()
    assert answers[0][4] == Kind.RESULT
    assert len(answers[0]) <= 20_000 < whole
    assert b"line 5999" in answers[0]


def test_a_twin_has_as_much_history_as_is_wanted_and_hardly_more() -> None:
    emulator = GhosttyEmulator(80, 24, 10_000)
    emulator.feed(COLOURED + b"\x1b[?1049h")
    for wanted in (0, 10, 1000, 5000, 50_000):
        made = twin(emulator._terminal, wanted)
        assert made is not None
        made.feed(b"\x1b[?1049l")
        rows = made.get("scrollback_rows", "size_t")
        assert min(wanted, 5977) <= rows <= min(wanted + 1000, 5977)
        made.close()
