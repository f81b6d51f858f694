"""A session that runs within another one's folders, as its user: what they share, and that each ends on its own."""

import contextlib
import os
import signal
import uuid
from pathlib import Path

import pytest
from support.server import RunnerProcess
from support.sockets import processes_with, programs_with, wait_until

from core.errors import InvalidRequest, SessionNotFound

WAITING = "echo it waits; exec sleep 1000"
HIDING = "(setsid bash -c '(setsid sleep 1000 &)' &); (trap '' HUP TERM; setsid sleep 1000 &); sleep 0.2; " + WAITING


@pytest.fixture(scope="module", params=["auto", "none"])
def leveled_runner(request, tmp_path_factory):
    """At the weakest level the user is all that tells two sessions' processes apart, and these two share it."""
    roots = tmp_path_factory.mktemp("roots")
    for folder in (roots, *roots.parents[:2]):
        folder.chmod(0o755)
    with RunnerProcess({"AGTERM_ISOLATION": request.param, "AGTERM_ALLOWED_ROOTS": str(roots)}) as started:
        started.roots = roots
        yield started


@pytest.fixture
def runner(leveled_runner):
    yield leveled_runner
    for info in leveled_runner.call("list"):
        leveled_runner.call("remove", id=info["id"])


@pytest.fixture
def within(runner):
    """`within(home, script)`: the id of a session in the folders of that one."""

    def start(home, script, *, raw=True, **params):
        session_id = str(uuid.uuid4())
        launch = {"argv": ["/bin/bash", "-c", script], "env": {"SESSION_MARK": session_id}, "raw": raw}
        runner.call("create", id=session_id, within=home, launch=launch, **{"cols": 200, "rows": 50} | params)
        return session_id

    return start


@pytest.fixture
def waits(runner):
    """`waits(session)` once its script has said so."""

    def wait(session_id):
        with runner.watch(session_id) as reader:
            reader.see(b"it waits")
        return session_id

    return wait


def facts(pid):
    """What the kernel says of it from its state on; nothing when it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []


def began(pid):
    """Tells it from a later process of the same number; None: it is gone."""
    return next(iter(facts(pid)[19:20]), None)


def parents_of(pids):
    """Who started these and is none of them."""
    return {int(told[1]) for pid in pids if (told := facts(pid))} - set(pids)


def command(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def sleepers(session_id):
    return {pid for pid in programs_with(session_id) if command(pid).startswith(b"sleep\x001000")}


def said(runner, session_id):
    with runner.watch(session_id) as reader:
        reader.event("exited")
        return reader.output.data.decode()


def status(runner, session_id):
    return runner.call("get", id=session_id)["status"]


def test_it_has_the_workspace_the_home_and_the_user_of_the_other_one(runner, within):
    home = runner.script("echo $HOME $PWD $TMPDIR; id -u; echo word > left; echo note > ~/note; echo; sleep 1000")
    with runner.watch(home) as reader:
        reader.see(b"\r\n\r\n")
        inner = within(home, "echo $HOME $PWD $TMPDIR; id -u; cat left ~/note; echo done > right")
        own = said(runner, inner)
        assert own.splitlines() == [*reader.output.data.decode().split("\r\n")[:2], "word", "note"]
    assert (runner.home / "workspaces" / home / "right").read_text() == "done\n"
    assert runner.call("get", id=inner)["within"] == home
    assert runner.call("get", id=home)["within"] is None


def test_a_raw_terminal_passes_every_byte_as_it_is_and_echoes_nothing(runner, within):
    home = runner.script("sleep 1000")
    inner = within(home, r"""printf 'one\ntwo\r\nthree\t'; read -r line; printf 'heard %s\n' "$line" """)
    with runner.watch(inner) as reader:
        reader.see(b"three")
        reader.type(b"you\n")
        reader.event("exited")
        assert bytes(reader.output.data) == b"one\ntwo\r\nthree\theard you\n"


@pytest.mark.parametrize("level", ["auto", "none"])
def test_the_end_of_what_a_killed_runner_left_is_not_the_end_of_what_the_next_one_starts_there(level):
    """The supervisor of the old program still gives it its grace when the new one runs, as the same user."""
    with RunnerProcess({"AGTERM_ISOLATION": level, "AGTERM_STOP_GRACE_MS": "20000"}) as runner:
        old_script = "trap 'touch told' HUP; trap '' TERM; echo it waits; while :; do sleep 0.01; done"
        session_id = runner.script(old_script)
        with runner.watch(session_id) as reader:
            reader.see(b"it waits")
        supervisors = {pid: began(pid) for pid in parents_of(processes_with(session_id))}
        runner.kill()
        wait_until("the old program is told to end", (runner.home / "workspaces" / session_id / "told").exists)
        runner.start()
        runner.script(WAITING, session_id=session_id)
        with runner.watch(session_id) as reader:
            reader.see(b"it waits")
        new = wait_until("the new one is what it becomes", lambda: sleepers(session_id))
        for pid in set(processes_with(session_id)):
            if old_script.encode() in command(pid):
                os.kill(pid, signal.SIGKILL)
        wait_until("its supervisor has ended it all", lambda: all(began(pid) != at for pid, at in supervisors.items()))
        assert sleepers(session_id) == new
        assert status(runner, session_id) == "running"


def test_its_removal_leaves_folders_and_program_of_the_other_one(runner, within, waits):
    home = waits(runner.script(HIDING))
    mine = set(processes_with(home))
    inner = waits(within(home, f"echo word > left; {HIDING}"))
    assert runner.call("remove", id=inner, for_good=True)["end"] in ("certain", "likely")
    assert processes_with(inner) == []
    wait_until("the other one's processes are all there", lambda: set(processes_with(home)) >= mine)
    assert status(runner, home) == "running"
    assert (runner.home / "workspaces" / home / "left").read_text() == "word\n"
    assert within(home, "cat left") != inner


@pytest.mark.parametrize("how", ["end", "exit", "replace"])
def test_the_end_of_the_others_program_is_not_its_end(runner, within, waits, how):
    home = waits(runner.script("echo it waits; read line"))
    inner = waits(within(home, HIDING))
    mine = set(processes_with(inner))
    if how == "end":
        runner.call("end", id=home)
    elif how == "replace":
        runner.call("replace", id=home, launch={"argv": ["/bin/true"]})
    else:
        with runner.watch(home) as reader:
            reader.type(b"\n")
    wait_until("the other's program has ended", lambda: status(runner, home) == "exited")
    assert status(runner, inner) == "running"
    assert set(processes_with(inner)) == mine
    runner.call("end", id=inner)
    assert processes_with(inner) == []


def test_it_may_start_when_the_others_program_has_ended(runner, within):
    home = runner.script("echo word > left")
    wait_until("it has ended", lambda: status(runner, home) == "exited")
    assert said(runner, within(home, "cat left")) == "word\n"


def test_the_last_one_there_ends_for_certain_where_its_user_is_its_own(runner, within, waits):
    home = waits(runner.script(WAITING))
    inner = waits(within(home, HIDING))
    runner.call("end", id=home)
    runner.call("end", id=inner)
    if os.geteuid() == 0:
        assert runner.call("get", id=inner)["isolation"]["end"] == "certain"


def test_the_removal_of_the_other_one_is_its_end_too(runner, within, waits):
    home = waits(runner.script(WAITING))
    inner = [waits(within(home, HIDING)) for _ in range(2)]
    runner.call("remove", id=home, for_good=True)
    assert processes_with(home) == processes_with(inner[0]) == processes_with(inner[1]) == []
    assert not list(runner.home.glob(f"*/{home}"))
    for session_id in (home, *inner):
        with pytest.raises(SessionNotFound):
            runner.call("get", id=session_id)
    with pytest.raises(SessionNotFound):
        within(home, "true")


def test_it_can_name_no_session_that_is_not_there_nor_itself(runner, within):
    with pytest.raises(SessionNotFound):
        within(str(uuid.uuid4()), "true")
    own = str(uuid.uuid4())
    with pytest.raises(InvalidRequest):
        runner.call("create", id=own, within=own, launch={"argv": ["/bin/true"]}, cols=80, rows=24)
    assert not list(runner.home.glob(f"*/{own}"))


def test_one_that_can_not_start_leaves_the_other_ones_folders(runner, within):
    home = runner.script("echo word > left; sleep 1000")
    wait_until("it wrote", (runner.home / "workspaces" / home / "left").exists)
    failing = {"argv": ["/nowhere/at/all"]}
    inner = str(uuid.uuid4())
    with pytest.raises(InvalidRequest):
        runner.call("create", id=inner, within=home, launch=failing, cols=80, rows=24)
    assert (runner.home / "workspaces" / home / "left").exists()
    with pytest.raises(SessionNotFound):
        runner.call("get", id=inner)


def test_folders_that_an_earlier_runner_made_are_found_again_those_that_a_user_named_too(runner, within):
    folder = runner.roots / "project"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    home = runner.script("echo note > ~/note; pwd; exec sleep 1000", cwd=str(folder))
    with runner.watch(home) as reader:
        reader.see(str(folder).encode())
    wait_until("its program runs", lambda: programs_with(home))
    runner.kill()
    wait_until("it has ended with its runner", lambda: not processes_with(home))
    runner.start()
    inner = within(home, "pwd; cat ~/note", cwd=str(folder))
    assert said(runner, inner).split() == [str(folder), "note"]
    runner.call("remove", id=home)
    with pytest.raises(SessionNotFound):
        runner.call("get", id=inner)
    assert folder.exists()


def test_all_of_them_end_with_a_runner_that_is_killed(runner, within, waits):
    home = waits(runner.script(HIDING))
    ids = (home, waits(within(home, HIDING)), waits(within(home, HIDING)))
    runner.kill()
    wait_until("all have ended with their runner", lambda: not any(map(processes_with, ids)))
    runner.start()
    assert runner.call("list") == []
    runner.call("remove", id=home)
    assert not list(runner.home.glob(f"*/{home}"))
