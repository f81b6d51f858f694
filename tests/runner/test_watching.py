"""Readers of a terminal: who comes back gets what he missed, who comes late a picture, who dawdles costs little."""

import hashlib
import time

import pytest
from support.sockets import rss_kib, tidy, wait_until

pytestmark = pytest.mark.alone  # floods and measures

JOURNAL_BYTES = 1 << 20  # what this runner keeps per session
MIB = 1 << 20


def finished(runner, script, **options):
    """A session that has run `script` to its end, and all it printed, as its first reader saw it."""
    session_id = runner.script(script, **options)
    with runner.watch(session_id) as reader:
        reader.event("exited", 60)
        return session_id, bytes(reader.output.data)


@pytest.fixture(scope="module")
def counted(shared_runner):
    """A session that printed 1 to 30000 and has exited."""
    return finished(shared_runner, "seq 1 30000")


@pytest.fixture
def runner(shared_runner):  # not the conftest's: `counted` lives longer than a test
    return shared_runner


@pytest.mark.parametrize("since", [0, 1, 5, 12_345, 65_535, 65_536, 65_537, 131_072])
def test_coming_back_gives_exactly_the_bytes_missed(runner, counted, since):
    session_id, everything = counted
    with runner.watch(session_id, since=since) as reader:
        assert reader.info["replay"] == "bytes"
        reader.event("exited")
        assert bytes(reader.output.data) == everything[since:]
        assert reader.output.position == len(everything)
        assert reader.output.repaints == []


def test_coming_back_with_nothing_missed_gives_nothing(runner, counted):
    session_id, everything = counted
    with runner.watch(session_id, since=len(everything)) as reader:
        assert reader.info["replay"] == "none"
        reader.event("exited")
        assert not reader.output.data
        assert reader.output.repaints == []


def test_an_offset_that_never_was_gives_a_picture(runner, counted):
    session_id, everything = counted
    with runner.watch(session_id, since=len(everything) + 1) as reader:
        assert reader.info["replay"] == "screen"
        reader.event("exited")
        assert "30000" in reader.output.screen()


def test_asking_for_nothing_gives_the_picture(runner, counted):
    session_id, everything = counted
    with runner.watch(session_id, since=None) as reader:
        reader.event("exited")
        ((offset, cols, rows, _),) = reader.output.repaints
        assert (offset, cols, rows) == (len(everything), 80, 24)
        assert reader.output.screen() == tidy(runner.call("text", id=session_id))
        assert reader.output.screen().split()[-1] == "30000"


def test_the_picture_carries_as_much_history_as_was_asked_for(runner, counted):
    session_id, _ = counted
    for history, first in ((0, b"29978"), (100, b"29878")):
        with runner.watch(session_id, since=None, history=history) as reader:
            reader.event("exited")
            _, _, _, data = reader.output.repaints[0]
            assert first in data
            assert b"%d" % (int(first) - 1) not in data


def test_a_reader_later_than_what_is_kept_gets_the_picture_and_then_the_rest(runner):
    session_id = runner.script("seq 1 400000; read line; echo $line is the end")
    with runner.watch(session_id) as reader:
        reader.until("the flood", lambda: b"400000\r\n" in reader.output.data)
        assert reader.output.data.split() == [b"%d" % n for n in range(1, 400_001)]
    with runner.watch(session_id, since=10) as late:
        assert late.info["replay"] == "screen"
        assert late.info["start"] > 10
        late.until("a picture", lambda: late.output.repaints)
        assert late.output.screen().split()[-1] == "400000"
        late.type(b"this\n")
        late.see(b"this is the end")
        late.event("exited")
        assert late.output.screen() == tidy(runner.call("text", id=session_id))
        assert len(late.output.repaints) == 1
    runner.call("remove", id=session_id)


def test_two_readers_see_the_same(runner):
    session_id = runner.script("read line; seq 1 50000")
    with runner.watch(session_id) as one, runner.watch(session_id, control=False) as two:
        one.type(b"\n")
        for reader in (one, two):
            reader.event("exited")
        assert one.output.data == two.output.data
        assert runner.call("get", id=session_id)["viewer_count"] == 2
    wait_until("they are gone", lambda: runner.call("get", id=session_id)["viewer_count"] == 0)
    runner.call("remove", id=session_id)


def test_a_connection_watches_one_terminal_at_a_time(runner, counted):
    other = runner.script("echo other; sleep 1000")
    with runner.watch(counted[0], since=len(counted[1])) as reader:
        reader.output.start = 0
        reader.ask("attach", id=other, since=0)
        reader.see(b"other")
        assert runner.call("get", id=counted[0])["viewer_count"] == 0
        reader.ask("detach")
        assert runner.call("get", id=other)["viewer_count"] == 0
    runner.call("remove", id=other)


def test_a_watcher_of_a_session_that_is_removed_is_told(runner):
    session_id = runner.script("sleep 1000")
    with runner.watch(session_id) as reader:
        runner.call("remove", id=session_id)
        reader.event("closed")
        assert reader.ask("list") is not None


def test_a_new_title_is_told_to_those_who_watch_and_known_to_those_who_ask(runner):
    session_id = runner.script(r"read line; printf '\033]0;A new title\007'; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.type(b"\n")
        assert reader.event("title")["title"] == "A new title"
    assert runner.call("get", id=session_id)["title"] == "A new title"
    runner.call("remove", id=session_id)


def test_what_is_printed_while_the_program_has_no_terminal_open_is_not_lost(runner):
    """A program may close its terminal and open it again; the kernel reports a hang-up in between."""
    session_id = runner.script("exec 0<&- 1>&- 2>&-; sleep 0.5; exec >/dev/tty; echo back again; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"back again", 5)
    runner.call("remove", id=session_id)


# --- readers that dawdle ---------------------------------------------------------------------------------------------

FLOOD_BYTES = 24 * MIB
FLOOD = f"read line; yes 0123456789abcdef | head -c {FLOOD_BYTES}; printf '\\r\\nthe end\\r\\n'; exit 6"
FREE_FLOOD_S = 15  # what it may take by itself on a busy machine


def flood(runner):
    return runner.script("stty -onlcr; " + FLOOD)


def time_of_exit(runner, session_id):
    began = time.monotonic()
    wait_until("it runs through", lambda: runner.call("get", id=session_id)["status"] == "exited", 60)
    return time.monotonic() - began


@pytest.fixture
def has_seen_a_flood(runner):
    """A runner's first flood costs it some 26 MB once, whoever reads: modules, buffers, the allocator's own."""
    session_id = flood(runner)
    runner.call("write", id=session_id, data="\n")
    time_of_exit(runner, session_id)
    runner.call("remove", id=session_id)


@pytest.mark.usefixtures("has_seen_a_flood")
@pytest.mark.parametrize("control", [True, False])
@pytest.mark.parametrize("reads", [True, False], ids=["reads", "never-reads"])
def test_a_reader_that_never_acknowledges_neither_holds_the_program_nor_costs_much(runner, control, reads):
    session_id = flood(runner)
    with runner.watch(session_id, acknowledge=False, control=control) as dawdler:
        before = rss_kib(runner.pid)
        runner.call("write", id=session_id, data="\n")
        if reads:
            dawdler.rest(0.5)
        taken_s = time_of_exit(runner, session_id)
        assert taken_s < FREE_FLOOD_S
        assert rss_kib(runner.pid) - before < 24 * 1024
        # Awake at last it gets what was under way, a picture of the end, and the news.
        dawdler.rest(0.2)
        assert dawdler.received_bytes <= 2 * MIB
        dawdler.acknowledges = True
        dawdler.ack(dawdler.output.position)
        assert dawdler.event("exited")["code"] == 6
        assert len(dawdler.output.repaints) == 1
        assert dawdler.output.position == runner.call("get", id=session_id)["offset"]
        assert dawdler.output.screen().splitlines()[-1] == "the end"
    runner.call("remove", id=session_id)


def test_a_driving_reader_that_is_slow_but_acknowledges_holds_the_program_back(runner):
    session_id = flood(runner)
    with runner.watch(session_id, acknowledge=False) as slow:
        slow.type(b"\n")
        ends = time.monotonic() + 4
        while time.monotonic() < ends:
            slow.rest(0.57)
            slow.ack(min(slow.output.position, (slow.info.get("acked") or 0) + 100_000))
            slow.info["acked"] = min(slow.output.position, (slow.info.get("acked") or 0) + 100_000)
            info = runner.call("get", id=session_id)
            assert info["status"] == "running"
            assert info["offset"] - slow.info["acked"] < 2 * MIB
        slow.acknowledges = True
        slow.ack(slow.output.position)
        slow.event("exited", 60)
        assert slow.output.repaints == []
        assert len(slow.output.data) >= FLOOD_BYTES
    runner.call("remove", id=session_id)


def test_a_dawdler_does_not_keep_a_quick_reader_from_getting_every_byte(runner):
    session_id = flood(runner)
    with (
        runner.watch(session_id, acknowledge=False, control=False) as dawdler,
        runner.watch(session_id) as quick,
    ):
        quick.type(b"\n")
        quick.event("exited", 60)
        assert quick.output.repaints == []
        expected = (b"0123456789abcdef\n" * (FLOOD_BYTES // 17 + 1))[:FLOOD_BYTES]
        body = bytes(quick.output.data).partition(b"\n")[2][:FLOOD_BYTES]
        assert hashlib.sha256(body).digest() == hashlib.sha256(expected).digest()
        assert dawdler.output.data == b""
    runner.call("remove", id=session_id)


def test_an_acknowledgement_of_what_was_never_sent_means_nothing(runner, counted):
    session_id, everything = counted
    with runner.watch(session_id, acknowledge=False) as liar:
        liar.ack(1 << 60)
        liar.ack(0)
        liar.event("exited")
        assert bytes(liar.output.data) == everything


def test_a_session_that_floods_does_not_make_another_wait(runner):
    flooder = runner.script("yes")
    session_id = runner.script("stty -echo; while read line; do echo heard $line; done")
    with runner.watch(session_id) as reader:
        for number in range(20):
            began = time.monotonic()
            reader.type(b"%d\n" % number)
            reader.see(b"heard %d\r\n" % number)
            assert time.monotonic() - began < 1
    runner.call("remove", id=flooder)
    runner.call("remove", id=session_id)
