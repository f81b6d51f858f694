"""Many are attached, one drives: who that is, whose size counts, and what the others may and are told."""

import asyncio

import pytest
from support.sockets import RunnerReader, rss_kib, wait_until

from core.errors import Conflict, Forbidden, NoSession
from runner import control as module
from runner import protocol
from runner.attachment import WINDOW_BYTES, Attachment
from runner.protocol import Kind
from runner.terminal import Terminal

MIB = 1 << 20

# --- a terminal in this process --------------------------------------------------------------------------------------


class Screens:
    """A repaint takes until `finished` is set; `asked` are the histories they were asked with."""

    def __init__(self):
        self.asked, self.finished = [], asyncio.Event()

    def open(self, *facts): ...

    feed = resize = close = open

    def lag(self, screen_id):
        return 0

    async def repaint(self, screen_id, history):
        self.asked.append(history)
        await self.finished.wait()
        return b"(the screen)"


class Client:
    """One attachment and what it was sent, in order, as `(name, what)`."""

    def __init__(self, terminal, *, since=0, **params):
        self.seen, self.writable = [], True
        params = protocol.Attach(id="0" * 36, since=since, **params)
        self.attachment = Attachment(terminal, params, self._take, lambda: self.writable)
        self.attachment.start()

    def _take(self, kind, *parts):
        body = b"".join(parts)
        if kind == Kind.OUTPUT:
            self.seen.append(("output", body[8:]))
        elif kind == Kind.REPAINT:
            self.seen.append(("repaint", protocol.parse_repaint(body)))
        else:
            event = protocol.loads(body)
            self.seen.append((event.pop("event"), event))

    def of(self, name):
        return [what for kind, what in self.seen if kind == name]

    def leave(self):
        self.attachment.stop()


@pytest.fixture
async def screens():
    return Screens()


@pytest.fixture
async def news():
    return []


@pytest.fixture
async def terminal(screens, news, monkeypatch):
    monkeypatch.setattr(module, "TELL_INTERVAL_S", 0)
    return Terminal(
        "x", 80, 24, screens=screens, journal_bytes=4 * MIB, tell=lambda i, event, f: news.append((event, f))
    )


def drivers(*clients):
    return [client.attachment.drives for client in clients]


async def told():
    await asyncio.sleep(0.01)


async def test_the_first_who_may_type_drives_and_its_size_counts(terminal):
    viewer = Client(terminal, control=False, cols=60, rows=20)
    assert (terminal.cols, terminal.rows) == (80, 24)
    first = Client(terminal, cols=100, rows=30)
    second = Client(terminal, cols=40, rows=60)
    assert drivers(viewer, first, second) == [False, True, False]
    assert (terminal.cols, terminal.rows) == (100, 30)
    assert viewer.of("resized") == [{"cols": 100, "rows": 30}]
    assert first.of("resized") == second.of("resized") == []


async def test_typing_takes_control_only_where_nobody_has_it(terminal):
    first, second = Client(terminal, cols=100, rows=30), Client(terminal, cols=50, rows=50)
    terminal.control.typed(second.attachment)
    assert drivers(first, second) == [True, False]
    first.leave()
    assert terminal.control.driver is None
    assert (terminal.cols, terminal.rows) == (100, 30), "the size stays when the driver leaves"
    terminal.control.typed(second.attachment)
    assert drivers(second) == [True]
    assert (terminal.cols, terminal.rows) == (50, 50), "whoever drives brings the size it wished for"


async def test_who_takes_control_gets_the_size_given_or_wished_for(terminal):
    first, second = Client(terminal, cols=100, rows=30), Client(terminal, cols=50, rows=50)
    terminal.control.take(second.attachment, None)
    assert (drivers(first, second), terminal.cols) == ([False, True], 50)
    terminal.control.take(first.attachment, (90, 20))
    assert (drivers(first, second), terminal.cols, terminal.rows) == ([True, False], 90, 20)
    third = Client(terminal)
    terminal.control.take(third.attachment, None)
    assert (terminal.cols, terminal.rows) == (90, 20), "who never said a size changes none"


async def test_the_size_of_one_who_does_not_drive_is_remembered_and_answered_with_the_true_one(terminal):
    first, second = Client(terminal, cols=100, rows=30), Client(terminal)
    terminal.control.fit(second.attachment, (50, 50))
    assert second.of("resized") == [{"cols": 100, "rows": 30}]
    assert first.of("resized") == []
    terminal.control.fit(first.attachment, (101, 31))
    assert first.of("resized") == second.of("resized")[1:] == [{"cols": 101, "rows": 31}]
    first.leave()
    terminal.control.fit(second.attachment, (51, 51))
    assert (drivers(second), terminal.cols, terminal.rows) == ([True], 51, 51)


async def test_who_only_watches_can_neither_take_nor_fit_nor_drive_by_typing(terminal):
    viewer = Client(terminal, control=False)
    for refused in (
        lambda: terminal.control.take(viewer.attachment, (50, 50)),
        lambda: terminal.control.fit(viewer.attachment, (50, 50)),
        lambda: terminal.control.typed(viewer.attachment),
    ):
        with pytest.raises(Forbidden):
            refused()
    assert (terminal.control.driver, terminal.cols) == (None, 80)


async def test_who_has_left_cannot_drive(terminal):
    gone = Client(terminal)
    gone.leave()
    with pytest.raises(NoSession):
        terminal.control.take(gone.attachment, None)


async def test_everybody_is_told_who_drives_and_who_is_here_and_nobody_twice_the_same(terminal, news):
    first = Client(terminal, who={"user": "ann"})
    await told()
    assert first.of("control") == [], "attaching was answered with it"
    second = Client(terminal, who={"user": "bob"}, control=False)
    await told()
    (said,) = first.of("control")
    assert (said["you"], said["viewer_count"]) == (True, 2)
    assert [(v["who"]["user"], v["control"], v["drives"]) for v in said["viewers"]] == [
        ("ann", True, True), ("bob", False, False)
    ]  # fmt: skip
    first.leave()
    await told()
    (said,) = second.of("control")
    assert (said["you"], [v["drives"] for v in said["viewers"]]) == (False, [False])
    assert [fields["viewer_count"] for event, fields in news if event == "viewers"] == [1, 2, 1]


async def test_a_crowd_is_told_of_together_and_shown_in_part(terminal, monkeypatch):
    monkeypatch.setattr(module, "TELL_INTERVAL_S", 0.05)
    first = Client(terminal)
    crowd = [Client(terminal, control=False) for _ in range(150)]
    await asyncio.sleep(0.12)
    assert len(first.of("control")) <= 3
    said = first.of("control")[-1]
    assert (len(said["viewers"]), said["viewer_count"]) == (module.SHOWN_VIEWERS, 151)
    terminal.control.take(Client(terminal).attachment, None)
    await asyncio.sleep(0.12)
    assert crowd[0].of("control")[-1]["viewers"][0]["drives"], "the driver is always among those shown"


async def test_more_than_may_be_are_refused(terminal):
    everybody = [Client(terminal, control=False) for _ in range(module.MAX_READERS)]
    with pytest.raises(Conflict):
        Client(terminal)
    assert terminal.info()["viewer_count"] == module.MAX_READERS
    everybody[0].leave()
    assert drivers(Client(terminal)) == [True]


async def test_who_is_late_is_told_how_things_are_now_and_not_how_they_were(terminal):
    late = Client(terminal)
    late.writable = False
    others = []
    for _ in range(20):
        others.append(Client(terminal))
        await told()
    assert late.seen == []
    late.writable = True
    late.attachment.pump()
    assert [said["viewer_count"] for said in late.of("control")] == [21]


async def test_who_drives_is_told_before_output_that_waits_for_an_acknowledgement(terminal):
    late = Client(terminal)
    terminal._take(b"x" * (WINDOW_BYTES + 1000))
    Client(terminal)
    await told()
    assert late.seen[-1][0] == "control"
    assert sum(map(len, late.of("output"))) < WINDOW_BYTES + 1000


async def test_the_driver_alone_holds_the_program_back(terminal):
    first, second, viewer = Client(terminal), Client(terminal), Client(terminal, control=False)
    terminal._take(b"x" * (MIB + 10))
    assert terminal._must_pause()
    first.leave()
    assert not terminal._must_pause(), "where nobody drives nobody is waited for"
    terminal.control.take(second.attachment, None)
    assert terminal._must_pause()
    viewer.leave()
    second.attachment.acknowledge(second.attachment.cursor)
    assert not terminal._must_pause()


# --- history on request ----------------------------------------------------------------------------------------------


async def test_requests_for_history_during_a_repaint_become_one(terminal, screens):
    client, other = Client(terminal), Client(terminal)
    for history in (100, 2000, 300):
        client.attachment.refresh(history)
    screens.finished.set()
    await told()
    assert screens.asked == [100], "the second waits until the first is acknowledged"
    client.attachment.refresh(5)
    client.attachment.acknowledge(0)
    await told()
    assert screens.asked == [100, 2000]
    assert [history for *_, history in client.of("repaint")] == [100, 2000]
    assert other.seen == []


async def test_a_reader_that_acknowledges_nothing_gets_one_repaint_and_one_window_at_most(terminal, screens):
    screens.finished.set()
    client = Client(terminal, since=None, control=False)
    for _ in range(20):
        client.attachment.refresh(1000)
        for number in range(110):
            terminal._take(b"x" * 1000)
            client.attachment.notify("title", title=str(number))
        await told()
    assert len(client.of("repaint")) == 1
    assert sum(map(len, client.of("output"))) <= WINDOW_BYTES
    assert len(client.attachment._waiting) <= 100


async def test_output_begins_where_an_earlier_life_of_the_session_ended(screens):
    terminal = Terminal("x", 80, 24, screens=screens, journal_bytes=MIB, offset=5000)
    terminal._take(b"again")
    assert (terminal.journal.start, terminal.journal.end) == (5000, 5005)
    assert terminal.replay() == [("size", 80, 24), ("data", b"again")]
    assert Client(terminal, since=5000).of("output") == [b"again"]
    assert Client(terminal, since=4999).attachment.replay == "screen"
    terminal.resize(90, 24)
    terminal._take(b"!")
    assert terminal.replay() == [("size", 80, 24), ("data", b"again"), ("size", 90, 24), ("data", b"!")]


async def test_news_is_told_to_whoever_listens_to_all_terminals(terminal, news):
    terminal.resize(90, 30)
    assert news == [("resized", {"cols": 90, "rows": 30})]


# --- a real runner ---------------------------------------------------------------------------------------------------


def size(runner, session_id):
    info = runner.call("get", id=session_id)
    return info["cols"], info["rows"]


def test_the_answer_says_whether_one_drives_and_the_size_is_the_new_one(runner):
    session_id = runner.script("sleep 1000")
    with (
        runner.watch(session_id, since=None, cols=100, rows=30, who={"user": "ann"}) as first,
        runner.watch(session_id, since=None, cols=50, rows=50) as second,
    ):
        assert (first.info["driving"], first.info["cols"], first.info["rows"]) == (True, 100, 30)
        assert (second.info["driving"], second.info["cols"], second.info["rows"]) == (False, 100, 30)
        assert [v["drives"] for v in second.info["viewers"]] == [True, False]
        first.until("it is told of the second", lambda: first.controls)
        assert [v["who"] for v in first.controls[-1]["viewers"]] == [{"user": "ann"}, {}]
        second.ask("take")
        first.until("it is told that it drives no longer", lambda: not first.controls[-1]["you"])
        assert first.event("resized") == {"event": "resized", "cols": 50, "rows": 50}
    assert size(runner, session_id) == (50, 50)


def test_a_driver_whose_network_blinked_drives_again(runner):
    session_id = runner.script("sleep 1000")
    with runner.watch(session_id, control=False):
        with runner.watch(session_id, cols=100, rows=30) as driver:
            assert driver.info["driving"]
        wait_until("it is gone", lambda: runner.call("get", id=session_id)["viewer_count"] == 1)
        with runner.watch(session_id, since=driver.output.position, cols=100, rows=30) as again:
            assert (again.info["driving"], again.info["replay"]) == (True, "none")


def test_a_connection_that_only_watches_can_write_nothing(runner):
    session_id = runner.script("stty -echo; while read line; do echo heard $line; done")
    with runner.watch(session_id, control=False) as viewer, runner.watch(session_id) as driver:
        viewer.type(b"from the viewer\n")
        assert viewer.event("failed")["error"]["code"] == "FORBIDDEN"
        for op, params in (("take", {}), ("take", {"cols": 90, "rows": 90}), ("fit", {"cols": 90, "rows": 90})):
            with pytest.raises(Forbidden):
                viewer.ask(op, **params)
        driver.type(b"the driver\n")
        viewer.see(b"heard the driver")
        assert b"viewer" not in viewer.output.data
    assert size(runner, session_id) == (80, 24)


def test_without_an_attachment_there_is_nothing_to_drive(runner):
    with RunnerReader(runner.address) as reader:
        for op, params in (("take", {}), ("fit", {"cols": 90, "rows": 90}), ("refresh", {"history": 10})):
            with pytest.raises(NoSession):
                reader.ask(op, **params)


def test_attaching_to_what_is_not_there_leaves_what_is_attached(runner):
    session_id = runner.script("cat")
    with runner.watch(session_id) as reader:
        with pytest.raises(Exception, match="not found"):
            reader.ask("attach", id="0" * 36)
        reader.type(b"still here\n")
        reader.see(b"still here")


def test_attaching_once_more_on_the_same_connection_keeps_control(runner):
    session_id = runner.script("sleep 1000")
    with runner.watch(session_id) as reader:
        answer = reader.ask("attach", id=session_id, since=0)
        assert (answer["driving"], answer["viewer_count"]) == (True, 1)


def test_an_explicit_order_resizes_whoever_drives(runner):
    session_id = runner.script("sleep 1000")
    with runner.watch(session_id, cols=100, rows=30) as driver, runner.watch(session_id, control=False) as viewer:
        runner.call("resize", id=session_id, cols=70, rows=20)
        for reader in (driver, viewer):
            assert reader.event("resized") == {"event": "resized", "cols": 70, "rows": 20}


def test_more_history_comes_when_asked_for_and_disturbs_nobody_else(runner):
    session_id = runner.script("seq 1 500; cat")
    with runner.watch(session_id) as other:
        other.see(b"500\r\n")
        with runner.watch(session_id, since=None, history=10) as reader:
            reader.until("a picture", lambda: reader.output.repaints)
            assert b"\r\n100\r\n" not in reader.output.repaints[-1][3]
            reader.ask("refresh", history=1000)
            reader.until("another", lambda: len(reader.output.repaints) == 2)
            assert b"\r\n100\r\n" in reader.output.repaints[-1][3]
            reader.type(b"and on\n")
            reader.see(b"and on")
        other.see(b"and on")
        assert other.output.repaints == []


def test_a_reader_that_asks_for_ever_more_history_and_reads_none_costs_one_repaint(runner):
    session_id = runner.script("stty -echo; seq 1 20000; cat")
    with runner.watch(session_id) as other:
        other.see(b"20000\r\n")
        before = rss_kib(runner.pid)
        with runner.watch(session_id, since=None, control=False, acknowledge=False) as greedy:
            for number in range(300):
                greedy.send(Kind.REQUEST, protocol.dumps({"id": 1000 + number, "op": "refresh", "params": {}}))
            other.type(b"undisturbed\n")
            other.see(b"undisturbed")
            assert rss_kib(runner.pid) - before < 16 * 1024
            greedy.rest(0.5)
            assert len(greedy.output.repaints) == 1
    wait_until("nobody but the other", lambda: runner.call("get", id=session_id)["viewer_count"] == 0)
