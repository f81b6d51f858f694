"""The web process dies or is stopped in the middle of things: no byte of a session is lost, none comes twice."""

import re

import pytest
from support.sockets import WebSocket, tidy, wait_until

from runner import client

KILL, STOP = "kill_web", "stop_web"
both = pytest.mark.parametrize("ending", [KILL, STOP])
JOURNAL_BYTES = 1 << 20


def reconnect(server, **options):
    return WebSocket(server.socket_url, server.token, **options)


def start(server, script):
    return server.start_session("shell", args=["-c", "stty -echo; " + script])


@pytest.fixture
def first(frail):
    """A socket of before the restart."""
    opened = reconnect(frail)
    yield opened
    opened.close()


def restart(server, ending, *sockets):
    """End the web process, take in what had been sent, start it again."""
    getattr(server, ending)()
    for socket in sockets:
        socket.until_closed()
    server.start_web()


def text_of(server, session_id):
    return tidy(client.call(server.runner_address, "text", id=session_id, history=0))


COUNTER = r"i=0; while :; do i=$((i+1)); printf 'n%07d\n' $i; sleep 0.003; done"


@pytest.mark.parametrize(("ending", "binary"), [(KILL, True), (KILL, False), (STOP, False)])
def test_a_counter_loses_no_number_and_repeats_none(frail, first, ending, binary):
    session_id = start(frail, COUNTER)
    first.attach(session_id, since=0, binary=binary)
    first.until("a few numbers", lambda: len(first.output.data) > 900)
    pid = frail.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]["pid"]
    restart(frail, ending, first)
    with reconnect(frail) as second:
        answer = second.attach(session_id, since=first.output.position, binary=binary)
        assert answer["replay"] == "bytes"
        assert answer["session"]["pid"] == pid
        second.until("many numbers", lambda: len(second.output.data) > 9000)
        assert second.output.repaints == []
        everything = bytes(first.output.data + second.output.data)
    whole = everything[: len(everything) // 10 * 10]
    assert whole == b"".join(b"n%07d\r\n" % number for number in range(1, len(whole) // 10 + 1))
    frail.api.delete(f"/api/sessions/{session_id}")


READY = b"ready\r\n"
LINE = b"%07d 0123456789abcdefghijklmnopqrstuvwxyz\r\n"
AWK = r"""awk -v n={count} 'BEGIN {{
    for (i = 1; i <= n; i++) printf "%07d 0123456789abcdefghijklmnopqrstuvwxyz\n", i }}'"""


def flood(server, count):
    """A session that says `READY`, waits for a line, then prints `count` numbered ones as fast as it can."""
    session_id = start(server, f"echo ready; read line; {AWK.format(count=count)}; printf 'the very end\\n'; read line")
    wait_until("it waits, and echoes nothing any more", lambda: "ready" in text_of(server, session_id))
    return session_id


def test_a_flood_that_is_still_held_arrives_whole(frail, first):
    count = JOURNAL_BYTES // len(LINE % 0) * 2
    session_id = flood(frail, count)
    first.attach(session_id, since=0, binary=True, ack=True)
    first.type("\n")
    first.until("some of it", lambda: len(first.output.data) > 300_000)
    first.send("terminal:ack", offset=first.output.position)
    frail.kill_web()
    first.until_closed()
    wait_until("it runs through", lambda: "the very end" in text_of(frail, session_id))
    held_from = client.call(frail.runner_address, "get", id=session_id)["start"]
    frail.start_web()
    expected = READY + b"".join(LINE % number for number in range(1, count + 1))
    with reconnect(frail) as second:
        since = max(first.output.position, held_from)
        assert second.attach(session_id, since=since, binary=True)["replay"] == "bytes"
        second.see("the very end\r\n")
        assert second.output.repaints == []
        assert bytes(second.output.data) == expected[since:] + b"the very end\r\n"
        assert bytes(first.output.data) == expected[: len(first.output.data)]
    frail.api.delete(f"/api/sessions/{session_id}")


@both
def test_a_flood_that_outran_what_is_kept_ends_in_exactly_the_right_screen(frail, first, ending):
    count = 16 * JOURNAL_BYTES // len(LINE % 0)
    session_id = flood(frail, count)
    first.attach(session_id, since=0, binary=True)
    first.type("\n")
    first.until("some of it", lambda: len(first.output.data) > 200_000)
    restart(frail, ending, first)
    with reconnect(frail) as second:
        second.attach(session_id, since=first.output.position, binary=True)
        second.until("the end of it", lambda: b"the very end" in second.output.data or (
            second.output.repaints and b"the very end" in second.output.repaints[-1][3]), 60)  # fmt: skip
        assert len(second.output.repaints) == 1
        assert second.output.screen() == text_of(frail, session_id)
        lines = [line.split()[0] for line in second.output.screen().splitlines()]
        assert lines[:-1] == [f"{number:07d}" for number in range(count - 21, count + 1)]
        assert second.output.position == client.call(frail.runner_address, "get", id=session_id)["offset"]
    frail.api.delete(f"/api/sessions/{session_id}")


@both
def test_a_full_screen_program_is_there_again_as_it_was_and_can_be_gone_on_with(frail, first, ending):
    session_id = frail.start_session("shell", cols=90, rows=20)
    first.attach(session_id, since=0)
    first.type("seq 1 60 > numbers; vi -u NONE -N numbers\r")
    wait_until("the editor is up", lambda: "17\n18" in text_of(frail, session_id))
    first.type("17Ggg5Gihello \x1b")
    wait_until("the edit is shown", lambda: "hello 5" in (seen := text_of(frail, session_id)) and "INSERT" not in seen)
    before = text_of(frail, session_id)
    restart(frail, ending, first)
    with reconnect(frail) as second:
        second.attach(session_id, binary=True)
        second.until("a picture", lambda: second.output.repaints)
        _offset, cols, rows, data = second.output.repaints[0]
        assert (cols, rows) == (90, 20)
        assert b"\x1b[?1049h" in data
        assert second.output.screen() == before == text_of(frail, session_id)
        second.type("dd:wq\r")
        wait_until("the editor is gone", lambda: "hello 5" not in text_of(frail, session_id))
        second.type("sed -n 5p numbers | tr 6 X\r")
        second.see("X\r\n")
        second.until("the same picture", lambda: second.output.screen() == text_of(frail, session_id))
    frail.api.delete(f"/api/sessions/{session_id}")


def test_coming_back_to_a_full_screen_program_with_what_was_seen_gives_the_bytes_missed(frail, first):
    session_id = frail.start_session("shell")
    first.attach(session_id, since=0, binary=True)
    first.type("vi -u NONE -N new\r")
    wait_until("the editor is up", lambda: "~\n~" in text_of(frail, session_id))
    first.rest(0.3)
    restart(frail, KILL, first)
    client.call(frail.runner_address, "write", id=session_id, data="ityped meanwhile\x1b")
    wait_until("it is shown", lambda: "typed meanwhile" in text_of(frail, session_id))
    with reconnect(frail) as second:
        assert second.attach(session_id, since=first.output.position, binary=True)["replay"] == "bytes"
        second.rest(0.3)
        assert second.output.repaints == []
        first.output.take(first.output.position, bytes(second.output.data))
        assert first.output.screen() == text_of(frail, session_id)
    frail.api.delete(f"/api/sessions/{session_id}")


def test_what_was_typed_just_before_the_crash_is_done(frail, first):
    session_id = start(frail, "echo up; while read -r line; do echo did $line; done")
    first.attach(session_id, since=0)
    first.see("up")
    first.type("one\n")
    first.see("did one")
    restart(frail, KILL, first)
    with reconnect(frail) as second:
        second.attach(session_id, since=0)
        second.type("two\n")
        second.see("did two\r\n")
        assert bytes(second.output.data) == b"up\r\ndid one\r\ndid two\r\n"
    frail.api.delete(f"/api/sessions/{session_id}")


@both
def test_rows_and_log_ins_outlive_the_web_process_and_exits_meanwhile_are_noticed(frail, ending):
    session_id = start(frail, "sleep 0.5; exit 9")
    restart(frail, ending)

    def seen():
        return frail.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]

    wait_until("it has exited", lambda: seen()["status"] == "exited")
    assert seen()["exitCode"] == 9
    assert re.search(r"Runner: found, its sessions are alive", "".join(frail.output))
    frail.api.delete(f"/api/sessions/{session_id}")
