"""What outlives, outgrows or outwits the end of a session: nothing, at any level, for nobody else to feel."""

import os
import signal
import time

import pytest
from support.server import GRACE_S, RunnerProcess
from support.sockets import is_alive, processes_with, wait_until

from runner.attacks.catalogue import HEAVY
from runner.attacks.heavy import DAEMONS
from runner.sandbox import linux

RUNS = [("ordinary", "namespaces", "proxy"), ("root", "landlock", "proxy"), ("ordinary", "landlock", "gateway")]
LEVELS = ["namespaces", "landlock", "none"]
FLOOD_BYTES = 1 << 20
FILL_MB = 64


@pytest.mark.parametrize("attack", HEAVY, ids=lambda attack: attack.id)
@pytest.mark.parametrize("configuration", RUNS, ids="-".join)
def test_a_session_can_not(attacked, configuration, attack):
    """Hidden daemons, a comet, a bounded fork bomb, a bounded memory hog: `agterm doctor --attack --all`."""
    report = attacked(*configuration, "--all")
    if report is None:
        pytest.skip("not verified on this machine; a warning says why")
    result = report.found[attack.id]
    assert result.outcome == "closed" or attack.known(report.conditions), result


@pytest.fixture(scope="module", params=LEVELS)
def runner(request):
    with RunnerProcess({"AGTERM_ISOLATION": request.param}) as started:
        started.level = request.param
        yield started


@pytest.fixture
def session(runner):
    """`session(script)`: the id of a session in which it has said `up`; all are gone after the test."""
    started = []

    def start(script):
        started.append(runner.script(script))
        with runner.watch(started[-1]) as reader:
            reader.until("its beginning", lambda: b"up" in reader.output.data or reader.output.start)
        return started[-1]

    yield start
    for info in runner.call("list"):
        runner.call("remove", id=info["id"])


def test_when_the_runner_is_killed_its_sessions_die_with_all_their_daemons():
    for level in LEVELS:
        with RunnerProcess({"AGTERM_ISOLATION": level}) as doomed:
            session_id = doomed.script(
                DAEMONS.replace(": > hidden", "sleep 0.3; echo up").replace("@", "$SESSION_MARK")
            )
            with doomed.watch(session_id) as reader:
                reader.see(b"up")
            family = linux.descendants(doomed.pid)
            assert len(processes_with(session_id)) > 5
            doomed.kill()
            wait_until("the session is gone", lambda s=session_id: processes_with(s) == [])
            wait_until("the runner's helpers are gone", lambda f=family: not any(map(is_alive, f)))


def test_a_session_lives_on_when_whoever_asked_for_it_has_gone_and_is_forked_by_one_that_has_no_threads(
    runner, session
):
    """The kernel's word to a child that its parent died comes when the parent's thread ends."""
    threads = linux_status(runner.helpers()["spawner"], "Threads")
    session_id = session("echo up; exec sleep 1000")
    time.sleep(GRACE_S)
    assert runner.call("get", id=session_id)["status"] == "running"
    assert threads == "1"


def linux_status(pid, name):
    with open(f"/proc/{pid}/status") as stream:
        return dict(line.split(":\t", 1) for line in stream)[name].strip()


@pytest.mark.parametrize("last", ["exec sleep 1000", "kill -STOP $$", "trap '' HUP TERM; while :; do sleep 1; done"])
def test_a_session_ends_though_nobody_reads_what_it_printed(runner, session, last):
    """Its terminal is full, and it may be stopped on top of that."""
    session_id = session(f"echo up; head -c {FLOOD_BYTES * 4} /dev/zero | tr '\\0' x & sleep 0.2; {last}")
    began = time.monotonic()
    runner.call("remove", id=session_id)
    assert processes_with(session_id) == []
    assert time.monotonic() - began < GRACE_S + 10


def test_a_full_folder_for_temporary_files_is_nobody_elses_and_costs_no_memory(runner, session):
    fill = f'head -c {FILL_MB}M /dev/zero > "$TMPDIR/full"; [ -w /tmp ] && echo x > /tmp/$SESSION_MARK'
    session_id = session(f"{fill}; echo up; exec sleep 1000")
    neighbour = runner.output_of('ls "$TMPDIR" /tmp; [ -e "$TMPDIR/full" ] || echo empty')
    assert "empty" in neighbour
    if runner.level != "none":
        assert session_id not in neighbour
        assert not os.path.exists(f"/tmp/{session_id}")
    kept = runner.home / "sessions" / session_id / "tmp"
    assert (kept / "full").stat().st_size == FILL_MB << 20
    assert runner.call("get", id=session_id)["status"] == "running"
    runner.call("remove", id=session_id)
    assert not kept.exists()
    if os.path.exists(f"/tmp/{session_id}"):
        os.unlink(f"/tmp/{session_id}")


@pytest.mark.skipif(os.geteuid() != 0, reason="below level namespaces only a user id of its own tells a session's")
@pytest.mark.parametrize("level", ["landlock", "none"])
def test_a_session_whose_supervisor_is_killed_from_outside_goes_with_it(level):
    with RunnerProcess({"AGTERM_ISOLATION": level}) as runner:
        session_id = runner.script("(setsid setsid sleep 1001 &); echo up; exec sleep 1000")
        with runner.watch(session_id) as reader:
            reader.see(b"up")
        os.kill(next(ancestors(runner.call("get", id=session_id)["pid"], 1)), signal.SIGKILL)
        wait_until("nothing is left", lambda: processes_with(session_id) == [])
        wait_until("the runner knows", lambda: runner.call("get", id=session_id)["status"] == "exited")


def test_a_box_whose_guard_is_killed_from_outside_goes_with_it():
    """As the kernel does when memory is short: it may choose the supervisor or bubblewrap."""
    with RunnerProcess({"AGTERM_ISOLATION": "namespaces"}) as runner:
        for chosen in (0, -1):
            session_id = runner.script("(setsid sleep 1001 &); echo up; exec sleep 1000")
            with runner.watch(session_id) as reader:
                reader.see(b"up")
            guards = list(ancestors(runner.call("get", id=session_id)["pid"], runner.helpers()["spawner"]))
            os.kill(guards[chosen], signal.SIGKILL)
            wait_until("nothing is left", lambda s=session_id: processes_with(s) == [])
            wait_until("the runner knows", lambda s=session_id: runner.call("get", id=s)["status"] == "exited")


def ancestors(pid, top):
    """From the parent of `pid` up to the child of `top`."""
    while (pid := int(linux_status(pid, "PPid"))) not in (top, 0, 1):
        yield pid
