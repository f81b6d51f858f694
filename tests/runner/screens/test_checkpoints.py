"""What a program set long ago outlives the worker, though the journal has forgotten it."""

import asyncio
import os
import random
import signal
import time
import zlib

import pytest
from owner import Terminal, kill_worker
from reference import STATE, Reference

from runner.screens import checkpoints
from runner.screens.checkpoints import BUSY_BYTES, QUIET_BYTES, QUIET_S, WORK_SHARE, Checkpoints, Schedule
from runner.screens.pool import ScreenPool
from runner.screens.rebuild import Checkpoint, Step, size_bytes

TUI = b"\x1b[?1049h\x1b[?2004h\x1b[?1002h\x1b[?1006h\x1b[?1h\x1b[2J\x1b[H"
KEEPS = 64 * 1024


def lines(first: int, last: int) -> bytes:
    return b"".join(b"line %d\r\n" % number for number in range(first, last))


def redraws(count: int) -> bytes:
    return b"".join(b"\x1b[H\x1b[K\x1b[3%dmframe %d\x1b[m" % (number % 8, number) for number in range(count))


async def checkpointed(terminal: Terminal) -> None:
    """Fed enough for one, and then quiet: it stands for everything so far."""
    fed = size_bytes(terminal.journal)
    async with asyncio.timeout(30):
        while terminal.pool.checkpointed(terminal.name) < fed:  # noqa: ASYNC110 (nobody tells)
            await asyncio.sleep(0.01)


# --- after the worker's death ----------------------------------------------------------------------------------------


async def test_alternate_screen_and_modes_older_than_the_journal_are_there_again(
    pool: ScreenPool, xterm: Reference
) -> None:
    terminal = Terminal(pool, "a", keeps=KEEPS)
    terminal.feed(lines(0, 500) + TUI + redraws(20_000))
    await checkpointed(terminal)
    terminal.feed(b"\x1b[5;5Hafter the checkpoint")
    kill_worker(pool)
    after = await pool.repaint("a", 1000)
    [state] = xterm.states((80, 24), [("data", after), STATE])
    assert state == xterm.states((80, 24), [*terminal.journal[1:], STATE])[0]
    for mode in (b"\x1b[?1049h", b"\x1b[?2004h", b"\x1b[?1002h", b"\x1b[?1006h"):
        assert mode in after


async def test_modes_survive_when_the_journal_does_not_reach_back_to_the_checkpoint(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a", keeps=KEEPS)
    terminal.feed(lines(0, 500) + TUI + redraws(20_000) + b"\x1b]2;never finis")
    await checkpointed(terminal)
    terminal.feed(b"hed\x07" + redraws(8000)[:250_000] + b"\x18\x1b[H\x1b[2Jnow")
    kill_worker(pool)
    repaint = await pool.repaint("a", 1000)
    assert b"\x1b[?1049h" in repaint
    assert b"\x1b[?2004h" in repaint
    assert await terminal.text() == "now"
    terminal.feed(b"\x1b[?1049l")
    assert "line 499" in await terminal.text()


async def test_scrollback_from_before_the_journal_is_there_again(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a", keeps=1000)
    terminal.feed(lines(0, 40_000))
    await checkpointed(terminal)
    terminal.feed(lines(40_000, 40_020))
    before = await terminal.text(900)
    assert before.startswith("line 39")
    kill_worker(pool)
    assert await terminal.text(900) == before


async def test_a_second_death_begins_with_a_checkpoint_of_the_second_worker(pool: ScreenPool) -> None:
    """The second worker counts from where the first one's checkpoint was."""
    terminal = Terminal(pool, "a", keeps=4000)
    terminal.feed(lines(0, 40_000))
    await checkpointed(terminal)
    kill_worker(pool)
    assert (await terminal.text()).endswith("line 39999")
    for first in range(40_000, 200_000, 10_000):
        terminal.feed(b"\x1b[?2004h" + lines(first, first + 10_000))
    await checkpointed(terminal)
    terminal.feed(lines(200_000, 200_010))
    before = await terminal.text(900)
    kill_worker(pool)
    assert await terminal.text(900) == before
    assert b"\x1b[?2004h" in await pool.repaint("a", 0)


async def test_a_death_in_a_flood_after_a_checkpoint_loses_and_repeats_no_line(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a", keeps=6 * 1024 * 1024)
    for first in range(0, 1_000_000, 10_000):
        terminal.feed(lines(first, first + 10_000))
        await asyncio.sleep(0)
        while pool.lag("a") > BUSY_BYTES:  # noqa: ASYNC110 (as a paused PTY would)
            await asyncio.sleep(0)
        if first == 900_000:
            assert pool.checkpoint_bytes("a")
            kill_worker(pool)
    assert await terminal.text(900) == lines(1_000_000 - 923, 1_000_000).decode().replace("\r", "").rstrip()


async def test_resizes_between_checkpoint_and_death_happen_where_they_did(pool: ScreenPool, xterm: Reference) -> None:
    terminal = Terminal(pool, "a", keeps=KEEPS)
    terminal.feed(lines(0, 40_000))
    terminal.resize(100, 30)
    terminal.feed(b"long words " * 20 + b"\r\n")
    await checkpointed(terminal)
    terminal.resize(40, 10)
    terminal.feed(b"many more words " * 10)
    terminal.resize(60, 20)
    terminal.feed(b"at last")
    terminal.resize(70, 22)
    before = await pool.repaint("a", 500)
    kill_worker(pool)
    after = await pool.repaint("a", 500)
    states = [xterm.states((70, 22), [("data", repaint), STATE]) for repaint in (before, after)]
    assert states[0] == states[1]
    assert "many more words" in await terminal.text()


async def test_queries_before_a_checkpoint_are_not_answered_again_and_later_ones_once(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a", keeps=KEEPS)
    terminal.feed(b"\x1b]2;t\x07" + lines(0, 40_000) + b"one\x1b[6n\x1b[c\x1b[6")
    await checkpointed(terminal)
    terminal.replies = b""
    assert pool.worker_pid
    os.kill(pool.worker_pid, signal.SIGSTOP)
    terminal.feed(b"n and two\x1b[6n")
    waiting = asyncio.create_task(terminal.text())
    await asyncio.sleep(0)
    terminal.feed(b" not asked for")
    kill_worker(pool)
    assert (await waiting).endswith("one and two")
    await terminal.text()
    assert terminal.replies == b"\x1b[24;4R\x1b[24;12R"
    assert terminal.titles == ["t"]


async def test_the_fallback_begins_with_the_checkpoint_too(poisoned: ScreenPool) -> None:
    terminal = Terminal(poisoned, "a", keeps=KEEPS)
    terminal.feed(TUI + redraws(20_000))
    await checkpointed(terminal)
    terminal.feed(b"\x1b[2J\x1b[HPOISON")
    assert await terminal.text() == "POISON"
    assert poisoned.engine("a") == "avt"
    repaint = await poisoned.repaint("a", 0)
    assert b"\x1b[?1049h" in repaint.replace(b"\x1b[?1047h", b"\x1b[?1049h")
    assert b"\x1b[?2004h" in repaint


async def test_a_journal_that_has_everything_needs_no_checkpoint(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed(lines(0, 40_000))
    await checkpointed(terminal)
    before = await pool.repaint("a", 1000)
    kill_worker(pool)
    assert await pool.repaint("a", 1000) == before


# --- when they are painted, and what they cost -----------------------------------------------------------------------


@pytest.mark.alone
async def test_a_checkpoint_holds_up_no_other_screen(pool: ScreenPool) -> None:
    """Two screens flood for seconds, so that checkpoints are painted; a third is drawn in order all the while."""
    flooded, other = [Terminal(pool, name, keeps=KEEPS) for name in ("x", "y")], Terminal(pool, "other")
    flood, seen, waits = lines(0, 30_000), list[str](), list[float]()
    ends_at = time.monotonic() + 3
    while time.monotonic() < ends_at:
        for terminal in flooded:
            if pool.lag(terminal.name) < BUSY_BYTES:
                terminal.feed(flood)
        other.feed(b"%d" % (len(seen) % 10))
        asked_at = time.monotonic()
        seen.append(await other.text())
        waits.append(time.monotonic() - asked_at)
    assert all(pool.checkpoint_bytes(terminal.name) for terminal in flooded)
    assert [text.replace("\n", "")[-1] for text in seen] == [str(number % 10) for number in range(len(seen))]
    assert max(waits) < 1.5
    assert sorted(waits)[len(waits) // 2] < 0.2


async def test_a_closed_screen_is_not_painted(pool: ScreenPool) -> None:
    closed, other = Terminal(pool, "closed"), Terminal(pool, "other")
    closed.feed(lines(0, 40_000))
    await closed.text()
    pool.close("closed")
    other.feed(lines(0, 40_000))
    await checkpointed(other)


def test_little_output_is_no_reason_to_paint() -> None:
    schedule = Schedule()
    schedule.fed(1, QUIET_BYTES - 1, 0)
    assert schedule.delay(0) is None
    assert schedule.due(1000) is None


def test_a_screen_is_due_when_it_has_been_quiet() -> None:
    schedule = Schedule()
    schedule.fed(1, QUIET_BYTES, 0)
    schedule.fed(1, 1, 0.25)
    assert schedule.due(QUIET_S) is None
    assert schedule.delay(QUIET_S) == 0.25
    assert schedule.due(0.25 + QUIET_S) == 1


def test_a_screen_that_is_never_quiet_is_due_after_a_megabyte_and_keeps_its_place() -> None:
    schedule = Schedule()
    schedule.fed(1, BUSY_BYTES, 10)
    schedule.fed(2, BUSY_BYTES, 11)
    schedule.fed(1, BUSY_BYTES, 12)
    assert schedule.due(12) == 1
    schedule.done(1, 12, 0)
    schedule.fed(1, BUSY_BYTES, 13)
    assert schedule.due(13) == 2


def test_painting_takes_a_twentieth_of_the_time_at_most() -> None:
    schedule, now, painted = Schedule(), 0.0, 0.0
    while now < 100:
        schedule.fed(1, BUSY_BYTES, now)
        if schedule.due(now) is None:
            now += 0.01
        else:
            now, painted = now + 0.04, painted + 0.04
            schedule.done(1, now, 0.04)
    assert 0.9 * WORK_SHARE < painted / now < 1.1 * WORK_SHARE


def test_a_screen_too_large_to_keep_is_not_packed() -> None:
    assert checkpoints.pack(random.Random(1).randbytes(checkpoints.MAX_PACKED_BYTES + 1)) == b""
    assert checkpoints.pack(bytes(checkpoints.MAX_PAINTED_BYTES + 1)) == b""


def test_what_no_worker_packed_is_read_as_nothing_or_not_to_its_end() -> None:
    assert checkpoints.unpack(b"no zlib") == b""
    assert len(checkpoints.unpack(zlib.compress(bytes(100 * 1024 * 1024)))) == checkpoints.MAX_PAINTED_BYTES


# --- which are kept, and what comes after ----------------------------------------------------------------------------


def kept(offsets: range, size: int = 10) -> Checkpoints:
    checkpoints = Checkpoints()
    for offset in offsets:
        checkpoints.add(Checkpoint(offset, 80, 24, bytes(size)))
    return checkpoints


def begins(checkpoints: Checkpoints, start: int) -> int | None:
    checkpoint = checkpoints.before(start)
    return checkpoint.offset if checkpoint else None


def test_the_oldest_checkpoint_the_journal_reaches_shows_most() -> None:
    some = kept(range(300_000, 30_000_001, 300_000))
    assert begins(some, 30_000_000) == 30_000_000
    oldest = begins(some, 30_000_000 - 4 * 1024 * 1024)
    assert oldest is not None
    assert oldest < 30_000_000 - 2 * 1024 * 1024
    assert some.size_bytes <= 60


def test_the_newest_checkpoint_is_better_than_none() -> None:
    assert begins(kept(range(0)), 5) is None
    assert begins(kept(range(300_000, 900_001, 300_000)), 5_000_000) == 900_000


def test_a_screens_checkpoints_have_one_limit_together() -> None:
    large = kept(range(0, 10_000_000, 1_100_000), 500_000)
    assert large.size_bytes == 1_000_000


SIZES: list[Step] = [("size", 80, 24), ("data", b"abc"), ("size", 60, 20), ("size", 50, 20), ("data", b"def")]


@pytest.mark.parametrize(
    ("offset", "cols", "steps"),
    [
        (10, 80, SIZES),
        (12, 80, [("data", b"c"), *SIZES[2:]]),
        (13, 80, SIZES[2:]),
        (13, 60, SIZES[3:]),
        (13, 50, SIZES[4:]),
        (14, 50, [("data", b"ef")]),
        (16, 50, []),
    ],
)
def test_what_a_checkpoint_knows_is_not_told_again(offset: int, cols: int, steps: list[Step]) -> None:
    checkpoint = Checkpoint(offset, cols, 24 if cols == 80 else 20, b"")
    told = checkpoints.after(checkpoint, 10, SIZES)
    assert told == (steps[1:] if offset == 10 else steps)
