"""The operation `errand`: a program beside a session's own; what it reads, says and complains of are kept apart."""

import asyncio
import base64

import pytest
from support.sockets import processes_with

from core.errors import HostUnavailable, InvalidRequest, IsolationTooWeak, SessionNotFound
from runner import errands
from runner.errands import Turns

READS = "cat; echo wrong >&2; exit 3"


@pytest.fixture
def beside(runner):
    """`beside(script, given, **params)`: the reply of a shell script beside a session, its output decoded."""
    session_id = runner.script("exec sleep 1000")

    def run(script, given=b"", **params):
        params = {"id": session_id} | params
        said = runner.call("errand", argv=["/bin/sh", "-c", script], input=base64.b64encode(given).decode(), **params)
        return said | {"output": base64.b64decode(said["output"])}

    run.id = session_id
    return run


def test_what_it_reads_says_and_complains_of_are_three_things(beside):
    given = bytes(range(256)) * 4000
    assert beside(READS, given) == {"code": 3, "output": given, "errors": "wrong\n", "whole": True}


def test_one_that_does_not_read_all_it_is_given_is_whole(beside):
    assert beside("head -c 5", b"x" * 2_000_000) == {"code": 0, "output": b"xxxxx", "errors": "", "whole": True}


def test_it_has_no_terminal_no_network_and_only_the_sessions_folders(beside, runner):
    said = beside("tty; exec 3< /dev/tty", b"")
    assert (said["output"], said["code"]) == (b"not a tty\n", 2)
    said = (
        beside("pwd; echo $HOME; id -u; cat /proc/net/dev | wc -l; ls /proc/self/fd | wc -l")["output"].decode().split()
    )
    assert said[0].endswith(f"workspaces/{beside.id}")
    assert said[1].endswith(f"sessions/{beside.id}/home")
    assert said[2] == str((runner.home / "workspaces" / beside.id).stat().st_uid)
    if runner.call("isolation")["level"] == "namespaces":
        assert said[3] == "3"  # two lines of a table's head, and loopback
    assert said[4] == "4"  # three streams, and the folder that is being listed


def test_too_much_on_either_side_is_cut(beside):
    said = beside("yes out", limit_bytes=1000)
    assert (said["code"], len(said["output"]), said["whole"]) == (None, 1000, False)
    said = beside("head -c 1000000 /dev/zero | tr '\\0' e >&2; echo fine")
    assert (said["output"], len(said["errors"]), said["whole"]) == (b"fine\n", errands.MAX_ERROR_BYTES, True)


def test_what_takes_too_long_is_ended_with_all_it_started(beside):
    said = beside("echo begun; (setsid sleep 1093 &); exec sleep 1094", timeout_ms=300)
    assert (said["code"], said["output"], said["whole"]) == (None, b"begun\n", False)
    assert processes_with("sleep\x001093") == processes_with("sleep\x001094") == []


def test_words_that_look_like_marks_are_words(beside):
    assert beside("echo $WORD @AGTERM_HOME@", env={"WORD": "@AGTERM_WORKSPACE@"})["output"] == (
        b"@AGTERM_WORKSPACE@ @AGTERM_HOME@\n"
    )


def test_one_that_is_stopped_can_be_looked_into_and_one_that_is_deleted_not(beside, runner):
    runner.call("end", id=beside.id)
    assert beside("echo here")["output"] == b"here\n"
    runner.call("remove", id=beside.id)
    with pytest.raises(SessionNotFound):
        beside("echo here")
    assert not list(runner.home.glob(f"*/{beside.id}"))


def test_nothing_runs_in_a_weaker_box_than_is_allowed_nor_where_there_is_no_program(beside, runner):
    levels = ["none", "landlock-files", "landlock", "namespaces"]
    level = runner.call("isolation")["level"]
    assert beside("echo fine", isolation_minimum=level)["output"] == b"fine\n"
    for stronger in levels[levels.index(level) + 1 :]:
        with pytest.raises(IsolationTooWeak):
            beside("echo fine", isolation_minimum=stronger)
    with pytest.raises(InvalidRequest, match="could not be started"):
        runner.call("errand", id=beside.id, argv=["no-such-program"])
    with pytest.raises(InvalidRequest, match="base64"):
        runner.call("errand", id=beside.id, argv=["true"], input="?")


def test_a_session_has_a_few_at_a_time_and_who_would_wait_too_long_is_turned_away(monkeypatch):
    monkeypatch.setattr(errands, "PATIENCE_S", 0.05)

    async def do():
        turns, may_end, under_way = Turns(), asyncio.Event(), []

        async def one(session_id):
            async with turns.one(session_id):
                under_way.append(session_id)
                await may_end.wait()

        tasks = [asyncio.create_task(one("a")) for _ in range(errands.PER_SESSION + 1)]
        done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        assert [type(task.exception()) for task in done] == [HostUnavailable]
        assert len(under_way) == len(waiting) == errands.PER_SESSION
        other = asyncio.create_task(one("b"))
        await asyncio.sleep(0)
        may_end.set()
        await asyncio.gather(other, *waiting)
        await one("a")
        assert under_way.count("a") == errands.PER_SESSION + 1

    asyncio.run(do())
