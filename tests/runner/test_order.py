"""Events come where they happened in the output, whoever is late; and only who drives sets the program's pace."""

import asyncio
import time

import pytest
from support.server import GRACE_S
from support.sockets import RunnerReader, tidy

from runner import protocol
from runner.attachment import MAX_WAITING_EVENTS, Attachment
from runner.protocol import Kind
from runner.terminal import Terminal

MIB = 1 << 20


# --- a terminal in this process, whose screen answers when the test says so ------------------------------------------


class Screens:
    """A repaint takes until `finished` is set."""

    def __init__(self):
        self.asked, self.finished = asyncio.Event(), asyncio.Event()

    def open(self, *facts): ...

    feed = resize = close = open

    def lag(self, screen_id):
        return 0

    async def repaint(self, screen_id, history):
        self.asked.set()
        await self.finished.wait()
        return b"(the screen)"


class Client:
    """What an attachment sent, in order, as `(name, what)`; `size` is what somebody who obeys it has."""

    def __init__(self, terminal, since=None, control=True):
        self.seen, self.size, self.writable = [], (terminal.cols, terminal.rows), True
        params = protocol.Attach(id="0" * 36, since=since, control=control)
        self.attachment = Attachment(terminal, params, self._take, lambda: self.writable)
        self.attachment.start()

    def _take(self, kind, *parts):
        body = b"".join(parts)
        if kind == Kind.OUTPUT:
            self.seen.append(("output", body[8:]))
        elif kind == Kind.REPAINT:
            _, *size, data, _ = protocol.parse_repaint(body)
            self.size = tuple(size)
            self.seen.append(("repaint", data))
        else:
            event = protocol.loads(body)
            if event["event"] == "resized":
                self.size = event["cols"], event["rows"]
            self.seen.append((event.pop("event"), event))

    @property
    def names(self):
        return [name for name, _ in self.seen]

    def flows_again(self):
        self.writable = True
        self.attachment.pump()


@pytest.fixture
async def screens():
    return Screens()


@pytest.fixture
async def terminal(screens):
    return Terminal("x", 80, 24, screens=screens, journal_bytes=MIB)


async def drawn(screens):
    """The repaint that is under way is finished and sent."""
    screens.finished.set()
    await asyncio.sleep(0.02)


async def test_a_resize_while_a_repaint_is_under_way_ends_with_the_terminals_size(terminal, screens):
    terminal._take(b"drawn for eighty columns")
    client = Client(terminal)
    await screens.asked.wait()
    terminal.resize(100, 30)
    terminal.resize(120, 40)
    await drawn(screens)
    assert client.names == ["repaint", "resized", "resized"]
    assert client.size == (terminal.cols, terminal.rows) == (120, 40)


async def test_a_resize_just_before_a_repaint_is_asked_for_does_not_undo_it(terminal, screens):
    client = Client(terminal)
    terminal.resize(100, 30)  # the repaint's task has not run yet
    await drawn(screens)
    assert client.names.index("resized") < client.names.index("repaint")
    assert client.size == (100, 30)


async def test_the_exit_during_a_repaint_comes_after_the_picture_and_all_output(terminal, screens):
    client = Client(terminal)
    await screens.asked.wait()
    terminal._take(b"last words")
    terminal._on_exit(3, None)
    assert client.names == []
    await drawn(screens)
    assert client.seen == [
        ("repaint", b"(the screen)"), ("output", b"last words"), ("exited", {"code": 3, "signal": None, "ended_by": ""})
    ]  # fmt: skip


async def test_a_session_that_has_exited_already_is_drawn_before_it_is_said_to_have(terminal, screens):
    terminal._on_exit(0, None)
    client = Client(terminal)
    await drawn(screens)
    assert client.names == ["repaint", "exited"]


async def test_events_wait_for_the_output_before_them_when_the_connection_is_full(terminal):
    client = Client(terminal, since=0)
    client.writable = False
    terminal._take(b"before")
    terminal.resize(90, 25)
    terminal._take(b"between")
    terminal._on_exit(1, None)
    assert client.names == []
    client.flows_again()
    assert client.seen == [
        ("output", b"before"), ("resized", {"cols": 90, "rows": 25}), ("output", b"between"),
        ("exited", {"code": 1, "signal": None, "ended_by": ""}),
    ]  # fmt: skip


async def test_a_reader_too_late_for_all_events_gets_the_screen_and_the_last_of_each(terminal, screens):
    client = Client(terminal, since=0)
    client.writable = False
    for number in range(MAX_WAITING_EVENTS * 3):
        terminal._take(b".")
        terminal.resize(10 + number, 24)
        assert len(client.attachment._waiting) <= MAX_WAITING_EVENTS
    client.flows_again()
    await drawn(screens)
    assert client.names.count("resized") <= MAX_WAITING_EVENTS
    assert "repaint" in client.names
    assert client.size == (terminal.cols, terminal.rows)


@pytest.mark.parametrize("history", [["replaced", "exited", "replaced"], ["exited", "replaced", "exited"]])
async def test_of_exits_and_replacements_the_one_that_came_last_is_told_last(terminal, screens, history):
    client = Client(terminal, since=0)
    client.writable = False
    terminal._take(b".")
    for event in history:
        client.attachment.notify(event)
    for number in range(MAX_WAITING_EVENTS):
        client.attachment.notify("title", title=str(number))
    client.flows_again()
    await drawn(screens)
    assert [name for name in client.names if name in history][-1] == history[-1]
    assert ("title", {"title": str(MAX_WAITING_EVENTS - 1)}) in client.seen


async def test_a_session_that_is_deleted_during_a_repaint_does_not_leave_its_reader_mute(terminal, screens):
    def gone(screen_id, history):
        raise KeyError(screen_id)

    screens.repaint = gone
    client = Client(terminal)
    await asyncio.sleep(0.02)
    assert client.names == ["failed"]
    assert client.seen[0][1]["error"]["code"] == "SESSION_NOT_FOUND"
    terminal._take(b"on it goes")
    assert client.seen[-1] == ("output", b"on it goes")


# --- a real runner ---------------------------------------------------------------------------------------------------


class Chronicle(RunnerReader):
    """Remembers besides how much output there was before each event and each repaint."""

    def __init__(self, address, session_id, *, acknowledge=True, **params):
        super().__init__(address, acknowledge=acknowledge)
        self.order, self.size = [], None
        self.info = self.ask("attach", id=session_id, **params)
        if self.info["replay"] != "screen":
            self.output.start = params["since"]

    def _on_frame(self, frame):
        super()._on_frame(frame)
        if frame.kind == Kind.REPAINT:
            offset, cols, rows, *_ = protocol.parse_repaint(frame.body)
            self.order.append(("repaint", offset))
            self.size = cols, rows
        elif frame.kind == Kind.EVENT:
            event = protocol.loads(frame.body)
            if event["event"] not in {"state", "control"}:  # they come when they come
                self.order.append((event["event"], self.output.position))
            if event["event"] == "resized":
                self.size = event["cols"], event["rows"]


@pytest.mark.parametrize("control", [True, False])
def test_resizing_all_the_while_ends_with_the_size_the_terminal_has(runner, control):
    session_id = runner.script("seq 1 2000; while :; do echo more; sleep 0.01; done")
    for turn in range(5):
        with Chronicle(runner.address, session_id, since=None, control=control) as reader:
            for number in range(20):
                runner.call("resize", id=session_id, cols=60 + turn * 20 + number, rows=20 + number)
            reader.until("a picture", lambda r=reader: r.output.repaints)
            final = runner.call("get", id=session_id)
            reader.until("the last size", lambda r=reader, f=final: r.size == (f["cols"], f["rows"]))
            reader.rest(0.1)
            assert reader.size == (final["cols"], final["rows"])


def test_coming_back_over_a_change_of_size_gives_a_picture_and_from_exactly_there_on_bytes(runner):
    session_id = runner.script("stty -echo; echo for eighty; read line; echo for forty; read line")
    with runner.watch(session_id) as reader:
        reader.see(b"for eighty")
    changed_at = runner.call("resize", id=session_id, cols=40, rows=24)["offset"]
    runner.call("write", id=session_id, data="\n")
    with runner.watch(session_id, since=changed_at) as exact:
        assert exact.info["replay"] in {"bytes", "none"}
        exact.see(b"for forty")
        assert exact.output.repaints == []
    with runner.watch(session_id, since=changed_at - 1) as earlier:
        assert earlier.info["replay"] == "screen"
        earlier.until("a picture", lambda: earlier.output.repaints)
        assert earlier.output.repaints[0][1:3] == (40, 24)
        assert earlier.output.screen() == tidy(runner.call("text", id=session_id))


def test_a_late_reader_learns_of_size_replacement_and_exit_where_they_happened(runner):
    text = "x" * 63
    session_id = runner.script(f"stty -echo; echo up; read line; yes {text} | head -n 14500; echo one done; read line")
    with Chronicle(runner.address, session_id, since=0, control=False, acknowledge=False) as late:
        late.see(b"up")
        with runner.watch(session_id) as quick:  # the late one reads nothing from here on
            quick.type(b"\n")
            quick.see(b"one done")
            resized_at = runner.call("resize", id=session_id, cols=90, rows=30)["offset"]
            launch = {"argv": ["/bin/bash", "-c", "echo two here; read line; seq 1 2000; exit 4"]}
            runner.call("replace", id=session_id, launch=launch)
            quick.see(b"two here")
            quick.type(b"\n")
            quick.event("exited")
            everything = bytes(quick.output.data)
        late.event("exited")
        assert [name for name, _ in late.order] == ["resized", "replaced", "exited"]
        positions = dict(late.order)
        assert positions["resized"] == resized_at
        assert everything.index(b"one done") < positions["replaced"] <= everything.index(b"2000\r\n")
        assert positions["exited"] == len(everything)
        assert late.output.data == everything
        assert late.output.repaints == []


def test_replacing_a_program_again_and_again_never_tells_of_an_exit_after_it(runner):
    session_id = runner.script("sleep 1000")
    with Chronicle(runner.address, session_id, since=0) as reader:
        for number in range(4):
            launch = {"argv": ["/bin/bash", "-c", f"echo number {number}; sleep 1000"]}
            runner.call("replace", id=session_id, launch=launch)
            with Chronicle(runner.address, session_id, since=None) as newcomer:
                newcomer.rest(0.1)
                assert "exited" not in [name for name, _ in newcomer.order]
        reader.see(b"number 3")
        reader.rest(GRACE_S)
        assert [name for name, _ in reader.order] == ["replaced"] * 4


def test_a_second_slow_reader_that_could_type_too_does_not_slow_the_one_that_does(runner):
    """Held to the slow one's pace, this flood would take two minutes."""
    total = 12 * MIB
    session_id = runner.script(f"stty -onlcr -echo; echo up; read line; yes 0123456789abcdef | head -c {total}; exit 6")
    with (
        runner.watch(session_id, acknowledge=False) as slow,
        runner.watch(session_id) as quick,
    ):
        for reader in (slow, quick):
            reader.see(b"up")
        quick.ask("take")
        quick.type(b"\n")
        acknowledged, ends = slow.output.position, time.monotonic() + 40
        while not any(event["event"] == "exited" for event in quick.events):
            assert time.monotonic() < ends, f"the quick one has {quick.output.position} bytes only"
            slow.read(0.001)
            acknowledged = min(slow.output.position, acknowledged + 32 * 1024)
            slow.ack(acknowledged)
            next_ack = time.monotonic() + 0.3
            while time.monotonic() < next_ack and not quick.gone:
                quick.read(0.1)
        assert acknowledged < total // 3
        assert quick.output.repaints == []
        assert len(quick.output.data) >= total
