"""How long a program waits for the reader that drives it: the whole patience, at every pause."""

import asyncio
import os
import tty
from types import SimpleNamespace

import pytest

from runner import pacing, protocol
from runner.attachment import Attachment
from runner.terminal import Terminal

pytestmark = pytest.mark.alone  # its times are short

BEHIND, PATIENCE_S = 1000, 0.6


class Reader:
    """Drives, and acknowledges only when told to."""

    def __init__(self):
        self.control, self.paces, self.acknowledged, self.who = True, True, 0, {}

    def pump(self): ...

    def notify(self, event, **fields): ...

    def present(self, body): ...


@pytest.fixture
async def terminal(monkeypatch):
    """A terminal whose program is this test; it writes to `terminal.program`."""
    monkeypatch.setattr(pacing, "PACE_BEHIND_BYTES", BEHIND)
    monkeypatch.setattr(pacing, "PACE_PATIENCE_S", PATIENCE_S)
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
    terminal.control.join(reader, None)
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
    terminal.control.join(reader, None)
    await show(terminal, 2 * BEHIND)
    await show(terminal, 100)
    assert terminal.journal.end == 2 * BEHIND
    await asyncio.sleep(PATIENCE_S)
    assert not reader.paces
    assert terminal.journal.end == 2 * BEHIND + 100


async def test_a_reader_that_goes_away_lets_the_program_go_on_at_once(terminal):
    reader = Reader()
    terminal.control.join(reader, None)
    await show(terminal, 2 * BEHIND)
    await show(terminal, 100)
    terminal.control.leave(reader)
    await asyncio.sleep(0.05)
    assert terminal.journal.end == 2 * BEHIND + 100


async def test_one_can_attach_and_drive_while_the_program_waits_for_its_screen(terminal):
    terminal._screens.lag = terminal._screens.backlog = lambda *screen: 1 << 30
    await show(terminal, 100)
    await show(terminal, 100)
    assert terminal.journal.end == 100
    reader = Attachment(terminal, protocol.Attach(id="0" * 36, since=0), lambda *frame: None, lambda: True)
    assert reader.drives
    terminal._screens.lag = lambda screen: 0
    terminal.on_lag()
    await asyncio.sleep(0.05)
    assert terminal.journal.end == 200
