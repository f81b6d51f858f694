"""Control groups: when one is ours to divide, told by made-up trees; and the real thing where the machine has it."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from support.children import OK, in_child
from support.sockets import is_alive, wait_until

from runner.sandbox import cgroups
from runner.sandbox.cgroups import Delegation

STUBBORN = "trap '' HUP TERM; (setsid sh -c 'trap \"\" HUP TERM; sleep 1041' &); (sleep 1042 &); sleep 1043 & wait"


def real_tree():
    """Where groups can be made for real: a mount of version 2 that we may write; None: there is none."""
    for _root, where in cgroups._mounts(Path("/proc/self")):
        if os.geteuid() == 0 and os.access(where, os.W_OK) and (where / "cgroup.procs").exists():
            return where
    return None


for_real = pytest.mark.skipif(real_tree() is None, reason="needs root and a writable mount of control groups 2")


# --- made-up trees ---------------------------------------------------------------------------------------------------


class Machine:
    """The files that the runner looks at, as they are on a machine with version 2 at `mount`."""

    def __init__(self, folder):
        self.process, self.mount = folder / "process", folder / "cgroup mount"
        for made in (self.process, self.mount):
            made.mkdir()
        (self.process / "mountinfo").write_text(
            "22 1 8:1 / / rw - ext4 /dev/vda rw\n"
            f"35 22 0:28 / {str(self.mount).replace(' ', chr(92) + '040')} rw shared:9 - cgroup2 cgroup2 rw\n"
        )

    def run_in(self, group):
        (self.process / "cgroup").write_text(f"4:memory:/elsewhere\n0::{group}\n")

    def group(self, path, controllers="cpu io memory pids", processes=()):
        group = self.mount / path
        group.mkdir(parents=True)
        (group / "cgroup.controllers").write_text(controllers)
        (group / "cgroup.procs").write_text("\n".join(map(str, processes)))
        (group / "cgroup.subtree_control").write_text("")
        (group / "cgroup.events").write_text("populated 1\n")
        return group

    def reason(self):
        """Why nothing is ours."""
        assert cgroups.delegated(self.process) is None
        return cgroups.why_not()


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_a_leaf_in_a_group_that_is_ours_gets_the_controllers_for_sessions(machine):
    """As systemd starts it with DelegateSubgroup=runner, and as a second runner finds what the first has made."""
    top = machine.group("system.slice/agterm.service")
    machine.group("system.slice/agterm.service/runner", processes=[os.getpid()])
    machine.run_in("/system.slice/agterm.service/runner")
    delegation = cgroups.delegated(machine.process)
    assert delegation is not None
    assert delegation.top == top
    assert cgroups.why_not() == ""
    assert set((top / "cgroup.subtree_control").read_text().split()) == {"+memory", "+pids", "+cpu"}
    path = Path(delegation.make("one", memory_bytes=100_000_000, processes=64))
    assert path.parent == top
    limits = {
        name: (path / name).read_text() for name in ("memory.max", "memory.swap.max", "pids.max", "memory.oom.group")
    }
    assert limits == {"memory.max": "100000000", "memory.swap.max": "0", "pids.max": "64", "memory.oom.group": "1"}


def test_without_limits_none_is_set(machine):
    top = machine.group("ours")
    path = Path(Delegation(top).make("one", memory_bytes=0, processes=0))
    assert list(path.iterdir()) == []


def test_a_cpu_controller_is_taken_where_there_is_one_and_not_asked_for(machine):
    top = machine.group("ours", controllers="memory pids")
    machine.group("ours/runner")
    machine.run_in("/ours/runner")
    assert cgroups.delegated(machine.process) is not None
    assert "cpu" not in (top / "cgroup.subtree_control").read_text()


def test_a_machine_with_version_1_only_is_told(machine):
    (machine.process / "mountinfo").write_text("31 23 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n")
    machine.run_in("/")
    assert machine.reason() == "this machine has no control groups of version 2"


def test_a_group_without_the_controllers_is_not_enough(machine):
    machine.group("ours", controllers="cpu pids")
    machine.run_in("/ours")
    assert "has no memory controller" in machine.reason()


def test_the_machines_root_group_is_left_alone(machine):
    for name, text in {"controllers": "memory pids", "procs": "1", "subtree_control": ""}.items():
        (machine.mount / f"cgroup.{name}").write_text(text)
    machine.run_in("/")
    assert "root control group" in machine.reason()


def test_a_group_with_others_processes_is_left_alone_unless_it_was_handed_over(machine):
    """The window in which somebody types `agterm serve` belongs to his desktop."""
    group = machine.group("app.slice/terminal.scope", processes=[os.getppid(), os.getpid()])
    machine.run_in("/app.slice/terminal.scope")
    assert "was not handed over" in machine.reason()
    try:
        os.setxattr(group, "user.delegate", b"1")
    except OSError as error:
        pytest.skip(f"no marks on files here: {error}")
    assert "can't be divided" in machine.reason()  # handed over; and a made-up tree moves nobody
    assert (group / "runner" / "cgroup.procs").read_text() == str(os.getpid())


def test_a_group_outside_of_what_can_be_seen_is_not_ours(machine):
    machine.run_in("/../other")
    assert "can't be seen" in machine.reason()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make somebody else's files")
def test_a_group_that_somebody_else_owns_is_not_ours(machine):
    machine.group("theirs")
    machine.run_in("/theirs")
    made_for_tests = ("pytest", "popen", "test")
    for folder in [machine.mount, *machine.mount.parents]:
        if folder.stat().st_uid == 0 and folder != folder.parent and folder.name.startswith(made_for_tests):
            folder.chmod(0o755)

    def right():
        if "not ours to write" not in machine.reason():
            raise OSError(0, cgroups.why_not())

    assert in_child(lambda: os.setresuid(65534, 65534, 65534), {"reason": right}) == {"reason": OK}


def test_a_group_that_is_gone_has_come_to_its_end(tmp_path):
    assert Delegation(tmp_path).end(str(tmp_path / "session-gone")) is True


# --- for real --------------------------------------------------------------------------------------------------------


@pytest.fixture
def top():
    group = real_tree() / f"agterm-test-{os.getpid()}"
    group.mkdir()
    yield group
    assert Delegation(group).end(str(group))


def processes(group):
    return [int(pid) for pid in (group / "cgroup.procs").read_text().split()]


def started_in(path, script):
    enter = ["sh", "-c", 'echo 0 > "$1/cgroup.procs" && exec sh -c "$2"', "sh", str(path), script]
    started = subprocess.Popen(enter, start_new_session=True)
    wait_until("it is in the group", lambda: started.pid in processes(Path(path)))
    return started


@for_real
def test_the_end_of_a_group_is_the_end_of_all_in_it_and_of_nobody_else(top):
    delegation = Delegation(top)
    one, other = (delegation.make(name, memory_bytes=0, processes=0) for name in ("one", "other"))
    first, second = started_in(one, STUBBORN), started_in(other, "exec sleep 1044")
    inside = wait_until("all that it starts", lambda: len(p := processes(Path(one))) >= 5 and p)
    assert delegation.end(one) is True
    assert not any(map(is_alive, inside))
    assert not Path(one).exists()
    assert first.wait() == -signal.SIGKILL
    assert second.poll() is None
    assert delegation.end(other) is True
    assert second.wait() == -signal.SIGKILL


@for_real
def test_the_next_group_of_a_session_ends_the_one_before_and_is_out_of_reach_for_who_comes_late_to_that(top):
    delegation = Delegation(top)
    path = delegation.make("one", memory_bytes=0, processes=0)
    (Path(path) / "inner" / "innermost").mkdir(parents=True)
    deep = started_in(f"{path}/inner/innermost", "exec sleep 1045")
    following = delegation.make("one", memory_bytes=0, processes=0)
    assert deep.wait() == -signal.SIGKILL
    assert not Path(path).exists()
    next_one = started_in(following, "exec sleep 1047")
    assert cgroups.kill(path) is True
    assert next_one.poll() is None
    assert delegation.end(following) is True
    assert next_one.wait() == -signal.SIGKILL


@for_real
def test_a_limit_that_can_not_be_set_leaves_no_group_behind(top):
    if "memory" in (top / "cgroup.controllers").read_text().split():
        pytest.skip("this machine could set it")
    with pytest.raises(OSError):
        Delegation(top).make("one", memory_bytes=1, processes=0)
    assert list(top.glob("session-one*")) == []


@for_real
def test_the_runner_moves_into_its_leaf_and_ends_what_an_earlier_one_left(top, monkeypatch):
    """The limits' controllers need not be there for that."""
    monkeypatch.setattr(cgroups, "NEEDED", ())
    monkeypatch.setattr(cgroups, "WELCOME", ())
    left = Delegation(top).make("left", memory_bytes=0, processes=0)
    forgotten = started_in(left, "exec sleep 1046")

    def claim():
        delegation = cgroups.delegated()
        if delegation is None or delegation.top != top:
            raise OSError(0, cgroups.why_not())

    def is_in_the_leaf():
        if processes(top) or os.getpid() not in processes(top / "runner"):
            raise OSError(0, "it is not")

    probes = {"claim": claim, "moved": is_in_the_leaf, "again, from the leaf": claim}
    assert in_child(lambda: cgroups.enter(str(top)), probes) == dict.fromkeys(probes, OK)
    assert forgotten.wait() == -signal.SIGKILL
    assert not Path(left).exists()


@for_real
def test_a_real_group_with_others_in_it_is_left_alone(top, monkeypatch):
    monkeypatch.setattr(cgroups, "NEEDED", ())
    stranger = started_in(str(top), "exec sleep 1047")

    def refused():
        if cgroups.delegated() is not None or "others' processes" not in cgroups.why_not():
            raise OSError(0, cgroups.why_not())

    assert in_child(lambda: cgroups.enter(str(top)), {"refused": refused}) == {"refused": OK}
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
