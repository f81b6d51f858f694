"""What the runner sees of its screens: exact, fair to each other, and back after any death of their worker."""

import asyncio
import os
import signal
import sys

import pytest
from gaps import GHOSTTY_GAPS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from owner import Terminal, kill_worker, until
from reference import NAMES, STATE, Reference, load

from core.errors import HostUnavailable, InternalError, NotFound
from runner.screens import link
from runner.screens.ghostty import GhosttyEmulator
from runner.screens.pool import ScreenPool

MEBIBYTE = 1024 * 1024


# --- one screen ------------------------------------------------------------------------------------------------------


async def test_a_repaint_is_what_the_emulator_gives(pool: ScreenPool) -> None:
    for stream in map(load, NAMES):
        terminal = Terminal(pool, stream.name, stream.cols, stream.rows)
        emulator = GhosttyEmulator(stream.cols, stream.rows, 1000)
        terminal.play(stream)
        for kind, *rest in stream.steps:
            (emulator.feed if kind == "data" else emulator.resize)(*rest)
        assert await pool.repaint(stream.name, 1000) == emulator.repaint(1000)


async def test_a_repaint_shows_exactly_what_was_fed_before_it(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    texts = []
    for i in range(50):
        terminal.feed(b"%d" % (i % 10))
        texts.append(asyncio.create_task(terminal.text()))
        await asyncio.sleep(0)
    assert [await text for text in texts] == [("0123456789" * 5)[: i + 1] for i in range(50)]


async def test_a_query_is_answered_once_however_many_look(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed(b"ab\x1b[6n")
    await asyncio.gather(*(pool.repaint("a", 10) for _ in range(5)))
    assert terminal.replies == b"\x1b[1;3R"


async def test_the_owner_hears_a_new_title_once(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed(b"\x1b]2;vim\x07")
    await terminal.text()
    terminal.feed(b"text\x1b]2;vim\x07")
    await terminal.text()
    terminal.feed(b"\x1b]2;less\x07")
    await terminal.text()
    assert terminal.titles == ["vim", "less"]


async def test_lag_goes_down_in_steps_to_nothing(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed(b"x" * MEBIBYTE)
    assert pool.lag("a") == MEBIBYTE
    await terminal.text()
    assert pool.lag("a") == 0
    assert len(terminal.lags) >= 16
    assert terminal.lags == sorted(terminal.lags, reverse=True)


async def test_screens_are_known_by_name_only_while_open(pool: ScreenPool) -> None:
    Terminal(pool, "a")
    with pytest.raises(ValueError, match="open already"):
        Terminal(pool, "a")
    pool.close("a")
    with pytest.raises(KeyError):
        pool.feed("a", b"x")
    for wish in (pool.repaint, pool.text):
        with pytest.raises(NotFound):
            await wish("a", 0)
    again = Terminal(pool, "a")
    again.feed(b"new")
    assert await again.text() == "new"


async def test_who_waits_for_a_screen_that_is_closed_is_told_so(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    waiting = asyncio.create_task(terminal.text())
    await asyncio.sleep(0)
    pool.close("a")
    with pytest.raises(NotFound):
        await waiting


async def test_who_waits_when_the_runner_ends_is_told_so() -> None:
    pool = ScreenPool(scrollback=10)
    await pool.start()
    terminal = Terminal(pool, "a")
    waiting = asyncio.create_task(terminal.text())
    await asyncio.sleep(0)
    await pool.aclose()
    with pytest.raises(HostUnavailable):
        await waiting


# --- many screens ----------------------------------------------------------------------------------------------------


async def test_a_flooded_screen_does_not_hold_up_another(pool: ScreenPool) -> None:
    flooded, other = Terminal(pool, "flooded"), Terminal(pool, "other")
    flooded.feed(b"".join(b"%d\r\n" % i for i in range(500_000)))
    other.feed(b"hello")
    assert await other.text() == "hello"
    assert pool.lag("flooded") > MEBIBYTE
    assert (await flooded.text()).endswith("499999")


async def test_screens_share_a_worker_and_nothing_else(pool: ScreenPool) -> None:
    terminals = [Terminal(pool, str(i), 40 + i, 10 + i) for i in range(100)]
    for i, terminal in enumerate(terminals):
        terminal.feed(b"\x1b]2;title %d\x07screen %d\x1b[6n" % (i, i))
    for i, terminal in enumerate(terminals):
        assert await terminal.text() == f"screen {i}"
        assert terminal.titles == [f"title {i}"]
        assert terminal.replies == b"\x1b[1;%dR" % (len(f"screen {i}") + 1)


async def test_an_owner_that_fails_hurts_nobody_else(pool: ScreenPool, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = Terminal(pool, "bad"), Terminal(pool, "good")
    monkeypatch.setattr(bad, "on_reply", None)
    bad.feed(b"\x1b[c")
    good.feed(b"fine\x1b[c")
    assert await good.text() == "fine"
    assert good.replies == b"\x1b[?62;22c"


# --- the worker's death ----------------------------------------------------------------------------------------------


async def test_after_the_workers_death_every_screen_is_as_before(pool: ScreenPool, xterm: Reference) -> None:
    streams = [load(name) for name in NAMES]
    for stream in streams:
        Terminal(pool, stream.name, stream.cols, stream.rows).play(stream)
    before, pid = [await pool.repaint(name, 1000) for name in NAMES], pool.worker_pid
    kill_worker(pool)
    after = [await pool.repaint(name, 1001) for name in NAMES]  # not the same question, or it is remembered
    assert pool.worker_pid != pid
    assert after == before
    for stream, repaint in zip(streams, after, strict=True):
        if stream.name in GHOSTTY_GAPS:
            continue
        whole = xterm.states((stream.cols, stream.rows), [*stream.steps, STATE])
        assert xterm.states(stream.size_at(len(stream.steps)), [("data", repaint), STATE]) == whole


async def test_a_death_in_the_middle_of_a_flood_loses_nothing(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    for start in range(0, 300_000, 1000):
        terminal.feed(b"".join(b"%d\r\n" % i for i in range(start, start + 1000)))
    await until(lambda: bool(terminal.lags))
    kill_worker(pool)
    assert await terminal.text(3) == "\n".join(map(str, range(299_974, 300_000)))
    assert pool.lag("a") == 0


async def test_who_waits_when_the_worker_dies_gets_the_answer_of_that_moment(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed(b"asked,here")
    assert pool.worker_pid
    os.kill(pool.worker_pid, signal.SIGSTOP)
    waiting = asyncio.create_task(terminal.text())
    await asyncio.sleep(0)
    terminal.feed(b",but,not,here")
    terminal.resize(4, 4)
    kill_worker(pool)
    assert await waiting == "asked,here"
    assert (await terminal.text(9)).replace("\n", "") == "asked,here,but,not,here"


async def test_queries_are_answered_once_though_the_worker_died(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed(b"\x1b]2;t\x07one\x1b[6n")
    await terminal.text()
    assert pool.worker_pid
    os.kill(pool.worker_pid, signal.SIGSTOP)
    terminal.feed(b"two\x1b[6n")
    kill_worker(pool)
    await terminal.text()
    assert terminal.replies == b"\x1b[1;4R\x1b[1;7R"
    assert terminal.titles == ["t"]


async def test_what_happens_while_there_is_no_worker_is_not_lost(pool: ScreenPool) -> None:
    old, closed = Terminal(pool, "old"), Terminal(pool, "closed")
    old.feed(b"before ")
    closed.feed(b"x")
    pid = pool.worker_pid
    kill_worker(pool)
    await until(lambda: pool.worker_pid != pid)
    old.feed(b"after")
    new = Terminal(pool, "new")
    new.feed(b"new")
    pool.close("closed")
    assert await old.text() == "before after"
    assert await new.text() == "new"


async def test_output_that_kills_libghostty_twice_is_drawn_by_the_fallback(poisoned: ScreenPool) -> None:
    victim, other = Terminal(poisoned, "victim"), Terminal(poisoned, "other")
    other.feed(b"untouched")
    await other.text()
    victim.feed(b"some \x1b[1mPOISON\x1b[0m here")
    assert await victim.text() == "some POISON here"
    assert poisoned.engine("victim") == "avt"
    assert await other.text() == "untouched"
    assert poisoned.engine("other") == "ghostty"


async def test_output_that_kills_every_engine_costs_only_its_own_screen(poisoned: ScreenPool) -> None:
    victim, other = Terminal(poisoned, "victim"), Terminal(poisoned, "other")
    victim.feed(b"STRONG POISON")
    with pytest.raises(InternalError):
        await victim.text()
    victim.feed(b"more")
    assert poisoned.lag("victim") == 0
    with pytest.raises(InternalError):
        await victim.text()
    other.feed(b"fine")
    assert await other.text() == "fine"


async def test_deaths_at_different_places_are_not_held_against_the_screen(poisoned: ScreenPool) -> None:
    terminal = Terminal(poisoned, "a")
    for _ in range(2):
        kill_worker(poisoned)
        terminal.feed(b"x" * 100_000)
        await terminal.text()
    assert poisoned.engine("a") == "ghostty"


async def test_a_worker_that_cannot_start_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "COMMAND", [sys.executable, "-c", "pass"])
    pool = ScreenPool(scrollback=10)
    with pytest.raises(InternalError, match="does not start"):
        await pool.start()
    await pool.aclose()


# --- hostile output --------------------------------------------------------------------------------------------------

SEQUENCES = st.builds(
    lambda start, numbers, end: start + ";".join(map(str, numbers)).encode() + end,
    st.sampled_from([b"\x1b[", b"\x1b[?", b"\x1b]", b"\x1bP", b"\x1b]8;;", b"\x1b_G", b"\x1b(", b"\x1b[>"]),
    st.lists(st.sampled_from([0, 1, 2, 7, 25, 45, 99, 1049, 2027, 65535, 2**31, 10**20]), max_size=5),
    st.sampled_from(["H", "J", "r", "m", "h", "l", "L", "P", "S", "b", "\x07", "\x1b\\", " q", "t"]).map(str.encode),
)
GARBAGE = st.lists(st.one_of(st.binary(max_size=60), SEQUENCES, st.text(max_size=30).map(str.encode)), max_size=30)
SIZES = st.tuples(st.integers(0, 150), st.integers(0, 60))


def test_garbage_never_ends_the_drawing() -> None:
    loop = asyncio.new_event_loop()
    pool = ScreenPool(scrollback=100)
    loop.run_until_complete(pool.start())

    async def show(garbage: list[bytes], size: tuple[int, int]) -> None:
        terminal = Terminal(pool, "garbage")
        for index, part in enumerate(garbage):
            terminal.feed(part)
            if index % 10 == 5:
                terminal.resize(*size)
        await pool.repaint("garbage", 100)
        terminal.resize(80, 24)
        terminal.feed(b"\x18\x1bcstill here")
        assert await terminal.text() == "still here"
        assert pool.lag("garbage") == 0
        pool.close("garbage")

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(GARBAGE, SIZES)
    def check(garbage: list[bytes], size: tuple[int, int]) -> None:
        loop.run_until_complete(show(garbage, size))

    try:
        check()
    finally:
        loop.run_until_complete(pool.aclose())
        loop.close()
