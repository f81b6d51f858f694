"""Programs that do not want to end: deleting their session ends them for certain, and nobody else notices.

What hides from its ending (daemons, deaf and stopped processes, a fork bomb) is in test_ending.py; here is what fights.
"""

import contextlib
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.server import GRACE_S
from support.sockets import processes_with, wait_until

from core.errors import AgtermError, SessionNotFound

# `up` is printed when it has begun. Each is deaf to what asks politely.
FIGHTERS = {
    "closes its terminal": "echo up; exec 0<&- 1>&- 2>&-; trap '' HUP TERM; while :; do sleep 1; done",
    "ignores every signal there is": "trap '' $(seq 1 64) 2>/dev/null; echo up; while :; do sleep 1; done",
    "floods": "trap '' HUP TERM; echo up; while :; do yes; done",
    "floods from many daemons": "for i in 1 2 3 4; do (trap '' HUP; setsid yes $i &); done; echo up; exec sleep 1000",
    "is never the same process": "comet() { (sleep 0.005; comet) & exit; }; echo up; (comet &); exec sleep 1000",
    "revives what was killed": """
        export guard='trap "" HUP TERM INT; while :; do sleep 1001; done'
        for i in 1 2 3; do (setsid bash -c 'trap "" HUP TERM; while :; do bash -c "$guard"; done' &); done
        echo up; bash -c "$guard"
    """,
    "leaves hundreds of dead behind": "for i in $(seq 300); do (exit 3) & done; echo up; exec sleep 1000",
    "forks daemons without end": """
        trap '' HUP TERM; echo up
        while :; do (setsid sleep 20 &); sleep 0.01; done
    """,
    "writes files without end": "echo up; while :; do mkdir -p a/$RANDOM; : > a/$RANDOM/f; done 2>/dev/null",
    "turns its terminal upside down": "stty raw -echo -isig; echo up; trap '' HUP; cat >/dev/null; sleep 1000",
    "puts itself to sleep in the background": "set -m; sleep 1000 & kill -STOP %1; echo up; kill -STOP $$",
}


@pytest.fixture
def fighting(runner):
    """`fighting(script)`: the id of a session in which it has begun."""

    def start(script):
        session_id = runner.script(script)
        with runner.watch(session_id) as reader:
            reader.until("its beginning", lambda: b"up" in reader.output.data or reader.output.start)
        return session_id

    return start


def user(runner, session_id):
    """The session's user id; None when it has none of its own."""
    found = (runner.home / "sessions" / session_id / "home").stat().st_uid
    return found if os.geteuid() == 0 and found != 0 else None


def left(session_id, uid):
    """Every live process with the session's mark or of its user: whatever hides from one is found by the other."""
    own = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if uid is not None and owner(pid) == uid]
    return sorted({*processes_with(session_id), *own})


def names(pids):
    """What these processes are; what holds their box is none of them."""
    found = set()
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/comm") as stream:
            found.add(stream.read().strip())
    return found - {"bwrap"}


def owner(pid):
    try:
        with open(f"/proc/{pid}/status") as stream:
            words = dict(line.split(":", 1) for line in stream)
    except OSError:
        return None
    return None if words["State"].strip()[0] in "ZX" else int(words["Uid"].split()[0])


@pytest.mark.parametrize("name", FIGHTERS)
def test_deleting_ends_a_program_that(runner, fighting, name):
    session_id = fighting(FIGHTERS[name])
    uid = user(runner, session_id)
    assert left(session_id, uid)
    began = time.monotonic()
    runner.call("remove", id=session_id)
    assert left(session_id, uid) == []
    assert time.monotonic() - began < GRACE_S + 10
    assert not (runner.home / "workspaces" / session_id).exists()
    assert runner.output_of("echo fine") == "fine\n"


def test_a_flood_is_ended_while_somebody_reads_it_and_never_says_so(runner, fighting):
    session_id = fighting(FIGHTERS["floods"])
    uid = user(runner, session_id)
    with runner.watch(session_id, acknowledge=False) as reader:
        reader.rest(0.2)
        runner.call("remove", id=session_id)
        assert left(session_id, uid) == []
        assert reader.event("closed")


def test_a_session_that_is_deleted_while_it_starts_leaves_nothing(runner):
    for _ in range(10):
        session_id = runner.script("trap '' HUP TERM; (setsid sleep 1001 &); yes")
        uid = user(runner, session_id)
        runner.call("remove", id=session_id)
        assert left(session_id, uid) == []


def test_a_session_that_many_delete_at_once_is_deleted_once_and_nobody_gets_another_error(runner, fighting):
    session_id = fighting(FIGHTERS["revives what was killed"])
    uid = user(runner, session_id)

    def delete(_):
        try:
            runner.call("remove", id=session_id)
        except SessionNotFound:
            return "gone already"
        return "done"

    with ThreadPoolExecutor(6) as several:
        said = list(several.map(delete, range(6)))
    assert "done" in said
    assert left(session_id, uid) == []
    assert runner.call("list") == []


def test_a_program_that_is_replaced_while_it_fights_leaves_nothing_to_its_successor(runner, fighting):
    session_id = fighting(FIGHTERS["forks daemons without end"])
    launch = {"argv": ["/bin/bash", "-c", "echo successor; exec sleep 1002"], "env": {"SESSION_MARK": session_id}}
    runner.call("replace", id=session_id, launch=launch)
    wait_until("the successor is alone", lambda: names(left(session_id, user(runner, session_id))) == {"sleep"})


def test_dozens_of_fighters_are_all_ended_by_deleting_them_at_once(runner):
    """The supervisors share two processors with what they end."""
    scripts = [script for name, script in FIGHTERS.items() if "without end" not in name]
    sessions = [runner.script(scripts[number % len(scripts)]) for number in range(24)]
    users = {session_id: user(runner, session_id) for session_id in sessions}

    def delete(session_id):
        try:
            runner.call("remove", id=session_id)
        except AgtermError as error:
            return error
        return None

    with ThreadPoolExecutor(8) as several:
        assert list(several.map(delete, sessions)) == [None] * len(sessions)
    assert {session_id: left(session_id, uid) for session_id, uid in users.items() if left(session_id, uid)} == {}
