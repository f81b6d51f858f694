"""How long a program waits for the reader that drives it: the whole patience, at every pause."""

import asyncio
import os
import tty
from types import SimpleNamespace

import pytest

from runner import terminal as module
from runner.terminal import Terminal

BEHIND, PATIENCE_S = 1000, 0.6


class Reader:
    """Drives, and acknowledges only when told to."""

    def __init__(self):
        self.control, self.paces, self.acknowledged = True, True, 0

    def pump(self): ...

    def notify(self, event, **fields): ...


@pytest.fixture
async def terminal(monkeypatch):
    """A terminal whose program is this test; it writes to `terminal.program`."""
    monkeypatch.setattr(module, "PACE_BEHIND_BYTES", BEHIND)
    monkeypatch.setattr(module, "PACE_PATIENCE_S", PATIENCE_S)
    screens = SimpleNamespace(open=lambda *a: None, feed=lambda *a: None, lag=lambda i: 0, close=lambda i: None)
    made = Terminal("x", 80, 24, screens=screens, journal_bytes=1 << 20)

    async def spawn(slave, spec, on_exit):
        tty.setraw(slave)
        made.program = slave
        return SimpleNamespace(pid=1)

    await made.start(SimpleNamespace(spawn=spawn), {})
    yield made
    os.close(made.program)
    made._on_exit(0, None)
    made.close()


async def show(terminal, count):
    """The program prints, and what the runner is willing to read is read."""
    os.write(terminal.program, b"x" * count)
    await asyncio.sleep(0.05)


async def test_a_reader_has_the_whole_patience_at_every_pause(terminal):
    reader = Reader()
    terminal.join(reader)
    await show(terminal, 2 * BEHIND)
    await asyncio.sleep(PATIENCE_S * 0.7)
    reader.acknowledged = 2 * BEHIND
    terminal.on_progress()
    await show(terminal, 2 * BEHIND)
    await asyncio.sleep(PATIENCE_S * 0.7)
    assert reader.paces
    held = terminal.journal.end
    await show(terminal, 100)
    assert terminal.journal.end == held


async def test_a_reader_that_says_nothing_for_that_long_holds_nothing_up_any_more(terminal):
    reader = Reader()
    terminal.join(reader)
    await show(terminal, 2 * BEHIND)
    await show(terminal, 100)
    assert terminal.journal.end == 2 * BEHIND
    await asyncio.sleep(PATIENCE_S)
    assert not reader.paces
    assert terminal.journal.end == 2 * BEHIND + 100


async def test_a_reader_that_goes_away_lets_the_program_go_on_at_once(terminal):
    reader = Reader()
    terminal.join(reader)
    await show(terminal, 2 * BEHIND)
    await show(terminal, 100)
    terminal.leave(reader)
    terminal.on_progress()
    await asyncio.sleep(0.05)
    assert terminal.journal.end == 2 * BEHIND + 100
