"""Another program in the same session: history and offsets go on, nothing of the old one stays."""

import pytest
from support.sockets import processes_with, tidy

from core.errors import InvalidRequest


def replace(runner, session_id, script, **launch):
    launch = {"argv": ["/bin/bash", "-c", script], "env": {"SESSION_MARK": session_id}, **launch}
    return runner.call("replace", id=session_id, launch=launch)


def test_history_and_offsets_go_on_in_the_new_program(runner):
    session_id = runner.script("echo the first; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"the first")
        before = runner.call("get", id=session_id)
        after = replace(runner, session_id, "echo the second; sleep 1000")
        reader.event("replaced")
        reader.see(b"the second")
        assert [event["event"] for event in reader.events] == ["replaced"]
    assert after["status"] == "running"
    assert after["pid"] != before["pid"]
    assert after["offset"] >= before["offset"]
    assert after["workspace"] == before["workspace"]
    with runner.watch(session_id, since=0) as late:
        late.see(b"the second")
        assert b"the first" in late.output.data


def test_the_old_program_and_its_daemons_are_gone(runner):
    session_id = runner.script("(setsid sleep 1008 &); trap '' HUP TERM; echo up; while :; do sleep 1; done")
    with runner.watch(session_id) as reader:
        reader.see(b"up")
    old = set(processes_with(session_id))
    replace(runner, session_id, "sleep 1009")
    assert not old & set(processes_with(session_id)) - {pid_of_supervisor(runner)}


def pid_of_supervisor(runner):
    return runner.helpers()["spawner"]


def test_what_was_typed_at_the_old_program_is_not_given_to_the_new_one(runner):
    session_id = runner.script("stty -icanon -echo; echo up; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"up")
        reader.type(b"rm -rf everything\n" * 1000)
        replace(runner, session_id, "read -t 0.5 line; echo got [$line]; sleep 1000")
        reader.see(b"got []")


def test_the_new_program_finds_the_files_of_the_old_one(runner):
    session_id = runner.script("echo kept > file; echo kept > ~/file; echo written; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"written")
        replace(runner, session_id, "cat file ~/file; echo all; sleep 1000")
        reader.see(b"kept\r\nkept\r\nall")


def test_the_new_program_has_the_size_the_session_has_now(runner):
    session_id = runner.script("sleep 1000")
    runner.call("resize", id=session_id, cols=101, rows=31)
    replace(runner, session_id, "stty size; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"31 101")


def test_modes_of_the_old_program_do_not_stay(runner):
    """Alternate screen, mouse, hidden cursor: a full-screen program that is cut off leaves them on."""
    session_id = runner.script(r"echo before; printf '\033[?1049h\033[?1000h\033[?25lfull screen'; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"full screen")
        replace(runner, session_id, "echo after; sleep 1000")
        reader.see(b"after")
    said = tidy(runner.call("text", id=session_id))
    assert "before" in said
    assert "after" in said
    assert "full screen" not in said
    with runner.watch(session_id, since=None) as late:
        late.until("a picture", lambda: late.output.repaints)
        _, _, _, data = late.output.repaints[0]
        assert b"?1000h" not in data
        assert b"?25l" not in data


def test_a_program_that_has_exited_can_be_replaced(runner):
    session_id = runner.script("exit 3")
    with runner.watch(session_id) as reader:
        reader.event("exited")
        replace(runner, session_id, "echo alive again; sleep 1000")
        reader.see(b"alive again")
    info = runner.call("get", id=session_id)
    assert (info["status"], info["code"]) == ("running", None)


def test_a_replacement_that_does_not_start_leaves_the_session_with_its_history(runner):
    session_id = runner.script("echo remember; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"remember")
        with pytest.raises(InvalidRequest, match="could not be started"):
            replace(runner, session_id, "", argv=["/no/such/program"])
        reader.event("exited")
    assert "remember" in runner.call("text", id=session_id)
    assert runner.call("get", id=session_id)["status"] == "exited"
    replace(runner, session_id, "echo mended; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"mended")
