"""Typing and sizes: what reaches the program, and what happens when it does not listen."""

import hashlib
import random
import time

import pytest
from support.sockets import RunnerReader, rss_kib

from core.errors import InvalidRequest, TooLarge


@pytest.fixture
def deaf(runner):
    """A program that never reads, on a terminal that changes nothing of what is typed."""
    session_id = runner.script("stty raw -echo; echo deaf; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"deaf")
    return session_id


def test_what_is_typed_reaches_the_program_in_order(runner):
    session_id = runner.script("stty -echo; echo up; while read line; do echo $line; done")
    with runner.watch(session_id) as reader:
        reader.see(b"up\r\n")
        for number in range(200):
            reader.type(b"line %d\n" % number)
        reader.see(b"line 199\r\n")
        assert reader.output.data.splitlines()[1:] == [b"line %d" % n for n in range(200)]


def test_more_than_the_kernel_takes_at_once_arrives_whole(runner):
    data = random.Random(1).randbytes(600_000)
    session_id = runner.script(f"stty raw -echo; echo up; head -c {len(data)} | sha256sum")
    with runner.watch(session_id) as reader:
        reader.see(b"up")
        reader.type(data[:300_000])
        reader.type(data[300_000:])
        reader.event("exited")
        assert hashlib.sha256(data).hexdigest().encode() in reader.output.data


def test_typing_through_a_request_works_too(runner):
    session_id = runner.script("read line; echo heard $line")
    with runner.watch(session_id) as reader:
        runner.call("write", id=session_id, data="grüße 🎉\n")
        reader.see("heard grüße 🎉".encode())


def test_input_that_a_deaf_program_does_not_read_is_bounded(runner, deaf):
    before = rss_kib(runner.pid)
    for _ in range(9):
        runner.call("write", id=deaf, data="x" * 100_000)
    with pytest.raises(TooLarge, match="does not read"):
        runner.call("write", id=deaf, data="x" * 300_000)
    assert rss_kib(runner.pid) - before < 16 * 1024
    assert runner.call("get", id=deaf)["status"] == "running"


def test_an_attached_typist_is_told_and_stays_attached(runner, deaf):
    with runner.watch(deaf) as reader:
        for _ in range(12):
            reader.type(b"x" * 100_000)
        assert reader.event("failed")["error"]["code"] == "TOO_LARGE"
        assert reader.ask("get", id=deaf)["viewer_count"] == 1


def test_what_waits_is_read_once_the_program_listens_and_more_is_taken(runner):
    session_id = runner.script(
        "stty raw -echo; echo deaf; while [ ! -e go ]; do sleep 0.05; done; head -c 900000 | wc -c; cat > /dev/null"
    )
    with runner.watch(session_id) as reader:
        reader.see(b"deaf")
        for _ in range(9):
            reader.type(b"x" * 100_000)
        (runner.home / "workspaces" / session_id / "go").touch()
        reader.see(b"900000")
        for _ in range(20):
            runner.call("write", id=session_id, data="x" * 100_000)
            time.sleep(0.01)
        assert reader.events == []


def test_typing_before_attaching_is_an_error_and_not_the_end(runner):
    with RunnerReader(runner.address) as caller:
        caller.type(b"x")
        assert caller.event("failed")["error"]["code"] == "NO_SESSION"
        assert caller.ask("list") == []


def test_the_terminals_interrupt_key_interrupts(runner):
    session_id = runner.script("trap 'echo interrupted; exit 4' INT; echo up; while :; do sleep 0.05; done")
    with runner.watch(session_id) as reader:
        reader.see(b"up")
        reader.type(b"\x03")
        reader.see(b"interrupted")
        assert reader.event("exited")["code"] == 4


# --- sizes -----------------------------------------------------------------------------------------------------------


def test_the_first_size_is_what_was_asked_for(runner):
    assert runner.output_of("stty size", cols=123, rows=45) == "45 123\n"


def test_a_new_size_reaches_the_program_and_every_watcher(runner):
    session_id = runner.script("trap 'stty size' WINCH; echo up; while :; do sleep 0.05; done")
    with runner.watch(session_id) as reader, runner.watch(session_id) as other:
        reader.see(b"up")
        info = runner.call("resize", id=session_id, cols=100, rows=30)
        assert (info["cols"], info["rows"]) == (100, 30)
        reader.see(b"30 100")
        for watcher in (reader, other):
            event = watcher.event("resized")
            assert (event["cols"], event["rows"]) == (100, 30)


def test_the_same_size_again_disturbs_nobody(runner):
    session_id = runner.script("trap 'echo resized' WINCH; echo up; while :; do sleep 0.05; done")
    with runner.watch(session_id) as reader:
        reader.see(b"up")
        runner.call("resize", id=session_id, cols=80, rows=24)
        reader.rest(0.3)
        assert b"resized" not in reader.output.data
        assert reader.events == []


@pytest.mark.parametrize(("cols", "rows"), [(1, 24), (80, 1), (1001, 24), (80, 1001), (-5, 24)])
def test_impossible_sizes_are_refused_and_change_nothing(runner, deaf, cols, rows):
    with pytest.raises(InvalidRequest, match="2 to 1000"):
        runner.call("resize", id=deaf, cols=cols, rows=rows)
    info = runner.call("get", id=deaf)
    assert (info["cols"], info["rows"]) == (80, 24)


@pytest.mark.parametrize("size", [True, 80.0, "80", None])
def test_sizes_are_never_guessed(runner, deaf, size):
    with pytest.raises(InvalidRequest):
        runner.call("resize", id=deaf, cols=size, rows=24)
