"""The machine's figures are those that the system itself gives."""

import contextlib
import os
import platform
import socket
import time
from pathlib import Path

import pytest
from support.sockets import wait_until

from runner import machine
from runner.machine import Machine

pytestmark = pytest.mark.alone  # it measures the machine


@pytest.fixture
def here(tmp_path):
    return Machine(tmp_path)


def test_it_says_what_the_machine_is(here, tmp_path):
    info = here.info()
    assert info["hostname"] == socket.gethostname()
    assert (info["platform"], info["kernel"]) == ("linux", os.uname().release)
    assert info["arch"] == platform.machine()
    assert info["cpu_count"] == os.cpu_count()
    assert (info["home"], info["pid"]) == (str(tmp_path), os.getpid())


def test_uptime_is_that_of_the_machine(here):
    assert here.metrics()["uptime_s"] == pytest.approx(float(Path("/proc/uptime").read_text().split()[0]), abs=2)


def test_memory_adds_up_and_is_the_kernels(here):
    memory = here.metrics()["memory"]
    total_kib = int(Path("/proc/meminfo").read_text().split()[1])
    assert memory["total_bytes"] == total_kib * 1024
    assert memory["used_bytes"] + memory["available_bytes"] == memory["total_bytes"]
    assert memory["limit_bytes"] is None or memory["limit_bytes"] > 0


def test_the_disk_is_the_one_of_the_home_folder(here, tmp_path):
    disk, seen = here.metrics()["disk"], os.statvfs(tmp_path)
    assert disk["total_bytes"] == seen.f_blocks * seen.f_frsize
    assert disk["free_bytes"] == pytest.approx(seen.f_bavail * seen.f_frsize, abs=200_000_000)


def test_a_home_that_is_not_there_has_no_disk(tmp_path):
    assert Machine(tmp_path / "nowhere").metrics()["disk"] == dict.fromkeys(("total_bytes", "used_bytes", "free_bytes"))


def test_work_shows_in_the_cpu_of_runner_and_machine(here):
    def busy():
        until = time.monotonic() + 0.6
        while time.monotonic() < until:
            pass
        metrics = here.metrics()
        return metrics["runner"]["cpu_percent"] > 20 and metrics["cpu_percent"] > 10 and metrics

    metrics = wait_until("work", busy)
    assert metrics["cpu_percent"] <= 100
    assert metrics["runner"]["cpu_s"] > 0.2


def test_cpu_is_unknown_until_there_was_time_to_measure_it(here):
    metrics = here.metrics()
    assert metrics["cpu_percent"] is None or metrics["cpu_percent"] <= 100


def test_open_files_of_the_runner_are_counted(here):
    before = here.metrics()["runner"]["open_files"]
    with contextlib.ExitStack() as files:
        for _ in range(10):
            files.enter_context(Path("/dev/null").open())
        assert here.metrics()["runner"]["open_files"] == before + 10
    assert here.metrics()["runner"]["open_files"] == before


def test_what_the_runner_takes_grows_with_its_memory(here):
    before = here.metrics()["runner"]["memory_bytes"]
    ballast = b"x" * 50_000_000
    assert here.metrics()["runner"]["memory_bytes"] - before > 45_000_000
    del ballast


def test_looking_takes_no_time_to_speak_of(here):
    took = []
    for _ in range(20):
        began = time.perf_counter()
        here.look()
        took.append(time.perf_counter() - began)
    assert min(took) < 0.005


def test_working_never_runs_backwards():
    assert machine.busy_s() <= machine.busy_s()


def test_the_runner_answers_with_both_and_counts_its_sessions(runner):
    session_id = runner.script("sleep 1000")
    said = runner.call("machine")
    assert said["sessions"] == {"total": 1, "running": 1}
    assert said["info"]["pid"] == runner.pid
    assert said["metrics"]["runner"]["memory_bytes"] > 10_000_000
    assert abs(said["metrics"]["runner"]["started_at"] - time.time()) < 3600
    runner.call("end", id=session_id)
    assert runner.call("machine")["sessions"] == {"total": 1, "running": 0}
