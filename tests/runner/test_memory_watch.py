"""The watch over sessions' memory: real processes are measured as they are, and each excess is told once."""

import asyncio
import contextlib
import ctypes
import mmap
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.children import OK, in_child
from support.sockets import TIMEOUT_S, wait_until

from runner import memory
from runner.memory import MemoryWatch
from runner.sandbox import linux

MIB = 1024 * 1024
NOBODY = 65534
PR_SET_DUMPABLE = 4


@contextlib.contextmanager
def process(work):
    """A forked child that does `work()`, then waits for its end; its children end with it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.setpgid(0, 0)
            kept = work()
            os.write(writing, b"ready")
            signal.pause()
            status = kept is None
        finally:
            os._exit(status)
    os.close(writing)
    try:
        assert select.select([reading], [], [], TIMEOUT_S)[0]
        assert os.read(reading, 5) == b"ready"
        yield pid
    finally:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reading)


def filled(size_mib, **options):
    """Memory that is really there."""
    area = mmap.mmap(-1, size_mib * MIB, **options)
    for place in range(0, len(area), mmap.PAGESIZE):
        area[place] = 1
    return area


def private(size_mib):
    return filled(size_mib, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


def tree(pid):
    return [pid, *linux.descendants(pid)]


@pytest.fixture
def idle_mib():
    """What a child holds that does nothing, more or less."""
    with process(int) as pid:
        return memory.resident_bytes(pid) // MIB


async def told_of(pids, limit_mib):
    told = []
    watch = MemoryWatch(limit_mib * MIB, lambda: {"session": pids}, lambda *what: told.append(what))
    await watch.look()
    return told


# --- what is measured ------------------------------------------------------------------------------------------------


async def test_a_tree_over_the_limit_is_told_of_with_what_it_holds(idle_mib):
    with process(lambda: private(80)) as pid:
        [(session_id, held)] = await told_of(tree(pid), 60)
        assert session_id == "session"
        assert 80 <= held / MIB <= 80 + idle_mib + 10
        assert await told_of(tree(pid), 80 + idle_mib + 50) == []


async def test_what_many_children_share_counts_once(idle_mib):
    def family():
        area = private(60)
        for _ in range(6):
            if os.fork() == 0:
                signal.pause()
        return area

    with process(family) as pid:
        every = tree(pid)
        assert len(every) == 7
        assert sum(map(memory.resident_bytes, every)) > 400 * MIB
        assert await told_of(every, 60 + 2 * idle_mib + 20) == []
        assert await told_of(every, 50) != []


async def test_memory_shared_between_processes_does_not_escape():
    """Looking at private memory only would miss it."""
    with process(lambda: filled(80, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)) as pid:
        assert await told_of(tree(pid), 60) != []


async def test_a_child_about_to_exec_does_not_count_its_parents_memory_again(tmp_path, idle_mib):
    """Held there by a pipe that nobody opens, the child lives in its parent's memory, all of which is its own too."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def work():
        if os.fork() == 0:  # which waits in the spawn
            area = private(120)
            wait = [(os.POSIX_SPAWN_OPEN, 0, str(pipe), os.O_RDONLY, 0)]
            os.posix_spawn("/bin/true", ["true"], {}, file_actions=wait)
            os._exit(area[0])

    with process(work) as pid:
        every = wait_until("the child that is about to exec", lambda: len(tree(pid)) == 3 and tree(pid))
        assert await told_of(every, 120 + 2 * idle_mib + 40) == []
        assert await told_of(every, 120) != []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make somebody else who hides what he holds")
def test_a_process_that_hides_what_it_holds_is_taken_at_its_most():
    def hidden():
        os.setuid(NOBODY)
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        return private(40)

    with process(hidden) as pid:

        def right():
            if memory.held_bytes([pid]) < 40 * MIB:
                raise OSError(0, "too little")

        probes = {"look": Path(f"/proc/{pid}/smaps_rollup").read_text, "measure": right}
        assert in_child(lambda: os.setuid(NOBODY), probes) == {"look": "EACCES", "measure": OK}


def test_a_process_that_is_gone_holds_nothing():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert memory.resident_bytes(gone.pid) == memory.resident_bytes(gone.pid, swaps=True) == 0
    assert memory.held_bytes([gone.pid]) == 0


def test_with_swap_a_process_holds_what_is_resident_and_what_was_swapped_out():
    with process(lambda: private(20)) as pid:
        both = memory.resident_bytes(pid), memory.resident_bytes(pid, swaps=True)
        assert both[1] >= both[0] - MIB > 19 * MIB


# --- when it is told, and how often it is looked at ------------------------------------------------------------------


class World:
    """Sessions of one process each, which hold what a test says; counts the looks and the measuring."""

    def __init__(self, monkeypatch, limit_mib=100):
        self.resident, self.held = {}, {}  # by session, in MiB
        self.looks, self.measured, self.told = [], [], []
        self.names = {}
        self.watch = MemoryWatch(limit_mib * MIB, self._trees, lambda name, held: self.told.append((name, held // MIB)))
        monkeypatch.setattr(memory, "resident_bytes", lambda pid, *, swaps=False: self.resident[self.names[pid]] * MIB)
        monkeypatch.setattr(memory, "held_bytes", self._measure)

    def _trees(self):
        return {name: self._processes(name) for name in self.resident}

    def _processes(self, name):
        self.looks.append(name)
        self.names[len(self.names)] = name
        yield len(self.names) - 1

    def _measure(self, pids):
        name = self.names[pids[0]]
        self.measured.append(name)
        return self.held[name] * MIB


@pytest.fixture
def world(monkeypatch):
    return World(monkeypatch)


async def test_only_large_trees_are_looked_at_in_between(world):
    world.resident = {"small": 49, "large": 51}
    await world.watch.look()
    assert sorted(world.looks) == ["large", "small"]
    await world.watch.look()
    await world.watch.look()
    assert world.looks[2:] == ["large", "large"]


async def test_nothing_is_measured_that_is_under_the_limit_anyway(world):
    world.resident = {"one": 100, "other": 3}
    await world.watch.look()
    assert world.measured == []
    assert world.told == []


async def test_an_excess_is_told_once_and_again_after_it_was_over(world):
    world.resident, world.held = {"one": 200}, {"one": 150}
    for _ in range(3):
        await world.watch.look()
    assert world.told == [("one", 150)]
    world.resident = {"one": 60}
    await world.watch.look()
    world.resident = {"one": 300}
    await world.watch.look()
    assert world.told == [("one", 150), ("one", 150)]


async def test_a_tree_of_shared_pages_is_not_measured_again_before_it_grew(world, monkeypatch):
    monkeypatch.setattr(memory, "SHARE_OF_TIME", 1e12)
    world.resident, world.held = {"one": 300}, {"one": 80}
    for _ in range(5):
        await world.watch.look()
    assert world.measured == ["one"]
    world.resident, world.held = {"one": 319}, {"one": 99}
    await world.watch.look()
    assert world.measured == ["one"]
    world.resident, world.held = {"one": 321}, {"one": 101}
    await world.watch.look()
    assert world.measured == ["one", "one"]
    assert world.told == [("one", 101)]


async def test_what_came_by_another_way_is_found_when_its_time_has_come(world, monkeypatch):
    """One of two that share leaves: the resident sets shrink, and what is held does not."""
    monkeypatch.setattr(memory, "SHARE_OF_TIME", 0)
    world.resident, world.held = {"one": 300}, {"one": 80}
    await world.watch.look()
    world.resident, world.held = {"one": 200}, {"one": 110}
    await world.watch.look()
    assert world.told == [("one", 110)]


async def test_a_session_that_ended_is_forgotten(world):
    world.resident, world.held = {"one": 200}, {"one": 150}
    await world.watch.look()
    world.resident = {}
    await world.watch.look()
    world.resident = {"one": 200}
    world.watch._all_due = 0.0
    await world.watch.look()
    assert len(world.told) == 2


async def test_the_watch_goes_on_after_a_look_that_failed(world, monkeypatch, caplog):
    monkeypatch.setattr(memory, "EVERY_S", 0.01)
    monkeypatch.setattr(memory, "EVERY_LARGE_S", 0.01)
    failures = [OSError("no more descriptors")]
    told = asyncio.Event()

    def trees():
        if failures:
            raise failures.pop()
        return {"one": [0]}

    world.names[0], world.resident, world.held = "one", {"one": 200}, {"one": 150}
    watching = asyncio.create_task(MemoryWatch(100 * MIB, trees, lambda *_: told.set()).run())
    async with asyncio.timeout(TIMEOUT_S):
        await told.wait()
    watching.cancel()
    assert "a look at the sessions' memory failed" in caplog.text
