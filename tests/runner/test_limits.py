"""What a session may not take: memory beyond its limit, a folder other than the one that was checked."""

import os
from pathlib import Path

import pytest
from support.server import RunnerProcess
from support.sockets import wait_until

from runner.sandbox import launch
from runner.sandbox.cgroups import SESSION_PREFIX
from runner.sandbox.launch import LaunchError

HOG = "held = []\nwhile True: held.append(bytearray(b'x') * (1 << 22))"


def test_a_session_that_takes_too_much_memory_is_ended_and_says_so_and_its_neighbour_is_not():
    with RunnerProcess({"AGTERM_SESSION_MEMORY_MB": "200"}) as runner:
        neighbour = runner.script("exec sleep 1000")
        hungry = runner.program("python3", "-c", HOG)
        wait_until("it has ended", lambda: runner.call("get", id=hungry)["status"] == "exited")
        assert runner.call("get", id=hungry)["ended_by"] == "memory"
        assert runner.call("get", id=neighbour)["status"] == "running"


def test_a_link_in_the_place_of_the_folder_that_was_checked_is_not_entered(tmp_path):
    (tmp_path / "workspace").mkdir()
    checked = (tmp_path / "workspace").stat()
    (tmp_path / "workspace").rename(tmp_path / "away")
    (tmp_path / "secret").mkdir()
    (tmp_path / "workspace").symlink_to(tmp_path / "secret")
    master, slave = os.openpty()
    identity = [checked.st_dev, checked.st_ino]
    spec = {"cwd": str(tmp_path / "workspace"), "identity": identity, "uid": None, "level": "none"}
    with pytest.raises(LaunchError, match="not where it was"):
        launch.start(slave, spec, lambda init: None)
    os.close(master)
    os.close(slave)


def test_the_report_says_truly_whether_the_kernel_or_the_watch_limits_memory():
    with RunnerProcess() as runner:
        pid = runner.call("get", id=runner.script("exec sleep 1000"))["pid"]
        is_in_a_group = f"/{SESSION_PREFIX}" in Path(f"/proc/{pid}/cgroup").read_text()
        report = runner.call("isolation")
    assert report["mechanisms"]["cgroup"] is is_in_a_group
    assert ("memory_limit" in [each["what"] for each in report["missing"]]) is not is_in_a_group
