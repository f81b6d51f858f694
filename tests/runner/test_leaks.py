"""What is made is unmade: hundreds of sessions later the runner holds what it held before."""

import os
from concurrent.futures import ThreadPoolExecutor

from support.sockets import is_alive, processes_with, rss_kib, wait_until

from core.errors import AgtermError
from runner.sandbox import linux

SESSIONS = 200
SCRIPTS = ("sleep 1000", "exit 3", "(setsid sleep 1010 &); seq 1 2000; exit", "seq 1 5000; cat")


def descriptors(helpers):
    return {name: len(os.listdir(f"/proc/{pid}/fd")) for name, pid in helpers.items()}


def has_no_more(helpers, before):
    """A connection that was just closing when they were counted makes it fewer, never more."""
    return all(count <= before[name] for name, count in descriptors(helpers).items())


def live(runner, number):
    """One short session of one kind or another."""
    kind = number % (len(SCRIPTS) + 1)
    if kind == len(SCRIPTS):
        try:
            runner.program("/no/such/program")
        except AgtermError:
            return
    session_id = runner.script(SCRIPTS[kind])
    with runner.watch(session_id, since=None if number % 2 else 0) as reader:
        reader.read(0.05)
    runner.call("remove", id=session_id)
    assert processes_with(session_id) == []


def test_hundreds_of_sessions_leave_no_process_no_descriptor_and_no_folder(own_runner):
    for number in range(10):  # whatever is only made once
        live(own_runner, number)
    helpers, before = own_runner.helpers(), descriptors(own_runner.helpers())
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda number: live(own_runner, number), range(SESSIONS)))
    assert own_runner.call("list") == []
    wait_until(
        "the supervisors are gone",
        lambda: {p for p in linux.descendants(own_runner.pid) if is_alive(p)} <= set(helpers.values()),
    )
    wait_until(f"no more descriptors than before: {before}", lambda: has_no_more(helpers, before))
    assert own_runner.helpers() == helpers
    assert list(own_runner.home.glob("workspaces/*")) == []
    assert list(own_runner.home.glob("sessions/*")) == []


def test_watchers_that_vanish_leave_no_descriptor(runner):
    session_id = runner.script("yes", network="none")  # its doors would be opened while they are counted
    helpers = runner.helpers()
    before = descriptors(helpers)
    for _ in range(50):
        with runner.watch(session_id, acknowledge=False) as reader:
            reader.read(0.001)
    wait_until("no more descriptors than before", lambda: has_no_more(helpers, before))
    wait_until("nobody watches", lambda: runner.call("get", id=session_id)["viewer_count"] == 0)


def test_what_the_history_of_ended_sessions_took_goes_back_to_the_machine(own_runner):
    pid = own_runner.pid
    before = rss_kib(pid)
    busy = [own_runner.script("seq 1 800000; sleep 1000") for _ in range(12)]
    for session_id in busy:
        wait_until("it has printed", lambda one=session_id: own_runner.call("get", id=one)["offset"] > 5_500_000)
    full = rss_kib(pid)
    for session_id in busy:
        own_runner.call("remove", id=session_id)
    wait_until(f"half of it is back: {before}, {full} KiB", lambda: rss_kib(pid) < before + (full - before) / 2, 60)
